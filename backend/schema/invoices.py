"""Invoices and credit notes."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.models.orders import Order as OrderRow
from backend.models.payments import Invoice as InvoiceRow
from backend.rules.permissions import READERS
from backend.rules.vocabulary import InvoiceKind
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Money, Node, column, of_order, show, shows
from backend.schema.refs import OrderRef, ShippingOrderRef


@shows(InvoiceRow)
@readable_by(READERS)
@strawberry.type
class Invoice(Node):
    number: str = column()
    kind: InvoiceKind = column()
    issued_at: datetime = column()

    @field(roles=READERS)
    async def order(self, info: Info) -> OrderRef:
        return show(await info.loaders.one(OrderRow, self.row.order_id))

    @field(roles=READERS)
    async def shipping_order(self, info: Info) -> ShippingOrderRef | None:
        return show(await of_order(info, ShippingOrderRow, self.row.order_id, self.row.shipping_order_id))

    @field(roles=READERS)
    def total(self) -> Money:
        return Money.of(self.row.total, self.row.currency)

    @field(roles=READERS, description="The PDF, on this server.")
    def document_url(self) -> str:
        return f"/documents/invoices/{self.row.number}.pdf"


@readable_by(READERS)
@strawberry.type
class InvoiceEdge:
    cursor: str
    node: Invoice


@readable_by(READERS)
@strawberry.type
class InvoiceConnection(CountedConnection):
    edge = InvoiceEdge
    edges: list[InvoiceEdge]
    nodes: list[Invoice]

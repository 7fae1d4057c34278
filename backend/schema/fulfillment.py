"""Shipping orders and shipments."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.fulfillment import Shipment as ShipmentRow
from backend.models.fulfillment import ShipmentLine as ShipmentLineRow
from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.models.fulfillment import ShippingOrderLine as ShippingOrderLineRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.inventory import Product as ProductRow
from backend.models.log import Alert as AlertRow
from backend.models.orders import Order as OrderRow
from backend.models.orders import OrderLine as OrderLineRow
from backend.models.payments import Invoice as InvoiceRow
from backend.models.people import User as UserRow
from backend.rules.lifecycle import available, shipping_order_verbs
from backend.rules.permissions import DESK, READERS
from backend.rules.vocabulary import DeliveryMethod, InvoiceKind, Role, ShipmentState, ShippingOrderState
from backend.schema.access import allow, field, readable_by
from backend.schema.common import CountedConnection, Held, Info, Node, column, of_order, show, show_all, shows
from backend.schema.lifecycle import AvailableAction
from backend.schema.refs import AlertRef, InventorySiteRef, InvoiceRef, OrderLineRef, OrderRef, UserRef


@shows(ShippingOrderLineRow)
@readable_by(READERS)
@strawberry.type
class ShippingOrderLine(Node):
    sku: str = column()
    quantity: int = column()
    picked: int = column()
    packed: int = column()

    @field(roles=READERS)
    async def order_line(self, info: Info) -> OrderLineRef:
        return show(await of_order(info, OrderLineRow, self.row.order_id, self.row.order_line_id))

    @field(roles=READERS)
    async def name(self, info: Info) -> str:
        line = await of_order(info, OrderLineRow, self.row.order_id, self.row.order_line_id)
        return line.name if line else self.row.sku

    @field(roles=READERS)
    async def barcodes(self, info: Info) -> list[str]:
        product = await info.loaders.one(ProductRow, self.row.sku, column="sku")
        return list(product.barcodes) if product else []


@shows(ShipmentLineRow)
@readable_by(READERS)
@strawberry.type
class ShipmentLine(Held):
    row: strawberry.Private[ShipmentLineRow]
    sku: str = column()
    quantity: int = column()


@shows(ShipmentRow)
@readable_by(READERS)
@strawberry.type(description="A package handed to a carrier.")
class Shipment(Node):
    carrier: str = column()
    service: str | None = column()
    tracking_number: str | None = column()
    tracking_url: str | None = column()
    label_url: str | None = column()
    state: ShipmentState = column()
    shipped_at: datetime | None = column()
    delivered_at: datetime | None = column()

    @field(roles=READERS)
    async def shipping_order(self, info: Info) -> ShippingOrder:
        return show(await info.loaders.one(ShippingOrderRow, self.row.shipping_order_id))

    @field(roles=READERS)
    async def lines(self, info: Info) -> list[ShipmentLine]:
        return show_all(await info.loaders.many(ShipmentLineRow, "shipment_id", self.row.id))


@shows(ShippingOrderRow)
@readable_by(READERS)
@strawberry.type
class ShippingOrder(Node):
    number: str = column()
    state: ShippingOrderState = column()
    version: int = column()
    delivery_method: DeliveryMethod = column()
    shipping_method: str | None = column()
    created_at: datetime = column()
    ship_by: datetime | None = column()
    pickup_code: str | None = column(
        metadata=allow(DESK | {Role.CHANNEL}),
        description="For a pick-up that is ready: what the customer was told."
        " Never shown to store associates, who must be given it.",
    )

    @field(roles=READERS)
    async def order(self, info: Info) -> OrderRef:
        return show(await info.loaders.one(OrderRow, self.row.order_id))

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))

    @field(roles=READERS)
    async def assignee(self, info: Info) -> UserRef | None:
        return show(await info.loaders.one(UserRow, self.row.assignee_id))

    @field(roles=READERS)
    async def lines(self, info: Info) -> list[ShippingOrderLine]:
        return show_all(await info.loaders.many(ShippingOrderLineRow, "shipping_order_id", self.row.id))

    @field(roles=READERS)
    async def shipments(self, info: Info) -> list[Shipment]:
        return show_all(await info.loaders.many(ShipmentRow, "shipping_order_id", self.row.id))

    @field(roles=READERS, description="Credit notes stand on the order and the return.")
    async def invoice(self, info: Info) -> InvoiceRef | None:
        found = await info.loaders.many(InvoiceRow, "order_id", self.row.order_id)
        own = (row for row in found if row.shipping_order_id == self.row.id and row.kind is InvoiceKind.INVOICE)
        return show(next(own, None))

    @field(roles=READERS)
    async def alerts(self, info: Info) -> list[AlertRef]:
        return show_all(await info.loaders.many(AlertRow, "shipping_order_id", self.row.id))

    @field(roles=READERS)
    async def available_actions(self, info: Info) -> list[AvailableAction]:
        order = await info.loaders.one(OrderRow, self.row.order_id)
        held = order is not None and order.suspended
        verbs = shipping_order_verbs(self.row.delivery_method)
        found = available(verbs, info.actor, state=self.row.state, suspended=held)
        return [AvailableAction.of(action) for action in found]


@readable_by(READERS)
@strawberry.type
class ShippingOrderEdge:
    cursor: str
    node: ShippingOrder


@readable_by(READERS)
@strawberry.type
class ShippingOrderConnection(CountedConnection):
    edge = ShippingOrderEdge
    edges: list[ShippingOrderEdge]
    nodes: list[ShippingOrder]


@readable_by(READERS)
@strawberry.type
class ShipmentEdge:
    cursor: str
    node: Shipment


@readable_by(READERS)
@strawberry.type
class ShipmentConnection(CountedConnection):
    edge = ShipmentEdge
    edges: list[ShipmentEdge]
    nodes: list[Shipment]

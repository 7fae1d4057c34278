"""Alerts: what needs a person."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.log import Alert as AlertRow
from backend.models.orders import Order as OrderRow
from backend.models.returns import Return as ReturnRow
from backend.rules.permissions import READERS
from backend.rules.vocabulary import AlertSeverity
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, show, shows
from backend.schema.refs import InventorySiteRef, OrderRef, ReturnRef, ShippingOrderRef


@shows(AlertRow)
@readable_by(READERS)
@strawberry.type
class Alert(Node):
    kind: str = column()
    severity: AlertSeverity = column()
    message: str = column()
    raised_at: datetime = column()
    cleared_at: datetime | None = column()
    cleared_by: str | None = column()
    sku: str | None = column()

    @field(roles=READERS)
    async def order(self, info: Info) -> OrderRef | None:
        return show(await info.loaders.one(OrderRow, self.row.order_id))

    @field(roles=READERS)
    async def shipping_order(self, info: Info) -> ShippingOrderRef | None:
        return show(await info.loaders.one(ShippingOrderRow, self.row.shipping_order_id))

    @field(roles=READERS, name="return")
    async def return_(self, info: Info) -> ReturnRef | None:
        return show(await info.loaders.one(ReturnRow, self.row.rma_id))

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef | None:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))


@readable_by(READERS)
@strawberry.type
class AlertEdge:
    cursor: str
    node: Alert


@readable_by(READERS)
@strawberry.type
class AlertConnection(CountedConnection):
    edge = AlertEdge
    edges: list[AlertEdge]
    nodes: list[Alert]


@strawberry.input
class AlertFilter:
    kind: list[str] | None = strawberry.UNSET
    severity: list[AlertSeverity] | None = strawberry.UNSET
    cleared: bool | None = strawberry.UNSET


@strawberry.input
class AlertClearInput:
    alert_id: strawberry.ID
    note: str | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type
class AlertPayload:
    alert: Alert | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

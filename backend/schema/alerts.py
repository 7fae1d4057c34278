"""Alerts: what needs a person."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.log import Alert as AlertRow
from backend.models.log import AlertRule as AlertRuleRow
from backend.models.orders import Order as OrderRow
from backend.models.people import User as UserRow
from backend.models.returns import Return as ReturnRow
from backend.queries import alerts
from backend.rules.permissions import READERS
from backend.rules.vocabulary import AlertSeverity, AlertTrigger, Role
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, show, shows
from backend.schema.refs import InventorySiteRef, OrderRef, ReturnRef, ShippingOrderRef, UserRef


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
    snoozed_until: datetime | None = column()

    @field(roles=READERS, description="Who sees to it.")
    async def assignee(self, info: Info) -> UserRef | None:
        return show(await info.loaders.one(UserRow, self.row.assignee_id))

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
    order_id: strawberry.ID | None = strawberry.UNSET
    shipping_order_id: strawberry.ID | None = strawberry.UNSET
    return_id: strawberry.ID | None = strawberry.UNSET
    site: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Codes: about the site, or a shipping order or return of it."
    )
    sku: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="About the SKU, or an order that waits for units of it."
    )
    snoozed: bool | None = strawberry.UNSET
    assignee_id: strawberry.ID | None = strawberry.UNSET
    unassigned: bool | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type(description="Alerts of one kind; `severity` is the worst of them.")
class AlertGroup:
    kind: str
    severity: AlertSeverity
    count: int
    oldest_at: datetime
    newest_at: datetime

    @classmethod
    def of(cls, found: alerts.AlertGroup) -> AlertGroup:
        return cls(
            kind=found.kind,
            severity=found.severity,
            count=found.count,
            oldest_at=found.oldest_at,
            newest_at=found.newest_at,
        )


@strawberry.input
class AlertClearInput:
    alert_id: strawberry.ID
    note: str | None = strawberry.UNSET


@strawberry.input
class AlertAssignInput:
    alert_id: strawberry.ID
    user_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Nobody, where left out.")


@strawberry.input
class AlertSnoozeInput:
    alert_id: strawberry.ID
    until: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Within 90 days; left out, the alert is back at once."
    )


@readable_by(READERS)
@strawberry.type
class AlertPayload:
    alert: Alert | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


#: What is watched is the house's own matter.
RULE_READERS = READERS - {Role.CHANNEL, Role.STORE_ASSOCIATE}


@shows(AlertRuleRow)
@readable_by(RULE_READERS)
@strawberry.type(
    description="A version of a rule that raises alerts, `rule.` and its name their kind. `when` is a CEL expression:"
    " of an EVENT over `event` (kind, actor, data) and `order`, of a QUEUE over `queue` (count, oldestMinutes)."
)
class AlertRule(Node):
    name: str = column()
    version: int = column()
    active: bool = column()
    trigger: AlertTrigger = column()
    watches: str = column()
    when: str | None = column()
    severity: AlertSeverity = column()
    message: str = column()
    clears_on: list[str] = column()
    created_at: datetime = column()


@strawberry.input
class AlertRuleInput:
    """`watches` is a kind of event (`payment.declined`) or the name of a queue (`orders.waitingApproval`)."""

    name: str
    trigger: AlertTrigger
    watches: str
    message: str
    severity: AlertSeverity = AlertSeverity.WARNING
    when: str | None = strawberry.UNSET
    clears_on: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Kinds of events that clear the alert of the same order, or subject."
    )


@strawberry.input
class AlertRuleIdInput:
    alert_rule_id: strawberry.ID


@readable_by(RULE_READERS)
@strawberry.type
class AlertRulePayload:
    alert_rule: AlertRule | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

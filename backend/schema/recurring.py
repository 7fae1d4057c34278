"""Orders that come again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from backend.models.channels import Channel as ChannelRow
from backend.models.orders import Order as OrderRow
from backend.models.people import Customer as CustomerRow
from backend.models.recurring import RecurringOrder as RecurringOrderRow
from backend.models.recurring import RecurringRun as RecurringRunRow
from backend.rules.lifecycle import RECURRING_ORDER_VERBS, available
from backend.rules.permissions import READERS
from backend.rules.vocabulary import RecurringOrderState, RecurringOutcome
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, show, show_all, shows
from backend.schema.lifecycle import AvailableAction
from backend.schema.order_inputs import OrderCreateInput
from backend.schema.people import Address
from backend.schema.refs import ChannelRef, CustomerRef, OrderConnectionRef, OrderRef

_MOST_UPCOMING = 24


@readable_by(READERS)
@strawberry.type(description="What is ordered each time.")
class RecurringOrderLine:
    sku: str
    name: str | None
    quantity: int
    unit_price: Decimal


@shows(RecurringRunRow)
@readable_by(READERS)
@strawberry.type(description="What became of an order that was due.")
class RecurringRun(Node):
    due_at: datetime = column()
    at: datetime = column()
    outcome: RecurringOutcome = column()
    message: str | None = column()

    @field(roles=READERS)
    async def order(self, info: Info) -> OrderRef | None:
        return show(await info.loaders.one(OrderRow, self.row.order_id))


@shows(RecurringOrderRow)
@readable_by(READERS)
@strawberry.type(description="A template of orders, and the rule by which one of them comes due.")
class RecurringOrder(Node):
    number: str = column()
    state: RecurringOrderState = column()
    version: int = column()
    schedule: str = column(description="RFC 5545 recurrence rule, in the time zone of `timezone`.")
    timezone: str = column()
    start_at: datetime = column()
    failures: int = column(description="Times that the order that is due could not be made.")
    problem: str | None = column(description="Why the last one could not be made.")
    created_at: datetime = column()
    created_by: str = column()

    @field(roles=READERS)
    async def channel(self, info: Info) -> ChannelRef:
        return show(await info.loaders.one(ChannelRow, self.row.channel_id))

    @field(roles=READERS)
    async def customer(self, info: Info) -> CustomerRef | None:
        return show(await info.loaders.one(CustomerRow, self.row.customer_id))

    @field(roles=READERS)
    def next_run_at(self) -> datetime | None:
        at: datetime | None = self.row.next_at
        return at

    @field(roles=READERS, description="When the order that is due is tried again, after a failure.")
    def retry_at(self) -> datetime | None:
        at: datetime | None = self.row.run_at if self.row.failures else None
        return at

    @field(roles=READERS, description="The next times, at most 24; none where it is not active.")
    def upcoming(self, first: int = 6) -> list[datetime]:
        if self.row.state is not RecurringOrderState.ACTIVE:
            return []
        plan = self.row.plan
        later = plan.upcoming(self.row.next_at, max(0, min(first, _MOST_UPCOMING) - 1))
        return [self.row.next_at, *later][: max(0, first)]

    @field(roles=READERS)
    def currency(self) -> str:
        return str(self.row.template["currency"])

    @field(roles=READERS)
    def email(self) -> str | None:
        template: dict[str, Any] = self.row.template
        return template.get("email") or (template.get("customer") or {}).get("email")

    @field(roles=READERS)
    def shipping_address(self) -> Address | None:
        return Address.of(self.row.template.get("shippingAddress"))

    @field(roles=READERS)
    def lines(self) -> list[RecurringOrderLine]:
        return [
            RecurringOrderLine(
                sku=line["sku"],
                name=line.get("name"),
                quantity=line["quantity"],
                unit_price=Decimal(line["unitPrice"]),
            )
            for line in self.row.template["lines"]
        ]

    @field(roles=READERS, description="What became of the times that were due, the latest first.")
    async def runs(self, info: Info, first: int = 20) -> list[RecurringRun]:
        page = await info.loaders.page("runs_of_recurring", self.row.id, first=first, after=None)
        return show_all(page.rows)

    @field(roles=READERS, description="That were made, the newest first.")
    async def orders(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> OrderConnectionRef:
        from backend.schema.orders import OrderConnection

        page = await info.loaders.page("orders_of_recurring", self.row.id, first=first, after=after)
        return OrderConnection.of(page)

    @field(roles=READERS)
    def available_actions(self, info: Info) -> list[AvailableAction]:
        found = available(RECURRING_ORDER_VERBS, info.actor, state=self.row.state)
        return [AvailableAction.of(action) for action in found]


@readable_by(READERS)
@strawberry.type
class RecurringOrderEdge:
    cursor: str
    node: RecurringOrder


@readable_by(READERS)
@strawberry.type
class RecurringOrderConnection(CountedConnection):
    edge = RecurringOrderEdge
    edges: list[RecurringOrderEdge]
    nodes: list[RecurringOrder]


@strawberry.input
class RecurringOrderFilter:
    state: list[RecurringOrderState] | None = strawberry.UNSET
    channel: list[str] | None = strawberry.UNSET
    failing: bool | None = strawberry.field(
        default=strawberry.UNSET, description="The last order that was due could not be made."
    )


@strawberry.input(
    description="`schedule` is a RRULE of RFC 5545 by the clock of `timezone`, from startAt on, or from now. The order"
    " has what each order has; externalId, placedAt, promisedAt and a reservation are of one order, and not of all."
)
class RecurringOrderCreateInput:
    order: OrderCreateInput
    schedule: str
    timezone: str
    start_at: datetime | None = strawberry.UNSET


@strawberry.input(description="What is not given stays. A new schedule runs from startAt, or from now.")
class RecurringOrderEditInput:
    recurring_order_id: strawberry.ID
    order: OrderCreateInput | None = strawberry.UNSET
    schedule: str | None = strawberry.UNSET
    timezone: str | None = strawberry.UNSET
    start_at: datetime | None = strawberry.UNSET
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class RecurringOrderIdInput:
    recurring_order_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type
class RecurringOrderPayload:
    recurring_order: RecurringOrder | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

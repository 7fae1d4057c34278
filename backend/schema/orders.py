"""Sales orders and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from backend.models.channels import Channel as ChannelRow
from backend.models.fulfillment import AllocationDecision as AllocationDecisionRow
from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.models.log import Alert as AlertRow
from backend.models.orders import Order as OrderRow
from backend.models.orders import OrderClaim as OrderClaimRow
from backend.models.orders import OrderHold as OrderHoldRow
from backend.models.orders import OrderLine as OrderLineRow
from backend.models.orders import OrderNote as OrderNoteRow
from backend.models.payments import Invoice as InvoiceRow
from backend.models.payments import Payment as PaymentRow
from backend.models.people import Customer as CustomerRow
from backend.models.recurring import RecurringOrder as RecurringOrderRow
from backend.models.returns import Return as ReturnRow
from backend.rules.criteria import MAX_COUNT, OrderFacet
from backend.rules.lifecycle import ORDER_VERBS, available
from backend.rules.permissions import READERS
from backend.rules.progress import assess, reasons_against
from backend.rules.steps import steps_of
from backend.rules.vocabulary import FulfillmentStatus, OrderState, PaymentStatus
from backend.schema.access import field, readable_by
from backend.schema.common import (
    CountedConnection,
    Info,
    Node,
    UserError,
    column,
    show,
    show_all,
    shows,
)
from backend.schema.lifecycle import AvailableAction, OrderClaim, OrderHold, OrderStep, Waiting
from backend.schema.log import OrderEventConnection
from backend.schema.order_lines import Note, OrderLine, OrderTotals
from backend.schema.payments import PAYMENT_READERS
from backend.schema.people import Address
from backend.schema.refs import (
    AlertRef,
    AllocationDecisionRef,
    ChannelRef,
    CustomerRef,
    InvoiceRef,
    PaymentRef,
    RecurringOrderRef,
    ReturnRef,
    ShippingOrderRef,
)


@shows(OrderRow)
@readable_by(READERS)
@strawberry.type
class Order(Node):
    number: str = column(description="The number people use, unique over all channels.")
    external_id: str | None = column(description="The channel's own id; (channel, externalId) is unique.")
    version: int = column()
    state: OrderState = column()
    payment_status: PaymentStatus = column()
    fulfillment_status: FulfillmentStatus = column()
    suspended: bool = column(description="True while a hold is open.")
    priority: int = column()
    placed_at: datetime = column()
    promised_at: datetime | None = column(description="What the customer was promised, where a promise was made.")
    shipping_method: str | None = column()
    prices_include_tax: bool = column()
    updated_at: datetime = column()
    closed_at: datetime | None = column()
    currency: str = column()
    email: str | None = column()
    phone: str | None = column()
    tags: list[str] = column()
    attributes: JSON | None = column()

    @field(roles=READERS)
    async def channel(self, info: Info) -> ChannelRef:
        return show(await info.loaders.one(ChannelRow, self.row.channel_id))

    @field(roles=READERS)
    async def customer(self, info: Info) -> CustomerRef | None:
        return show(await info.loaders.one(CustomerRow, self.row.customer_id))

    @field(roles=READERS)
    def totals(self) -> OrderTotals:
        return OrderTotals.of(self.row)

    @field(roles=READERS)
    def billing_address(self) -> Address | None:
        return Address.of(self.row.billing_address)

    @field(roles=READERS)
    def shipping_address(self) -> Address | None:
        return Address.of(self.row.shipping_address)

    @field(roles=READERS, description="Who sees to it now. Null where nobody does, and always for a channel.")
    async def claim(self, info: Info) -> OrderClaim | None:
        row = await info.loaders.one(OrderClaimRow, self.row.id, column="order_id")
        return show(row) if row is not None and row.until > datetime.now(UTC) else None

    @field(roles=READERS, description="Open and released ones, oldest first.")
    async def holds(self, info: Info) -> list[OrderHold]:
        return await self._many(info, OrderHoldRow)

    @field(roles=READERS)
    async def lines(self, info: Info) -> list[OrderLine]:
        return await self._many(info, OrderLineRow)

    @field(roles=PAYMENT_READERS)
    async def payments(self, info: Info) -> list[PaymentRef]:
        return await self._many(info, PaymentRow)

    @field(roles=READERS)
    async def shipping_orders(self, info: Info) -> list[ShippingOrderRef]:
        return await self._many(info, ShippingOrderRow)

    @field(roles=READERS)
    async def invoices(self, info: Info) -> list[InvoiceRef]:
        return await self._many(info, InvoiceRow)

    @field(roles=READERS)
    async def returns(self, info: Info) -> list[ReturnRef]:
        return await self._many(info, ReturnRow)

    @field(roles=READERS, description="Open and cleared ones, oldest first.")
    async def alerts(self, info: Info) -> list[AlertRef]:
        return await self._many(info, AlertRow)

    @field(roles=READERS, description="Oldest first.")
    async def allocation_decisions(self, info: Info) -> list[AllocationDecisionRef]:
        return await self._many(info, AllocationDecisionRow)

    @field(roles=READERS, description="Oldest first.")
    async def notes(self, info: Info) -> list[Note]:
        return await self._many(info, OrderNoteRow)

    @field(roles=READERS, description="The return that this order replaces.")
    async def exchange_for(self, info: Info) -> ReturnRef | None:
        return show(await info.loaders.one(ReturnRow, self.row.exchange_for_id))

    @field(roles=READERS, description="The recurring order that made it.")
    async def recurring_order(self, info: Info) -> RecurringOrderRef | None:
        return show(await info.loaders.one(RecurringOrderRow, self.row.recurring_order_id))

    @field(roles=READERS, description="The twelve steps, in their order.")
    async def steps(self, info: Info) -> list[OrderStep]:
        facts = await info.loaders.known("facts", self.row.id)
        return [OrderStep.of(step) for step in steps_of(facts, assess(facts, datetime.now(UTC)))]

    @field(
        roles=READERS,
        description="Why it is not moving: what it waits for, since when, who can act, and what happens next by itself"
        " and when.",
    )
    async def waiting_for(self, info: Info) -> list[Waiting]:
        facts = await info.loaders.known("facts", self.row.id)
        return [Waiting.of(wait) for wait in assess(facts, datetime.now(UTC)).waits]

    @field(roles=READERS)
    async def available_actions(self, info: Info) -> list[AvailableAction]:
        facts = await info.loaders.known("facts", self.row.id)
        state, suspended, also = self.row.state, self.row.suspended, reasons_against(facts)
        found = available(ORDER_VERBS, info.actor, state=state, suspended=suspended, also=also)
        return [AvailableAction.of(action) for action in found]

    @field(roles=READERS, description="Oldest first.")
    async def events(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> OrderEventConnection:
        page = await info.loaders.page("events_of_order", self.row.id, first=first, after=after)
        return OrderEventConnection.of(page)

    async def _many(self, info: Info, model: type[Any]) -> list[Any]:
        return show_all(await info.loaders.many(model, "order_id", self.row.id))


@readable_by(READERS)
@strawberry.type
class OrderEdge:
    cursor: str
    node: Order


@readable_by(READERS)
@strawberry.type
class FacetBucket:
    value: str
    count: int


@readable_by(READERS)
@strawberry.type
class Facet:
    field: OrderFacet
    buckets: list[FacetBucket]
    is_capped: bool = strawberry.field(
        description="PostgreSQL answers alone, and more were found than it counts: these are among the newest 3,000."
    )

    @classmethod
    def of(cls, name: OrderFacet, counted: Sequence[tuple[str, int]], *, capped: bool = False) -> Facet:
        buckets = [FacetBucket(value=value, count=count) for value, count in counted]
        return cls(field=name, buckets=buckets, is_capped=capped)


@readable_by(READERS)
@strawberry.type
class OrderConnection(CountedConnection):
    edge = OrderEdge
    edges: list[OrderEdge]
    nodes: list[Order]

    @field(roles=READERS, description="Counted only when asked for; exact up to 10,000, then totalIsCapped is true.")
    async def total_count(self) -> int:
        return min(await self.page.count(), MAX_COUNT)

    @field(roles=READERS)
    async def total_is_capped(self) -> bool:
        return bool(await self.page.count() > MAX_COUNT)

    degraded: bool = strawberry.field(default=False, description="The engine that answered: a degraded search says so.")
    facets: list[Facet] = strawberry.field(
        default_factory=list, description="Counts over the whole result, not the page."
    )


@readable_by(READERS)
@strawberry.type(
    description="`duplicate` is true where (channel, externalId) was known: the order of the first call is given,"
    " unchanged."
)
class OrderCreatePayload:
    order: Order | None = None
    duplicate: bool = False
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@readable_by(READERS)
@strawberry.type
class OrderPayload:
    order: Order | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

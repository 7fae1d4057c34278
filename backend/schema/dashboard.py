"""The dashboard: queues of work and sales."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from strawberry.scalars import JSON

from backend.queries import dashboard, queues
from backend.rules.permissions import READERS
from backend.rules.vocabulary import QueuePriority, SalesBy, ServiceStep
from backend.schema.access import field, readable_by
from backend.schema.common import Info, Money, given


@readable_by(READERS)
@strawberry.type(description="A list of records that wait for somebody: an action item of the dashboard.")
class Queue:
    name: str
    title: str
    count: int
    priority: QueuePriority
    oldest_at: datetime | None
    list: str = strawberry.field(
        description="Which list it opens (orders, shippingOrders, returns, payments) and the filter argument that gives"
        " its records."
    )
    filter: JSON
    query: str | None = strawberry.field(
        description="The same in the language of searches, where the list takes one: to be saved or narrowed."
    )

    @classmethod
    def of(cls, found: queues.QueueCount) -> Queue:
        return cls(
            name=found.name,
            title=found.title,
            count=found.count,
            priority=found.priority,
            oldest_at=found.oldest_at,
            list=found.list,
            filter=JSON(found.filter),
            query=found.query,
        )


@readable_by(READERS)
@strawberry.type(description="One day in UTC and one currency; a day without sales has one entry.")
class SalesPeriod:
    from_: datetime = strawberry.field(name="from")
    to: datetime
    orders: int
    units: int
    revenue: Money

    @classmethod
    def of(cls, found: dashboard.Sales) -> SalesPeriod:
        revenue = Money.of(found.revenue, found.currency)
        return cls(from_=found.start, to=found.end, orders=found.orders, units=found.units, revenue=revenue)


@readable_by(READERS)
@strawberry.type(description="Sales of one day, channel, site or item, in one currency.")
class SalesRow:
    name: str = strawberry.field(description="The day (2026-05-01, UTC), the code of the channel or site, or the SKU.")
    orders: int
    units: int
    revenue: Money

    @classmethod
    def of(cls, found: dashboard.SalesRow) -> SalesRow:
        revenue = Money.of(found.revenue, found.currency)
        return cls(name=found.name, orders=found.orders, units=found.units, revenue=revenue)


@readable_by(READERS)
@strawberry.type(description="How long a step takes, and how often it is done by when it was due.")
class ServiceLevel:
    step: ServiceStep
    done: int
    due: int = strawberry.field(
        description="So many had a time to be done by: what was promised, or the usual time; `inTime` of them were."
    )
    in_time: int
    p50_seconds: int | None = strawberry.field(description="Half of them took at most this, to within a tenth.")
    p95_seconds: int | None

    @classmethod
    def of(cls, found: dashboard.ServiceLevel) -> ServiceLevel:
        return cls(
            step=found.step,
            done=found.done,
            due=found.due,
            in_time=found.in_time,
            p50_seconds=found.p50,
            p95_seconds=found.p95,
        )


@readable_by(READERS)
@strawberry.type
class Dashboard:
    @field(roles=READERS)
    async def queues(self, info: Info) -> list[Queue]:
        return [Queue.of(found) for found in await queues.queues(info.actor, datetime.now(UTC))]

    @field(roles=READERS, description="Today, in UTC, and the days before it, oldest first.")
    async def sales(self, info: Info, days: int = 7) -> list[SalesPeriod]:
        return [SalesPeriod.of(found) for found in await dashboard.sales(info.actor, days)]

    @field(
        roles=READERS,
        description="Sales of the last days cut one way, the most revenue first. By item and by site they are of goods"
        " alone, without the shipping charge; who works at sites sees what these ship, and no items.",
    )
    async def sales_by(
        self, info: Info, by: SalesBy, days: int = 7, channel: list[str] | None = strawberry.UNSET, first: int = 50
    ) -> list[SalesRow]:
        found = await dashboard.sales_by(info.actor, by, days, given(channel), first)
        return [SalesRow.of(row) for row in found]

    @field(roles=READERS, description="Steps that were done in the last days, today in UTC among them.")
    async def service_levels(
        self, info: Info, days: int = 30, channel: list[str] | None = strawberry.UNSET
    ) -> list[ServiceLevel]:
        found = await dashboard.service_levels(info.actor, days, given(channel))
        return [ServiceLevel.of(level) for level in found]

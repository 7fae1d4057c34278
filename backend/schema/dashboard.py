"""The dashboard: queues of work and sales."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from strawberry.scalars import JSON

from backend.queries import dashboard, queues
from backend.rules.permissions import READERS
from backend.rules.vocabulary import QueuePriority
from backend.schema.access import field, readable_by
from backend.schema.common import Info, Money


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
@strawberry.type
class Dashboard:
    @field(roles=READERS)
    async def queues(self, info: Info) -> list[Queue]:
        return [Queue.of(found) for found in await queues.queues(info.actor, datetime.now(UTC))]

    @field(roles=READERS, description="Today, in UTC, and the days before it, oldest first.")
    async def sales(self, info: Info, days: int = 7) -> list[SalesPeriod]:
        return [SalesPeriod.of(found) for found in await dashboard.sales(info.actor, days)]

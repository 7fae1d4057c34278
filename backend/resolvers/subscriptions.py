"""What can be watched. Whether one may still see it is asked again before anything is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry import UNSET
from tortoise.models import Model

from backend.errors import Forbidden, Unauthenticated, not_found
from backend.events import Position, head
from backend.models.db import Row
from backend.models.fulfillment import ShippingOrder
from backend.models.inventory import InventorySite
from backend.models.jobs import Job as JobRow
from backend.models.log import Alert, Event
from backend.models.orders import Order
from backend.queries import jobs, related
from backend.queries.live import TooSlow, Wanted
from backend.resolvers.arguments import key
from backend.resolvers.context import Context
from backend.resolvers.sockets import still
from backend.rules.permissions import READERS, STAFF
from backend.schema.access import subscription
from backend.schema.common import Info, decode_id, given, show
from backend.schema.dashboard import Queue
from backend.schema.feeds import AlertMessage, OrderEventMessage, OrderViewer, SiteWorkMessage
from backend.schema.jobs import Job

T = TypeVar("T")
M = TypeVar("M", bound=Model)

Read = Callable[[Context, list[Row]], Awaitable[list[T]]]


@strawberry.type(
    description="Each feed takes `after`: the cursor of the last message seen, so that a client that was cut off misses"
    " nothing. Without it a feed begins now. Who takes messages too slowly is let go with the error TOO_SLOW, and"
    " comes back with their cursor."
)
class Subscription:
    @subscription(roles=READERS, description="Alerts that are raised, changed or cleared.")
    async def alerts(self, info: Info, after: str | None = UNSET) -> AsyncGenerator[AlertMessage, None]:
        async with aclosing(_feed(info.context, Wanted("Alert"), after, _alerts)) as messages:
            async for message in messages:
                yield message

    @subscription(
        roles=READERS,
        description="Sends the queues whose count changed, at most twice a second; at first, all of them.",
    )
    async def queues(self, info: Info) -> AsyncGenerator[list[Queue], None]:
        context: Context = info.context
        sent: dict[str, int] = {}
        async with aclosing(context.live.ticks()) as ticks:
            async for tick in ticks:
                await _renew(context)
                counted = await context.live.counts.at(tick, context.actor)
                changed = [queue for queue in counted if sent.get(queue.name) != queue.count]
                sent = {queue.name: queue.count for queue in counted}
                if changed:
                    yield [Queue.of(queue) for queue in changed]

    @subscription(roles=READERS, description="What happens to one order, or to any that one sees.")
    async def order_events(
        self, info: Info, order_id: strawberry.ID | None = UNSET, after: str | None = UNSET
    ) -> AsyncGenerator[OrderEventMessage, None]:
        order_key = key(order_id, "Order", "order_id")
        if order_key is not None:
            await _check_order(info.context, order_key)
        wanted = Wanted(order_id=order_key)
        async with aclosing(_feed(info.context, wanted, after, _order_events)) as messages:
            async for message in messages:
                yield message

    @subscription(
        roles=STAFF,
        description="Who has the order open: everyone in the house who watches this, as long as they do. Sends all of"
        " them, at first and when it changes. A key watches without being seen.",
    )
    async def order_presence(self, info: Info, order_id: strawberry.ID) -> AsyncGenerator[list[OrderViewer], None]:
        context: Context = info.context
        order_key = decode_id(order_id, "Order", "order_id")
        await _check_order(context, order_key)
        sent = None
        async with aclosing(context.live.presence.watch(order_key, context.actor.user_id)) as looks:
            async for there in looks:
                await _renew(context)
                await _check_order(context, order_key)
                if there != sent:
                    sent = there
                    me = context.actor.user_id
                    yield [OrderViewer(name=one.name, since=one.since, mine=one.user_id == me) for one in there]

    @subscription(roles=READERS, description="Work arriving at, or leaving, one site: what the store app shows.")
    async def site_work(
        self, info: Info, site: str, after: str | None = UNSET
    ) -> AsyncGenerator[SiteWorkMessage, None]:
        known = await related.by_key(info.actor, InventorySite, "code", [site])
        if site not in known:
            raise not_found("site", "site")
        site_id = known[site].id

        async def read(context: Context, rows: list[Row]) -> list[SiteWorkMessage]:
            found = await _subjects(context, ShippingOrder, rows)
            return [
                SiteWorkMessage(cursor=_cursor(row), shipping_order=show(found[row["subject_id"]]))
                for row in rows
                if row["subject_id"] in found and found[row["subject_id"]].site_id == site_id
            ]

        async with aclosing(_feed(info.context, Wanted("ShippingOrder"), after, read)) as messages:
            async for message in messages:
                yield message

    @subscription(roles=READERS, description="The job as it stands, and each time it is further, until it is finished.")
    async def job(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Job, None]:
        job_id = decode_id(id, "Job", "id")
        start = str(await head())

        async def read(context: Context, _: list[Row]) -> list[JobRow]:
            found = await jobs.job(context.actor, job_id)
            if found is None:
                raise not_found("job", "id")
            return [found]

        (stands,) = await read(info.context, [])
        sent = (stands.state, stands.done)
        yield show(stands)
        if stands.finished_at is not None:
            return
        wanted = Wanted(subject_type="Job", subject_id=job_id)
        async with aclosing(_feed(info.context, wanted, start, read)) as messages:
            async for stands in messages:
                if (stands.state, stands.done) != sent:
                    sent = (stands.state, stands.done)
                    yield show(stands)
                if stands.finished_at is not None:
                    return


async def _feed(context: Context, wanted: Wanted, after: str | None, read: Read[T]) -> AsyncGenerator[T, None]:
    """The messages that `read` makes of the events that the actor sees."""
    cursor = given(after)
    position = None if cursor is None else Position.parse(cursor)
    try:
        async with aclosing(context.live.follow(wanted, position)) as batches:
            async for rows in batches:
                await _renew(context)
                for message in await read(context, rows):
                    yield message
    except TooSlow:
        message_ = "Messages were taken too slowly; subscribe again after the last cursor."
        raise GraphQLError(message_, extensions={"code": "TOO_SLOW"}) from None


async def _renew(context: Context) -> None:
    """The rights of this moment, and nothing that was loaded before. Other roles ask for another admission."""
    actor = await still(context)
    if actor is None:
        raise Unauthenticated
    if actor.roles != context.actor.roles:
        raise Forbidden("Your roles have changed; subscribe again.")
    context.identity = actor
    context.forget()


async def _check_order(context: Context, order_id: UUID) -> None:
    if not await context.live.seen(context.actor, Order, [order_id]):
        raise not_found("order", "order_id")


async def _alerts(context: Context, rows: list[Row]) -> list[AlertMessage]:
    found = await _subjects(context, Alert, rows)
    seen = (row for row in rows if row["subject_id"] in found)
    return [AlertMessage(cursor=_cursor(row), alert=show(found[row["subject_id"]])) for row in seen]


async def _order_events(context: Context, rows: list[Row]) -> list[OrderEventMessage]:
    events = await context.live.seen(context.actor, Event, [row["id"] for row in rows])
    orders = await context.live.seen(context.actor, Order, list({row["order_id"] for row in rows}))
    return [
        OrderEventMessage(cursor=_cursor(row), order=show(orders[row["order_id"]]), event=show(events[row["id"]]))
        for row in rows
        if row["id"] in events and row["order_id"] in orders
    ]


async def _subjects(context: Context, model: type[M], rows: list[Row]) -> dict[UUID, M]:
    return await context.live.seen(context.actor, model, list({row["subject_id"] for row in rows}))


def _cursor(row: Row) -> str:
    return str(Position.of(row))

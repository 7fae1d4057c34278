"""The counts that are kept are those that counting gives: after each change, read at once or folded later."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.actions.orders.advance import advance
from backend.actions.orders.suspend import suspend
from backend.actions.workflows.install import install_ready
from backend.commands.demo.world import make_world
from backend.commands.staff import STAFF, do, tasks
from backend.models import db
from backend.queries.queues import FOLLOWER, QueueCount, queues
from backend.queries.verify import verify
from backend.reactions.fold_dashboard import fold_dashboard, refill
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import Role
from tests.queries.conftest import an_order, given_back


@pytest.fixture
async def actors(database: str) -> dict[str, Actor]:
    """The house, a channel, somebody at one site and somebody at all of them, in a world of a few orders."""
    await install_ready()
    await make_world(6, seed=3)
    channel = await db.fetchval("SELECT channel_id FROM sales_order LIMIT 1")
    sites: list[UUID] = [row["id"] for row in await db.fetch("SELECT id FROM inventory_site ORDER BY code")]
    return {
        "house": SYSTEM,
        "channel": Actor("api_key:c", "c", frozenset({Role.CHANNEL}), channel_id=channel),
        "one site": Actor("user:s", "s", frozenset({Role.STORE_ASSOCIATE}), site_ids=frozenset(sites[:1])),
        "all sites": Actor("user:a", "a", frozenset({Role.STORE_ASSOCIATE}), site_ids=frozenset(sites)),
    }


async def seen(actor: Actor) -> list[QueueCount]:
    return await queues(actor, datetime.now(UTC).replace(second=30))


async def counted(actor: Actor) -> list[QueueCount]:
    """Without anything that is kept."""
    position = await db.fetchrow("DELETE FROM follower_position WHERE name = $1 RETURNING xid, event_id", FOLLOWER)
    found = await seen(actor)
    if position is not None:
        await db.execute(
            "INSERT INTO follower_position (name, xid, event_id, updated_at) VALUES ($1, $2, $3, now())",
            FOLLOWER,
            *position,
        )
    return found


async def agree(actors: dict[str, Actor]) -> None:
    for name, actor in actors.items():
        assert await seen(actor) == await counted(actor), name


def count_of(found: list[QueueCount], name: str) -> int:
    return next(queue.count for queue in found if queue.name == name)


async def test_what_is_kept_is_what_counting_gives(actors: dict[str, Actor]) -> None:
    """Folded at random moments, or not at all, between the changes."""
    await refill()
    await agree(actors)
    held = count_of(await seen(actors["house"]), "orders.suspended")
    chance = random.Random(7)
    order_id = await an_order("ONE")
    await agree(actors)
    await suspend(STAFF, await an_order("HELD"), "CUSTOMER_CALL")
    await agree(actors)
    while todo := await tasks(order_id):
        for task in todo:
            assert await do(task), task
        await advance(order_id)
        if chance.random() < 0.5:
            await fold_dashboard()
        await agree(actors)
    await given_back(order_id, None)
    await agree(actors)
    await fold_dashboard()
    await agree(actors)
    assert count_of(await seen(actors["house"]), "orders.suspended") == held + 1
    assert [finding.name for finding in await verify() if finding.rows] == []


async def test_a_queue_that_goes_by_the_clock(actors: dict[str, Actor]) -> None:
    """What falls due is there the moment that it does, whether the follower has come by or not."""
    await an_order("LATE")
    await db.execute("UPDATE shipping_order SET ship_by = now() + interval '1 hour'")
    await refill()
    late = "shippingOrders.late"
    later = datetime.now(UTC) + timedelta(hours=2)
    waiting = await db.fetchval("SELECT count(*) FROM queue_entry WHERE queue = $1 AND NOT counted", late)
    assert waiting >= 1
    for name in ("house", "all sites"):
        assert count_of(await seen(actors[name]), late) == 0
        assert count_of(await queues(actors[name], later), late) == waiting
    await db.execute("UPDATE queue_entry SET from_at = now() - interval '1 second' WHERE queue = $1", late)
    await fold_dashboard()
    assert count_of(await seen(actors["house"]), late) == waiting
    assert await db.fetchval("SELECT count(*) FROM queue_entry WHERE queue = $1 AND NOT counted", late) == 0


async def test_followers_side_by_side_count_once(actors: dict[str, Actor]) -> None:
    await refill()
    for name in ("A", "B", "C"):
        await an_order(name)
    await asyncio.gather(*(fold_dashboard() for _ in range(4)))
    await fold_dashboard()
    await agree(actors)
    await db.execute("UPDATE follower_position SET xid = 0, event_id = 0 WHERE name = $1", FOLLOWER)
    await fold_dashboard()
    await agree(actors)
    assert [finding.name for finding in await verify() if finding.rows] == []

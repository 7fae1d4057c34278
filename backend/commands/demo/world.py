"""Make the demo world through the actions, and keep it moving. The same seed makes the same world once."""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import UTC, datetime
from uuid import UUID

from backend.actions.catalog import channels
from backend.actions.catalog.products import upsert
from backend.actions.inventory import sites
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.orders.advance import advance
from backend.actions.orders.cancel import cancel
from backend.actions.orders.create import create
from backend.actions.orders.suspend import suspend
from backend.actions.returns.approve import approve as approve_return
from backend.actions.returns.create import CreateReturn
from backend.actions.returns.create import create as create_return
from backend.actions.rule_sets.install import install_rule_sets
from backend.actions.workflows.install import install_ready
from backend.commands.demo import catalog
from backend.commands.demo.orders import Fate, Planned, fresh, orders
from backend.commands.signals import stop_on_signals
from backend.commands.staff import STAFF, Task, do, tasks
from backend.errors import ErrorCode, Refused
from backend.events import advancing
from backend.models import db
from backend.rules.returns import Asked
from backend.rules.vocabulary import ReturnMethod

DEFAULT_ORDERS = 150
_AT_ONCE = 8
_LIVE_SECONDS = 4.0
#: What the staff does for an order that is to stop there.
_UP_TO: dict[Fate, frozenset[str]] = {
    Fate.ALLOCATED: frozenset({"complete", "approve", "release"}),
    Fate.PICKED: frozenset({"complete", "approve", "release", "claim", "pick"}),
    Fate.PACKED: frozenset({"complete", "approve", "release", "claim", "pick", "pack", "ready"}),
    Fate.DONE: frozenset(
        {"complete", "approve", "release", "claim", "pick", "pack", "ready", "ship", "hand over", "continue", "file"}
    ),
}
_UP_TO[Fate.RETURNED] = _UP_TO[Fate.DONE]


async def is_empty() -> bool:
    return not await db.fetchval(
        "SELECT EXISTS (SELECT 1 FROM inventory_site) OR EXISTS (SELECT 1 FROM channel)"
        " OR EXISTS (SELECT 1 FROM product)"
    )


async def make_world(count: int, seed: int = 1, stop: asyncio.Event | None = None) -> int:
    """Places, goods and stock where there are none, then orders; how many of them are new."""
    await _make_catalog(seed)
    return await _make_orders(count, seed, stop or asyncio.Event())


async def _make_catalog(seed: int) -> None:
    known = {row["code"] for row in await db.fetch("SELECT code FROM inventory_site")}
    for site in catalog.sites():
        if site.code not in known:
            await sites.create(STAFF, site)
    for channel in catalog.CHANNELS:
        try:
            await channels.create(STAFF, channel)
        except Refused as refusal:
            if refusal.code is not ErrorCode.DUPLICATE:
                raise
    await upsert(STAFF, catalog.products())
    if "WH-VENLO" not in known:
        await set_counts(STAFF, SetInventory(counts=catalog.stock(seed), reference="opening stock"))


async def _make_orders(count: int, seed: int, stop: asyncio.Event) -> int:
    planned = orders(seed, datetime.now(UTC), count, f"DEMO{seed}")
    made = 0

    async def one_by_one() -> None:
        nonlocal made
        for plan in planned:
            if stop.is_set():
                return
            created = await create(STAFF, plan.order)
            if not created.duplicate:
                made += 1
                await _lead(created.order_id, plan)

    await asyncio.gather(*(one_by_one() for _ in range(_AT_ONCE)))
    return made


async def _lead(order_id: UUID, plan: Planned) -> None:
    """As far as its fate goes. The worker has nothing left to do for it then, so no jobs are asked for."""
    if plan.fate in (Fate.DRAFT, Fate.ENTERED):
        return
    with advancing(order_id):
        await advance(order_id)
        if plan.fate is Fate.SUSPENDED:
            await suspend(STAFF, order_id, "CUSTOMER_CALL", "Asked to be called back before it is sent.")
        elif plan.fate is Fate.CANCELLED:
            with contextlib.suppress(Refused):
                await cancel(STAFF, order_id, "The customer changed their mind.")
        await _staff(order_id, _UP_TO.get(plan.fate, frozenset()))
        await advance(order_id)
    if plan.fate is Fate.RETURNED:
        await _send_back(order_id)


async def _staff(order_id: UUID, verbs: frozenset[str]) -> None:
    refused: set[Task] = set()
    while todo := [task for task in await tasks(order_id) if task.verb in verbs and task not in refused]:
        for task in todo:
            if not await do(task):
                refused.add(task)
        await advance(order_id)


async def _send_back(order_id: UUID) -> None:
    line = await db.fetchrow(
        "SELECT id FROM order_line WHERE order_id = $1 AND kind = 'PHYSICAL' AND fulfilled > 0"
        " ORDER BY position LIMIT 1",
        order_id,
    )
    if line is not None:
        asked = CreateReturn(order_id, ReturnMethod.SHIP, [Asked(line["id"], 1, "It does not fit.")], site="WH-VENLO")
        return_id = await create_return(STAFF, asked)
        await approve_return(STAFF, return_id)


async def keep_moving(stop: asyncio.Event, seed: int | None = None) -> None:
    """At a human pace, beside a worker: now an order, now a step of somebody's work."""
    chance = random.Random(seed)
    number = 0
    batch = f"LIVE-{datetime.now(UTC):%Y%m%d%H%M%S}"
    while not stop.is_set():
        if chance.random() < 0.4:
            number += 1
            await create(STAFF, fresh(chance, f"{batch}-{number}", datetime.now(UTC)))
        else:
            todo = await tasks(limit=50)
            if todo:
                await do(chance.choice(todo))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), chance.uniform(0.5, 1.5) * _LIVE_SECONDS)


async def demo(count: int, seed: int, *, live: bool) -> int:
    """For the command line: the world, and then, until a signal, its life."""
    stop = stop_on_signals()
    await install_ready()
    await install_rule_sets()
    made = await make_world(count, seed, stop)
    if live:
        await keep_moving(stop)
    return made

"""The follower that feeds the search engine from the log; the index filled anew; what has drifted put right.

Documents are made of the tables as they stand, so an event read twice does no harm. One process has its turn at a time:
two might put an older document over a newer one.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from typing import Any
from uuid import UUID

import structlog

from backend import events
from backend.events import Position
from backend.integrations import meilisearch
from backend.integrations.meilisearch import EngineFailed, SearchEngine
from backend.models import db
from backend.models.db import transaction
from backend.queries.order_documents import documents, documents_after
from backend.queries.order_engine import FOLLOWER

log = structlog.get_logger(__name__)

_TURN = "search.turn"
#: Longer than the engine is waited for; after it, the turn of a process that died is another's.
_TURN_SECONDS = 40
_ME = random.getrandbits(62)
#: Orders that are compared at a time; orders that are sent at a time; events that are read at a time.
_BATCH, _SENT, _EVENTS = 1_000, 5_000, 5_000
#: Batches that the engine may have before it; it takes several at once.
_AHEAD = 20
#: Seconds that the engine may take for all that it has before it.
_PATIENCE = 1_200.0
_FIRST = UUID(int=0)
_REPAIR_SECONDS = 10.0
_due = {"repair": 0.0}
#: Where the next round of repairing begins.
_checked = {"after": _FIRST}


async def take_turn() -> bool:
    """Whether this process has the turn, taken or kept."""
    taken = await db.execute(
        "INSERT INTO follower_position AS f (name, xid, event_id, updated_at) VALUES ($1, 0, $2, now())"
        " ON CONFLICT (name) DO UPDATE SET event_id = $2, updated_at = now()"
        " WHERE f.event_id = $2 OR f.updated_at < now() - $3 * interval '1 second'",
        _TURN,
        _ME,
        _TURN_SECONDS,
    )
    return taken == 1


async def give_turn_back() -> None:
    await db.execute("DELETE FROM follower_position WHERE name = $1 AND event_id = $2", _TURN, _ME)


async def index_orders() -> None:
    """Follow the log to its end; where this version of the index was never filled, fill it. Now and then, repair.

    One after the other, lest an older document be put over a newer one.
    """
    engine = meilisearch.current()
    if engine is None or not await take_turn():
        return
    try:
        if await events.find_position(FOLLOWER) is None:
            await reindex(engine)
        following = True
        while following:
            if time.monotonic() > _due["repair"]:
                _due["repair"] = time.monotonic() + _REPAIR_SECONDS
                await repair_index()
            following = await _follow(engine)
            await take_turn()
    except EngineFailed as error:
        log.warning("search.behind", error=str(error))


async def _follow(engine: SearchEngine, **how: Any) -> bool:
    """One batch; the position moves once the engine has it. Whether there may be more."""
    position = await events.load_position(FOLLOWER)
    reached, more = await _apply(engine, position, **how)
    if reached != position:
        async with transaction() as tx:
            await events.save_position(tx, FOLLOWER, reached)
    return more


async def _apply(engine: SearchEngine, position: Position, **how: Any) -> tuple[Position, bool]:
    """Where the batch ends, and whether there may be more. `how`: as `put` of the engine has it."""
    read = await events.read_after(position, _EVENTS)
    if not read:
        return position, False
    changed = list({row["order_id"] for row in read if row["order_id"] is not None})
    if changed:
        await engine.put(await documents(changed), **how)
    return Position.of(read[-1]), len(read) == _EVENTS


async def reindex(engine: SearchEngine) -> int:
    """Fill an index aside while the old one answers and is followed, replay what happened meanwhile, swap."""
    start = await events.head()
    await engine.begin()
    following = asyncio.create_task(_keep_up(engine))
    try:
        count = await _fill(engine)
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
    position, more = start, True
    while more:
        position, more = await _apply(engine, position, aside=True, patience=_PATIENCE)
        await take_turn()
    await engine.swap()
    async with transaction() as tx:
        await events.save_position(tx, FOLLOWER, position)
    log.info("search.reindexed", orders=count)
    return count


async def _fill(engine: SearchEngine) -> int:
    """All orders, by id, into the index aside; returns when they are there. Those that come meanwhile are followed."""
    count, after, last = 0, _FIRST, await db.fetchval("SELECT id FROM sales_order ORDER BY id DESC LIMIT 1")
    sent: deque[int] = deque()
    while last is not None and after < last and (batch := await documents_after(after, _SENT)):
        sent.append(await engine.send(batch))
        count, after = count + len(batch), UUID(batch[-1]["id"])
        while len(sent) > _AHEAD:
            await _arrive(engine, sent.popleft())
        await take_turn()
    while sent:
        await _arrive(engine, sent.popleft())
    return count


async def _keep_up(engine: SearchEngine) -> None:
    """Follow the log with the old index, which has to wait for what the engine has before it."""
    try:
        while await events.find_position(FOLLOWER) is not None and await engine.is_made():
            if not await _follow(engine, patience=_PATIENCE):
                await asyncio.sleep(0.3)
    except EngineFailed as error:
        log.warning("search.behind", error=str(error))


async def _arrive(engine: SearchEngine, ticket: int) -> None:
    until = time.monotonic() + _PATIENCE
    while not await engine.arrived(ticket):
        if time.monotonic() > until:
            raise EngineFailed("What was sent does not arrive.")
        await take_turn()
        await asyncio.sleep(0.2)


async def repair_index() -> int:
    """Compare the next thousand orders with the index, round and round; what differs is put again. How many did.

    An index that is gone, was made by somebody else, or has none of the thousand, is filled anew.
    """
    engine = meilisearch.current()
    if engine is None or await events.find_position(FOLLOWER) is None or not await take_turn():
        return 0
    rows = await db.fetch(
        "SELECT id, version FROM sales_order WHERE id > $1 ORDER BY id LIMIT $2", _checked["after"], _BATCH
    )
    _checked["after"] = rows[-1]["id"] if len(rows) == _BATCH else _FIRST
    try:
        known = await engine.versions([row["id"] for row in rows]) if await engine.is_made() else None
        if known is None or (len(rows) == _BATCH and not known):
            return await reindex(engine)
        drifted = [row["id"] for row in rows if known.get(row["id"]) != row["version"]]
        if drifted:
            log.warning("search.drifted", orders=len(drifted))
            await engine.put(await documents(drifted))
    except EngineFailed as error:
        log.warning("search.behind", error=str(error))
        return 0
    return len(drifted)

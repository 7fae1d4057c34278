"""The follower that feeds the search engine from the log; the index filled anew; what has drifted put right.

Documents are made of the tables as they stand, so an event read twice does no harm. One process has its turn at a time:
two might put an older document over a newer one.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from uuid import UUID

import structlog

from backend import events
from backend.events import Position
from backend.integrations import meilisearch
from backend.integrations.meilisearch import VERSION, EngineFailed, SearchEngine
from backend.models import db
from backend.models.db import transaction
from backend.queries.order_documents import documents, documents_after

log = structlog.get_logger(__name__)

_FOLLOWER = f"search:{VERSION}"
_TURN = "search.turn"
#: Longer than the engine is waited for; after it, the turn of a process that died is another's.
_TURN_SECONDS = 40
_ME = random.getrandbits(62)
_BATCH = 1_000
#: Batches that the engine may have before it; it takes several at once.
_AHEAD = 20
_PATIENCE_SECONDS = 600
_FIRST = UUID(int=0)
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
    """Follow the log to its end; where this version of the index was never filled, fill it."""
    engine = meilisearch.current()
    if engine is None or not await take_turn():
        return
    try:
        if await events.find_position(_FOLLOWER) is None:
            await reindex(engine)
        while await _follow(engine):
            await take_turn()
    except EngineFailed as error:
        log.warning("search.behind", error=str(error))


async def _follow(engine: SearchEngine) -> bool:
    """One batch; the position moves once the engine has it. Whether there was any."""
    position = await events.load_position(_FOLLOWER)
    reached = await _apply(engine, position, aside=False)
    if reached == position:
        return False
    async with transaction() as tx:
        await events.save_position(tx, _FOLLOWER, reached)
    return True


async def _apply(engine: SearchEngine, position: Position, *, aside: bool) -> Position:
    read = await events.read_after(position)
    if not read:
        return position
    changed = list({row["order_id"] for row in read if row["order_id"] is not None})
    if changed:
        await engine.put(await documents(changed), aside=aside)
    return Position(read[-1]["xid"], read[-1]["id"])


async def reindex(engine: SearchEngine) -> int:
    """Fill an index aside while the old one answers and is followed, replay what happened meanwhile, swap."""
    filled = await events.find_position(_FOLLOWER) is not None
    start = await events.head()
    await engine.begin()
    count, after = 0, _FIRST
    sent: deque[int] = deque()
    while batch := await documents_after(after, _BATCH):
        sent.append(await engine.send(batch))
        count, after = count + len(batch), UUID(batch[-1]["id"])
        while len(sent) > _AHEAD:
            await _arrive(engine, sent.popleft())
        await take_turn()
        if filled:
            await _follow(engine)
    while sent:
        await _arrive(engine, sent.popleft())
    position = start
    while (reached := await _apply(engine, position, aside=True)) != position:
        position = reached
        await take_turn()
    await engine.swap()
    async with transaction() as tx:
        await events.save_position(tx, _FOLLOWER, position)
    log.info("search.reindexed", orders=count)
    return count


async def _arrive(engine: SearchEngine, ticket: int) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not await engine.arrived(ticket):
        if time.monotonic() > until:
            raise EngineFailed("What was sent does not arrive.")
        await take_turn()
        await asyncio.sleep(0.05)


async def repair_index() -> int:
    """Compare the next thousand orders with the index, round and round; what differs is put again. How many did."""
    engine = meilisearch.current()
    if engine is None or await events.find_position(_FOLLOWER) is None or not await take_turn():
        return 0
    rows = await db.fetch(
        "SELECT id, version FROM sales_order WHERE id > $1 ORDER BY id LIMIT $2", _checked["after"], _BATCH
    )
    _checked["after"] = rows[-1]["id"] if len(rows) == _BATCH else _FIRST
    try:
        known = await engine.versions([row["id"] for row in rows])
        drifted = [row["id"] for row in rows if known.get(row["id"]) != row["version"]]
        if drifted:
            log.warning("search.drifted", orders=len(drifted))
            await engine.put(await documents(drifted))
    except EngineFailed as error:
        log.warning("search.behind", error=str(error))
        return 0
    return len(drifted)

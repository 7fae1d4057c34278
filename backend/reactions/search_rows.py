"""The follower that keeps the search rows of orders, batch by batch, each with its position in one transaction.

Rows are made of the tables as they stand, so an event read twice does no harm. Until there is a position, every row is
made while asking; so the first filling shows nothing wrong, only slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend import events
from backend.events import Position
from backend.models import db
from backend.models.db import Transaction, transaction
from backend.queries.order_search import FOLLOWER, ROWS

_BATCH = 2_000
_WORDS = 40
_FIRST = UUID(int=0)
_MAKE = f"""
WITH made AS MATERIALIZED ({ROWS.format("t.id = ANY($1::uuid[])")}), words AS (
    INSERT INTO order_word (word)
    SELECT DISTINCT w.word FROM made m, regexp_split_to_table(m.words, '[^[:alpha:]]+') AS w(word)
     WHERE length(w.word) BETWEEN 4 AND {_WORDS} ORDER BY w.word
    ON CONFLICT DO NOTHING
)
INSERT INTO order_search (order_id, text, names, phone, postal_code, city)
SELECT m.order_id, m.text, m.names, m.phone, m.postal_code, m.city FROM made m
ON CONFLICT (order_id) DO UPDATE SET text = excluded.text, names = excluded.names, phone = excluded.phone,
       postal_code = excluded.postal_code, city = excluded.city
"""
#: Two that write the same rows at once could wait for each other.
_TRY = "SELECT pg_try_advisory_xact_lock(hashtext('order_search'))"
_TURN = "SELECT pg_advisory_xact_lock(hashtext('order_search'))"


async def follow() -> None:
    """To the end of the log; where the rows were never filled, fill them."""
    if await events.find_position(FOLLOWER) is None:
        await fill()
    while await _batch():
        pass


async def _batch() -> bool:
    """Whether there was any; one process at a time."""
    async with transaction() as tx:
        if not await tx.fetchval(_TRY):
            return False
        position = await events.load_position(FOLLOWER)
        read = await events.read_after(position, _BATCH)
        if not read:
            return False
        await _make(tx, list({row["order_id"] for row in read if row["order_id"] is not None}))
        await events.save_position(tx, FOLLOWER, Position.of(read[-1]))
    return True


async def fill() -> int:
    """Every order's row anew, the oldest id first; how many. What happens meanwhile is followed afterwards."""
    start = await events.head()
    count, after = 0, _FIRST
    while ids := [row["id"] for row in await db.fetch(_NEXT, after, _BATCH)]:
        async with transaction() as tx:
            await tx.execute(_TURN)
            await _make(tx, ids)
        count, after = count + len(ids), ids[-1]
    async with transaction() as tx:
        if await events.find_position(FOLLOWER) is None:
            await events.save_position(tx, FOLLOWER, start)
    return count


_NEXT = "SELECT id FROM sales_order WHERE id > $1 ORDER BY id LIMIT $2"


async def _make(tx: Transaction, ids: Sequence[UUID]) -> None:
    await tx.execute(_MAKE, ids)

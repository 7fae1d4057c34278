"""The follower that keeps the search rows of orders.

Until there is a position, every row is made while asking; so the first filling shows nothing wrong, only slowly.
"""

from __future__ import annotations

from uuid import UUID

from backend import events
from backend.models import db
from backend.models.db import Transaction, transaction
from backend.queries.order_search import FOLLOWER, ROWS
from backend.reactions import following

_BATCH = 2_000
_WORDS = 40
_FIRST = UUID(int=0)
_NEXT = "SELECT id FROM sales_order WHERE id > $1 ORDER BY id LIMIT $2"
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


async def follow() -> None:
    """To the end of the log; where the rows were never filled, fill them."""
    if await events.find_position(FOLLOWER) is None:
        await fill()
    while await following.follow(FOLLOWER, _BATCH, _make):
        pass


async def fill() -> int:
    """Every order's row anew, the oldest id first; how many. What happens meanwhile is followed afterwards."""
    start = await events.head()
    count, after = 0, _FIRST
    while ids := [row["id"] for row in await db.fetch(_NEXT, after, _BATCH)]:
        async with transaction() as tx:
            await following.await_turn(tx, FOLLOWER)
            await _make(tx, ids)
        count, after = count + len(ids), ids[-1]
    async with transaction() as tx:
        if await events.find_position(FOLLOWER) is None:
            await events.save_position(tx, FOLLOWER, start)
    return count


async def _make(tx: Transaction, ids: list[UUID]) -> None:
    if ids:
        await tx.execute(_MAKE, ids)

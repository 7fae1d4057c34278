"""Followers of the log that keep tables of their own: batch and position in one transaction, one process at a time.

What they make is made of the tables as they stand, so an event read twice does no harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from backend import events
from backend.events import Position
from backend.models.db import Transaction, retried, transaction

#: What is done about the orders that a batch of the log names; there may be none.
Work = Callable[[Transaction, list[UUID]], Awaitable[None]]


async def try_turn(tx: Transaction, name: str) -> bool:
    """Whether this transaction is the one that writes what the follower keeps."""
    return bool(await tx.fetchval("SELECT pg_try_advisory_xact_lock(hashtext($1))", name))


async def await_turn(tx: Transaction, name: str) -> None:
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext($1))", name)


@retried
async def follow(name: str, batch: int, work: Work) -> bool:
    """The next events, at most `batch`; whether there may be more for this process."""
    async with transaction() as tx:
        if not await try_turn(tx, name):
            return False
        read = await events.read_after(await events.load_position(name), batch)
        await work(tx, list({row["order_id"] for row in read if row["order_id"] is not None}))
        if read:
            await events.save_position(tx, name, Position.of(read[-1]))
    return len(read) == batch

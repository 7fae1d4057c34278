"""Webhooks: what the log tells is written down for each that asks for it, and sent."""

from __future__ import annotations

from backend import events
from backend.actions.webhooks.deliver import deliver_due
from backend.actions.webhooks.fan_out import fan_out
from backend.events import Position
from backend.models import db
from backend.models.db import retried, transaction
from backend.reactions.following import try_turn

FOLLOWER = "webhooks"
_BATCH = 1_000


async def deliver_webhooks() -> None:
    while await _follow():
        pass
    while await deliver_due():
        pass


@retried
async def _follow() -> bool:
    """Whether there may be more. Where nobody asks for anything, what is there already is passed over."""
    async with transaction() as tx:
        if not await try_turn(tx, FOLLOWER):
            return False
        head = await events.head()
        position = await events.load_position(FOLLOWER)
        if position == head:
            return False
        if not await db.fetchval("SELECT 1 FROM webhook LIMIT 1"):
            await events.save_position(tx, FOLLOWER, head)
            return False
        read = await events.read_after(position, _BATCH)
        await fan_out(tx, [row["id"] for row in read])
        if read:
            await events.save_position(tx, FOLLOWER, Position.of(read[-1]))
    return len(read) == _BATCH

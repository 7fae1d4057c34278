"""Have orders made again after a pause."""

from __future__ import annotations

from uuid import UUID

from backend.actions.recurring.locking import change, due, lock_recurring, tell
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor


@retried
async def resume(actor: Actor, recurring_order_id: UUID, expected_version: int | None = None) -> None:
    """From the next time on; ENDED where there is none."""
    async with transaction() as tx:
        recurring = await lock_recurring(actor, recurring_order_id, "recurringOrderResume", expected_version)
        await change(recurring, **due(recurring.plan.after(tx.now)))
        tell(tx, actor, recurring, "resumed", "Resumed.")

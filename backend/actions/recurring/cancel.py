"""Have no more orders made."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.actions.recurring.locking import change, lock_recurring, tell
from backend.actions.recurring.run import alert_key
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import RecurringOrderState


@retried
async def cancel(actor: Actor, recurring_order_id: UUID, expected_version: int | None = None) -> None:
    """Orders that were made stay."""
    async with transaction() as tx:
        recurring = await lock_recurring(actor, recurring_order_id, "recurringOrderCancel", expected_version)
        await change(recurring, state=RecurringOrderState.CANCELLED, next_at=None, run_at=None)
        await clear_in(tx, actor, key=alert_key(recurring))
        tell(tx, actor, recurring, "cancelled", "Cancelled.")

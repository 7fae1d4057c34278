"""Have no orders made for a while."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.actions.recurring.locking import change, lock_recurring, tell
from backend.actions.recurring.run import alert_key
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import RecurringOrderState


@retried
async def pause(actor: Actor, recurring_order_id: UUID, expected_version: int | None = None) -> None:
    """What comes due meanwhile is not made later."""
    async with transaction() as tx:
        recurring = await lock_recurring(actor, recurring_order_id, "recurringOrderPause", expected_version)
        await change(recurring, state=RecurringOrderState.PAUSED, next_at=None, run_at=None, failures=0, problem=None)
        await clear_in(tx, actor, key=alert_key(recurring))
        tell(tx, actor, recurring, "paused", "Paused.")

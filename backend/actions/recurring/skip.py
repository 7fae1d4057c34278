"""Have the next order not made."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.actions.recurring.locking import change, due, lock_recurring, tell
from backend.actions.recurring.run import alert_key, note_run
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import RecurringOutcome


@retried
async def skip(actor: Actor, recurring_order_id: UUID, expected_version: int | None = None) -> None:
    """ENDED where no other comes."""
    async with transaction() as tx:
        recurring = await lock_recurring(actor, recurring_order_id, "recurringOrderSkip", expected_version)
        assert recurring.next_at is not None, "It is active."
        skipped = recurring.next_at
        await note_run(tx, recurring, [skipped], RecurringOutcome.SKIPPED, f"By {actor.label}.")
        await change(recurring, **due(recurring.plan.after(skipped)))
        await clear_in(tx, actor, key=alert_key(recurring))
        tell(tx, actor, recurring, "skipped", "The next order is left out.", due_at=skipped)

"""Clear an alert: by a person, or because the fault has gone. The hold that it opened is released with it."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.locking import lock_alert
from backend.actions.orders.resume import release_holds
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order
from backend.rules.order_input import Problems
from backend.rules.permissions import OFFICE, Actor, require
from backend.rules.vocabulary import AlertSeverity

_CLEAR = """
UPDATE alert SET cleared_at = $3, cleared_by = $4, note = $5
 WHERE cleared_at IS NULL AND (id = $1 OR key = $2)
RETURNING id, kind, severity, order_id
"""


@retried
async def clear(actor: Actor, alert_id: UUID, note: str | None = None) -> None:
    """Refuses NOT_FOUND out of the actor's scope, INVALID_STATE where it has been cleared already."""
    problems = Problems()
    problems.text(note, 10_000, "note")
    problems.check()
    async with transaction() as tx:
        alert = await lock_alert(tx, actor, alert_id)
        if alert.severity is AlertSeverity.CRITICAL and alert.order_id is not None:
            require(actor, OFFICE, "Who clears a critical alert resumes the order: ask the office.", "alert_id")
        if not await clear_in(tx, actor, alert_id=alert_id, note=note):
            raise refused(ErrorCode.INVALID_STATE, "The alert has been cleared already.", "alert_id")


async def clear_in(
    tx: Transaction, actor: Actor, *, key: str | None = None, alert_id: UUID | None = None, note: str | None = None
) -> bool:
    """Clear the open alert of a key or an id in the caller's transaction, which has locked the alert's order.

    False where none is open.
    """
    row = await tx.fetchrow(_CLEAR, alert_id, key, tx.now, actor.label, note)
    if row is None:
        return False
    record(
        tx,
        actor,
        "alert.cleared",
        f"Cleared: {note}" if note else "Cleared.",
        subject=("Alert", row["id"]),
        order_id=row["order_id"],
        data={"kind": row["kind"], "severity": row["severity"], "note": note},
    )
    if row["order_id"] is not None:
        order = await Order.get(id=row["order_id"])
        await release_holds(tx, actor, order, alert_id=row["id"])
    return True

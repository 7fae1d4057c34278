"""Make the orders that are due. Swept by the worker; any number of workers may do it at once.

An order that cannot be entered is tried again with growing delays, and told of by an alert; then the next time is
waited for. What came due while nobody worked is made once, for the latest time.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from backend.actions.alerts.clear import clear_in
from backend.actions.alerts.raise_ import raise_alert
from backend.actions.recurring.locking import change, due, tell
from backend.actions.recurring.run import alert_key, make, note_run
from backend.errors import Refused
from backend.models import db
from backend.models.db import Transaction, retried, transaction
from backend.models.recurring import RecurringOrder
from backend.rules.permissions import SYSTEM
from backend.rules.recurrence import Turn, retry_at, turn
from backend.rules.vocabulary import AlertSeverity, RecurringOutcome

log = structlog.get_logger(__name__)
_BATCH = 200
_DUE = "SELECT id FROM recurring_order WHERE state = 'ACTIVE' AND run_at <= now() ORDER BY run_at LIMIT $1"


async def run_due() -> int:
    """Orders that were made."""
    made = 0
    for row in await db.fetch(_DUE, _BATCH):
        try:
            made += await _run(row["id"])
        except Exception as error:
            if db.is_away(error):
                raise
            log.exception("recurring_order.failed", recurring_order=str(row["id"]))
            await _failed(row["id"], "Something unforeseen went wrong.")
    return made


@retried
async def _run(recurring_order_id: UUID) -> bool:
    async with transaction() as tx:
        found = await _still_due(tx, recurring_order_id)
        if found is None:
            return False
        recurring, now = found
        try:
            order = await make(tx, SYSTEM, recurring, now.due)
        except Refused as refusal:
            await _note_failure(tx, recurring, now, str(refusal))
            return False
        await _note_missed(tx, recurring, now)
        await change(recurring, customer_id=order.customer_id, **due(now.next_due))
        await clear_in(tx, SYSTEM, key=alert_key(recurring))
        told = {"order_id": order.id, "due_at": now.due, "missed": len(now.missed)}
        tell(tx, SYSTEM, recurring, "run", f"Order {order.number} is made.", **told)
        return True


@retried
async def _failed(recurring_order_id: UUID, reason: str) -> None:
    async with transaction() as tx:
        found = await _still_due(tx, recurring_order_id)
        if found is not None:
            await _note_failure(tx, *found, reason)


async def _still_due(tx: Transaction, recurring_order_id: UUID) -> tuple[RecurringOrder, Turn] | None:
    """Locked, and what is to be done; None where another worker is at it, or it is due no longer."""
    found = await tx.fetchval(
        "SELECT id FROM recurring_order WHERE id = $1 AND state = 'ACTIVE' AND run_at <= now()"
        " FOR NO KEY UPDATE SKIP LOCKED",
        recurring_order_id,
    )
    if found is None:
        return None
    recurring = await RecurringOrder.get(id=recurring_order_id)
    assert recurring.next_at is not None, "It is active."
    return recurring, turn(recurring.plan, recurring.next_at, tx.now)


async def _note_failure(tx: Transaction, recurring: RecurringOrder, now: Turn, reason: str) -> None:
    failures = recurring.failures + 1
    again = retry_at(failures, tx.now)
    if again is None:
        await note_run(tx, recurring, [now.due], RecurringOutcome.FAILED, reason)
        await _note_missed(tx, recurring, now)
        await change(recurring, **due(now.next_due) | {"problem": reason})
        message = f"{recurring.number}: an order that was due is given up: {reason}"
    else:
        await change(recurring, run_at=again, failures=failures, problem=reason)
        message = f"{recurring.number}: an order that is due cannot be made: {reason}"
    kind = "recurring_order.failed"
    await raise_alert(tx, SYSTEM, kind, AlertSeverity.WARNING, message, key=alert_key(recurring))
    tell(tx, SYSTEM, recurring, "failed", reason, due_at=now.due, failures=failures, again_at=again)


async def _note_missed(tx: Transaction, recurring: RecurringOrder, now: Turn) -> None:
    await note_run(tx, recurring, now.missed, RecurringOutcome.SKIPPED, "A later one was due already.")

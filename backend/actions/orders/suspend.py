"""Suspend an order: nothing automatic happens to it, and nobody advances it, until every hold is released."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order, OrderHold
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor


@retried
async def suspend(
    actor: Actor, order_id: UUID, reason: str, note: str | None = None, expected_version: int | None = None
) -> UUID:
    """The hold's id."""
    problems = Problems()
    problems.text(reason, 200, "reason", required=True)
    problems.text(note, 10_000, "note")
    problems.check()
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderSuspend"], state=order.state, suspended=order.suspended)
        return await hold(tx, actor, order, reason, note)


async def hold(
    tx: Transaction, actor: Actor, order: Order, reason: str, note: str | None = None, alert_id: UUID | None = None
) -> UUID:
    """Open a hold on a locked order, in the caller's transaction."""
    made = await OrderHold.create(
        order_id=order.id, reason=reason, note=note, held_by=actor.label, at=tx.now, alert_id=alert_id
    )
    await tx.execute("UPDATE sales_order SET suspended = true WHERE id = $1", order.id)
    order.suspended = True
    record(
        tx,
        actor,
        "order.suspended",
        f"Suspended: {reason}",
        subject=("Order", order.id),
        order_id=order.id,
        data={"hold_id": made.id, "reason": reason, "note": note},
    )
    return made.id

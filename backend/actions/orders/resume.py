"""Release holds of an order; when none is left, it goes on by itself."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.permissions import Actor


@retried
async def resume(
    actor: Actor, order_id: UUID, hold_id: UUID | None = None, expected_version: int | None = None
) -> None:
    """Release the hold, or every hold."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderResume"], state=order.state, suspended=order.suspended)
        if not order.suspended:
            raise refused(ErrorCode.INVALID_STATE, "Nothing is held.")
        if not await release_holds(tx, actor, order, hold_id=hold_id):
            raise not_found("open hold", "hold_id")


async def release_holds(
    tx: Transaction, actor: Actor, order: Order, *, hold_id: UUID | None = None, alert_id: UUID | None = None
) -> int:
    """Release open holds of a locked order (one, those of an alert, or all), in the caller's transaction.

    Returns how many were released. The order is resumed when no hold is left.
    """
    released = await tx.execute(
        "UPDATE order_hold SET released_at = $2, released_by = $3 WHERE order_id = $1 AND released_at IS NULL"
        " AND ($4::uuid IS NULL OR id = $4) AND ($5::uuid IS NULL OR alert_id = $5)",
        order.id,
        tx.now,
        actor.label,
        hold_id,
        alert_id,
    )
    if not released:
        return 0
    order.suspended = await tx.fetchval(
        "UPDATE sales_order SET suspended = EXISTS (SELECT 1 FROM order_hold WHERE order_id = $1"
        " AND released_at IS NULL) WHERE id = $1 RETURNING suspended",
        order.id,
    )
    record(
        tx,
        actor,
        "order.resumed",
        "Still suspended by another hold." if order.suspended else "Resumed.",
        subject=("Order", order.id),
        order_id=order.id,
        data={"released": released, "suspended": order.suspended},
    )
    return released

"""How every command on a return begins and moves it: its order is locked first, then the return is read."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.errors import Refused, check_version, not_found
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.models.returns import Return
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ReturnState

_FINAL = (ReturnState.CLOSED, ReturnState.REJECTED, ReturnState.CANCELLED)


async def lock_return(
    tx: Transaction, actor: Actor, return_id: UUID, expected_version: int | None = None
) -> tuple[Order, Return]:
    """The return and its order, locked until the end of `tx`. Refuses NOT_FOUND out of scope, STALE when older."""
    order_id = await tx.fetchval("SELECT order_id FROM return_order WHERE id = $1", return_id)
    if order_id is None:
        raise not_found("return", "return_id")
    try:
        order = await lock_order(tx, actor, order_id, path="return_id")
    except Refused as error:
        raise not_found("return", "return_id") from error
    rma = await Return.get(id=return_id)
    check_version("return", rma.version, expected_version)
    return order, rma


async def save_return(
    tx: Transaction, rma: Return, state: ReturnState | None = None, reason: str | None = None
) -> None:
    """Write down the return's amounts and, where it moves, its state. The caller has asked the lifecycle."""
    if state is not None and state is not rma.state:
        rma.state = state
        rma.state_since = tx.now
        rma.closed_at = tx.now if state in _FINAL else None
        rma.closing_reason = reason
    rma.version += 1
    await rma.save(
        update_fields=[
            "state",
            "state_since",
            "closed_at",
            "closing_reason",
            "version",
            "refund_due",
            "refunded",
            "credited",
            "exchange_order_id",
        ]
    )

"""Give up the claim of an order before it ends by itself."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.claim import claim_of, taken
from backend.actions.orders.locking import lock_order
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor


@retried
async def release_claim(actor: Actor, order_id: UUID, expected_version: int | None = None) -> None:
    """One's own: refuses CONFLICT for somebody else's, INVALID_STATE where there is none."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        held = await claim_of(tx, order)
        if held is None:
            raise refused(ErrorCode.INVALID_STATE, "Nobody has claimed the order.")
        if held.holder != actor.key:
            raise taken(held)
        await tx.execute("DELETE FROM order_claim WHERE id = $1", held.id)
        record(
            tx,
            actor,
            "order.released",
            "No longer claimed.",
            subject=("Order", order.id),
            order_id=order.id,
        )

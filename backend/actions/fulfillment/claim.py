"""Claim a shipping order: the one who asks will pick it."""

from __future__ import annotations

from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ShippingOrderState


@retried
async def claim(actor: Actor, shipping_order_id: UUID, expected_version: int | None = None) -> None:
    """Refuses with CONFLICT what another has claimed; claiming again what is one's own changes nothing."""
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(
            tx, actor, shipping_order_id, "shippingOrderClaim", expected_version
        )
        waiting = shipping_order.state is ShippingOrderState.WAITING_ASSIGNMENT
        if not waiting and shipping_order.assignee_id is not None:
            if shipping_order.assignee_id == actor.user_id:
                return
            raise refused(ErrorCode.CONFLICT, "Somebody else has claimed it.")
        told = await move(tx, shipping_order, ShippingOrderState.WAITING_PICK, assignee_id=actor.user_id)
        tell(tx, actor, shipping_order, "claimed", f"Claimed by {actor.label}.", told | {"user_id": actor.user_id})
        await refresh(tx, order)

"""Approve a shipping order: its site may begin."""

from __future__ import annotations

from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.orders.refresh import refresh
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ShippingOrderState


@retried
async def approve(actor: Actor, shipping_order_id: UUID, expected_version: int | None = None) -> None:
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(
            tx, actor, shipping_order_id, "shippingOrderApprove", expected_version
        )
        told = await move(tx, shipping_order, ShippingOrderState.WAITING_ASSIGNMENT, approved_at=tx.now)
        tell(tx, actor, shipping_order, "approved", "Approved.", told)
        await refresh(tx, order)

"""How every command on an order begins: its row is locked, in the actor's scope, and as new as the actor thinks."""

from __future__ import annotations

from uuid import UUID

from backend.errors import check_version, not_found
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.rules.permissions import Actor


async def lock_order(
    tx: Transaction,
    actor: Actor,
    order_id: UUID,
    expected_version: int | None = None,
    path: str = "order_id",
) -> Order:
    """The order, locked until the end of `tx`. Refuses with NOT_FOUND out of scope, STALE on an older version."""
    order = await Order.filter(id=order_id).select_for_update(no_key=True).first()
    if order is None or not await _in_scope(tx, actor, order):
        raise not_found("order", path)
    check_version("order", order.version, expected_version)
    return order


async def _in_scope(tx: Transaction, actor: Actor, order: Order) -> bool:
    if actor.sees_all_orders:
        return True
    if actor.channel_id is not None:
        return order.channel_id == actor.channel_id
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT 1 FROM shipping_order WHERE order_id = $1 AND site_id = ANY($2))"
            " OR EXISTS (SELECT 1 FROM return_order WHERE order_id = $1 AND site_id = ANY($2))",
            order.id,
            list(actor.site_ids),
        )
    )

"""Assign a shipping order to somebody at its site, or to the site as a whole."""

from __future__ import annotations

from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, not_found, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder
from backend.models.people import User
from backend.rules.permissions import GOODS, Actor
from backend.rules.vocabulary import Role, ShippingOrderState


@retried
async def assign(actor: Actor, shipping_order_id: UUID, user_id: UUID | None) -> None:
    """With None, whoever is there picks it. One that is being picked already changes hands."""
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderAssign")
        name = await _who(tx, shipping_order, user_id) if user_id else "whoever is there"
        waiting = shipping_order.state is ShippingOrderState.WAITING_ASSIGNMENT
        state = ShippingOrderState.WAITING_PICK if waiting else shipping_order.state
        told = await move(tx, shipping_order, state, assignee_id=user_id)
        tell(tx, actor, shipping_order, "assigned", f"Assigned to {name}.", told | {"user_id": user_id})
        await refresh(tx, order)


async def _who(tx: Transaction, shipping_order: ShippingOrder, user_id: UUID) -> str:
    """The user's name; refuses who is not there, and who may not handle this site's goods."""
    user = await User.filter(id=user_id, active=True).first()
    if user is None:
        raise not_found("user", "user_id")
    roles = {Role(role) for role in user.roles}
    if not roles & GOODS:
        raise refused(ErrorCode.INVALID, f"{user.name} does not handle goods.", "user_id")
    if roles & GOODS == {Role.STORE_ASSOCIATE} and not await tx.fetchval(
        "SELECT EXISTS (SELECT 1 FROM app_user_site WHERE user_id = $1 AND site_id = $2)",
        user_id,
        shipping_order.site_id,
    ):
        raise refused(ErrorCode.INVALID, f"{user.name} does not work at this site.", "user_id")
    return user.name

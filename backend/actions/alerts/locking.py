"""An alert that somebody does something about: in their scope, its order locked."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.errors import ErrorCode, not_found, refused
from backend.models.db import Transaction
from backend.models.fulfillment import ShippingOrder
from backend.models.log import Alert
from backend.models.returns import Return
from backend.rules.permissions import Actor


async def lock_alert(tx: Transaction, actor: Actor, alert_id: UUID) -> Alert:
    """Refuses NOT_FOUND out of the actor's scope."""
    alert = await Alert.get_or_none(id=alert_id)
    if alert is None or not await _in_scope(actor, alert):
        raise not_found("alert", "alert_id")
    if alert.order_id is not None:
        _ = await lock_order(tx, actor, alert.order_id, path="alert_id")
    return alert


async def lock_open_alert(tx: Transaction, actor: Actor, alert_id: UUID) -> Alert:
    """Refuses INVALID_STATE where it has been cleared, too."""
    alert = await lock_alert(tx, actor, alert_id)
    if await tx.fetchval("SELECT cleared_at FROM alert WHERE id = $1 FOR UPDATE", alert_id) is not None:
        raise refused(ErrorCode.INVALID_STATE, "The alert has been cleared already.", "alert_id")
    return alert


async def _in_scope(actor: Actor, alert: Alert) -> bool:
    """Who is at a site clears what is of that site; an alert of the order alone is in the order's scope."""
    if actor.sees_all_orders:
        return True
    if alert.shipping_order_id is not None:
        return await ShippingOrder.filter(id=alert.shipping_order_id, site_id__in=actor.site_ids).exists()
    if alert.rma_id is not None:
        return await Return.filter(id=alert.rma_id, site_id__in=actor.site_ids).exists()
    return alert.site_id in actor.site_ids if alert.site_id is not None else alert.order_id is not None

"""How every command on a shipping order begins: its order is locked, and with it all of the order's shipping orders."""

from __future__ import annotations

from uuid import UUID

from backend.actions.inventory.stock import may_handle
from backend.actions.orders.locking import lock_order
from backend.errors import check_version, not_found
from backend.events import record
from backend.models.db import Transaction
from backend.models.fulfillment import ShippingOrder
from backend.models.orders import Order
from backend.rules.lifecycle import SHIPPING_ORDER_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ShippingOrderState


async def lock_shipping_order(
    tx: Transaction,
    actor: Actor,
    shipping_order_id: UUID,
    verb: str,
    expected_version: int | None = None,
) -> tuple[Order, ShippingOrder]:
    """NOT_FOUND out of the actor's sites, STALE on another version of the shipping order, INVALID_STATE by the verb."""
    order_id = await tx.fetchval("SELECT order_id FROM shipping_order WHERE id = $1", shipping_order_id)
    if order_id is None:
        raise not_found("shipping order", "shipping_order_id")
    order = await lock_order(tx, actor, UUID(str(order_id)), path="shipping_order_id")
    shipping_order = await ShippingOrder.get(id=shipping_order_id)
    if actor.channel_id is None and not may_handle(actor, shipping_order.site_id):
        raise not_found("shipping order", "shipping_order_id")
    check_version("shipping order", shipping_order.version, expected_version)
    check_verb(SHIPPING_ORDER_VERBS[verb], state=shipping_order.state, suspended=order.suspended)
    return order, shipping_order


async def move(
    tx: Transaction, shipping_order: ShippingOrder, state: ShippingOrderState, **changes: object
) -> dict[str, object]:
    """Save the state and `changes`, as a new version; what the event tells of it."""
    before = shipping_order.state
    if state is not before:
        changes |= {"state": state, "state_since": tx.now}
    changes["version"] = shipping_order.version + 1
    await shipping_order.update_from_dict(changes).save(update_fields=list(changes))
    return {"from": before.value, "to": state.value, "shipping_order": shipping_order.number}


def tell(
    tx: Transaction,
    actor: Actor,
    shipping_order: ShippingOrder,
    kind: str,
    message: str,
    data: dict[str, object],
) -> None:
    """An event of a shipping order, on its order's timeline."""
    record(
        tx,
        actor,
        f"shipping_order.{kind}",
        f"{shipping_order.number}: {message}",
        subject=("ShippingOrder", shipping_order.id),
        order_id=shipping_order.order_id,
        data=data,
    )

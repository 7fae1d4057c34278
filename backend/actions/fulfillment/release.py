"""Give units back that sites were to fulfil, because they are cancelled or the stock turned out not to be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.actions.fulfillment.locking import move, tell
from backend.actions.fulfillment.units import Units, give_back, lines_of, unpack
from backend.models.db import Transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.orders import Order
from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ShippingOrderState


async def release(tx: Transaction, actor: Actor, order: Order, units: Mapping[UUID, int], reason: str) -> None:
    """Units by order line, taken from open shipping orders: those not picked yet first, and of these the newest.

    A shipping order of which nothing is left is CANCELLED. The order's row must be locked; the caller refreshes it.
    """
    if not any(units.values()):
        return
    shipping_orders = await open_shipping_orders(order.id)
    lines = await lines_of(*shipping_orders)
    lines.sort(key=lambda line: (line.picked > 0, -shipping_orders[line.shipping_order_id].position))
    left, chosen = dict(units), []
    for line in lines:
        taken = min(left.get(line.order_line_id, 0), line.quantity)
        if taken:
            left[line.order_line_id] -= taken
            chosen.append(Units(line, shipping_orders[line.shipping_order_id].site_id, taken))
    if any(left.values()):
        raise RuntimeError(f"Order {order.number} has fewer units at sites than it should.")
    await release_units(tx, actor, order, shipping_orders, lines, chosen, reason)


async def open_shipping_orders(order_id: UUID) -> dict[UUID, ShippingOrder]:
    rows = await ShippingOrder.filter(order_id=order_id, state__in=list(OPEN_SHIPPING_ORDERS))
    return {row.id: row for row in rows}


async def release_units(
    tx: Transaction,
    actor: Actor,
    order: Order,
    shipping_orders: Mapping[UUID, ShippingOrder],
    lines: Sequence[ShippingOrderLine],
    units: Sequence[Units],
    reason: str,
) -> None:
    """The same for chosen units; `lines` are all lines of these shipping orders."""
    touched = {entry.line.shipping_order_id for entry in units}
    skus: dict[UUID, dict[str, int]] = {identity: {} for identity in touched}
    for entry in units:
        of = skus[entry.line.shipping_order_id]
        of[entry.line.sku] = of.get(entry.line.sku, 0) + entry.quantity
    for identity in sorted(touched, key=lambda it: shipping_orders[it].position):
        left = sum(line.quantity for line in lines if line.shipping_order_id == identity) - sum(skus[identity].values())
        await _close_or_reopen(tx, actor, shipping_orders[identity], left, skus[identity], reason)
    await give_back(tx, actor, order, units, reference=reason[:200])


async def _close_or_reopen(
    tx: Transaction, actor: Actor, shipping_order: ShippingOrder, left: int, skus: dict[str, int], reason: str
) -> None:
    """CANCELLED when nothing is left; packages that no longer hold what they should are opened."""
    packed = shipping_order.state is ShippingOrderState.WAITING_SHIPMENT
    if packed:
        await unpack(tx, [shipping_order.id])
    whole = left == 0
    state = ShippingOrderState.WAITING_PACK if packed else shipping_order.state
    told = await (
        move(tx, shipping_order, ShippingOrderState.CANCELLED, closing_reason=reason[:500])
        if whole
        else move(tx, shipping_order, state)
    )
    message = f"{'Cancelled' if whole else 'Cancelled in part'}: {reason}"
    tell(tx, actor, shipping_order, "cancelled", message, told | {"units": skus, "reason": reason})

"""Pick: say of each line how many units were found. What was not found is short."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.reject import units_by_sku
from backend.actions.fulfillment.units import (
    LineQuantity,
    Units,
    choose,
    exclude_site,
    give_back,
    lines_of,
    save_progress,
)
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.orders import Order
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason, ShippingOrderState

SHORT_PICK = "SHORT_PICK"


@retried
async def pick(
    actor: Actor, shipping_order_id: UUID, lines: Sequence[LineQuantity], short_reason: str | None = None
) -> None:
    """Every line is to be named. Short units leave the site's stock and go back to allocation, this site excluded.

    Where nothing at all was found, the shipping order is REJECTED.
    """
    problems = Problems()
    problems.text(short_reason, 500, "short_reason")
    problems.check()
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderPick")
        rows = await lines_of(shipping_order.id)
        found = _found(shipping_order, rows, lines)
        await _take(tx, found)
        short = [Units(it.line, it.site_id, it.line.quantity - it.quantity) for it in found]
        nothing = not any(entry.quantity for entry in found)
        closing = {"closing_reason": short_reason or SHORT_PICK} if nothing else {}
        state = ShippingOrderState.REJECTED if nothing else ShippingOrderState.WAITING_PACK
        told = await move(tx, shipping_order, state, **closing)
        if not nothing:
            tell(tx, actor, shipping_order, "picked", "Picked.", told | {"units": units_by_sku(found)})
        await _fall_short(tx, actor, order, shipping_order, short, told | {"reason": short_reason or SHORT_PICK})
        await refresh(tx, order)


def _found(
    shipping_order: ShippingOrder, rows: Sequence[ShippingOrderLine], given: Sequence[LineQuantity]
) -> list[Units]:
    found = choose(shipping_order, rows, given, "lines")
    named = {entry.line.id for entry in found}
    if any(row.quantity and row.id not in named for row in rows):
        raise refused(ErrorCode.INVALID, "Say of every line how many units were picked.", "lines")
    return found


async def _take(tx: Transaction, found: Sequence[Units]) -> None:
    picked: dict[UUID, int] = {}
    for entry in found:
        entry.line.picked = entry.quantity
        picked[entry.line.order_line_id] = picked.get(entry.line.order_line_id, 0) + entry.quantity
    await save_progress(tx, [entry.line for entry in found], picked)


async def _fall_short(
    tx: Transaction,
    actor: Actor,
    order: Order,
    shipping_order: ShippingOrder,
    short: Sequence[Units],
    data: dict[str, object],
) -> None:
    units = units_by_sku(short)
    if not units:
        return
    await exclude_site(tx, order, shipping_order.site_id, SHORT_PICK)
    message = f"Not found: {', '.join(f'{count} × {sku}' for sku, count in units.items())}."
    data |= {"units": units, "site_id": shipping_order.site_id}
    tell(tx, actor, shipping_order, "short_picked", message, data)
    await give_back(tx, actor, order, short, missing=MovementReason.SHORT_PICK, reference=shipping_order.number)

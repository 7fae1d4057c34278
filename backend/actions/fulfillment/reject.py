"""Reject a shipping order, or some units of it: they go back to allocation, and the site is not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.units import (
    LineQuantity,
    Units,
    choose,
    exclude_site,
    give_back,
    lines_of,
    unpack,
)
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason, ShippingOrderState

#: Reasons that say that the units are not there, and the ledger's word for it. Any other reason only gives them back.
MISSING = {"OUT_OF_STOCK": MovementReason.ADJUSTMENT, "DAMAGED": MovementReason.DAMAGE}


@dataclass(frozen=True, slots=True)
class RejectCommand:
    """`reason` is OUT_OF_STOCK, DAMAGED, or any text. Without `lines`, everything."""

    shipping_order_id: UUID
    reason: str
    lines: Sequence[LineQuantity] | None = None
    expected_version: int | None = None


@retried
async def reject(actor: Actor, command: RejectCommand) -> None:
    """A shipping order of which nothing is left is REJECTED; one that was packed is packed again."""
    problems = Problems()
    problems.text(command.reason, 500, "reason", required=True)
    problems.check()
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(
            tx, actor, command.shipping_order_id, "shippingOrderReject", command.expected_version
        )
        lines = await lines_of(shipping_order.id)
        units = _units(shipping_order, lines, command.lines)
        await exclude_site(tx, order, shipping_order.site_id, command.reason)
        told = await _move(tx, shipping_order, lines, units, command.reason)
        data = told | {"reason": command.reason, "units": units_by_sku(units), "site_id": shipping_order.site_id}
        tell(tx, actor, shipping_order, "rejected", f"Rejected: {command.reason}", data)
        missing = MISSING.get(command.reason)
        await give_back(tx, actor, order, units, missing=missing, reference=shipping_order.number)
        await refresh(tx, order)


def _units(
    shipping_order: ShippingOrder, lines: Sequence[ShippingOrderLine], given: Sequence[LineQuantity] | None
) -> list[Units]:
    if given is None:
        return [Units(line, shipping_order.site_id, line.quantity) for line in lines if line.quantity]
    if not given:
        raise refused(ErrorCode.INVALID, "Give the lines to reject, or leave them out.", "lines")
    return choose(shipping_order, lines, given, "lines", least=1)


async def _move(
    tx: Transaction,
    shipping_order: ShippingOrder,
    lines: Sequence[ShippingOrderLine],
    units: Sequence[Units],
    reason: str,
) -> dict[str, object]:
    packed = shipping_order.state is ShippingOrderState.WAITING_SHIPMENT
    if packed:
        await unpack(tx, [shipping_order.id])
        for line in lines:
            line.packed = 0
    if sum(line.quantity for line in lines) == sum(entry.quantity for entry in units):
        return await move(tx, shipping_order, ShippingOrderState.REJECTED, closing_reason=reason)
    return await move(tx, shipping_order, ShippingOrderState.WAITING_PACK if packed else shipping_order.state)


def units_by_sku(units: Sequence[Units]) -> dict[str, int]:
    """For the log: what was given back."""
    sums: dict[str, int] = {}
    for entry in units:
        if entry.quantity:
            sums[entry.line.sku] = sums.get(entry.line.sku, 0) + entry.quantity
    return sums

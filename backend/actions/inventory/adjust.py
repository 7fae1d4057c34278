"""Adjust stock by signed changes: a receipt, a correction, damage, a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.inventory.stock import (
    Delta,
    StockChange,
    apply,
    check_enough,
    check_rows,
    find_sites,
    make_levels,
)
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import InventoryLevel
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason

#: Reasons that people and feeds may give, and the sign of their changes (0: both). The others come with goods alone.
_SIGNS = {
    MovementReason.RECEIPT: 1,
    MovementReason.TRANSFER_IN: 1,
    MovementReason.ADJUSTMENT: 0,
    MovementReason.COUNT: 0,
    MovementReason.TRANSFER_OUT: -1,
    MovementReason.DAMAGE: -1,
}


@dataclass(frozen=True, slots=True)
class AdjustInventory:
    reason: MovementReason
    changes: Sequence[StockChange]
    reference: str | None = None


@retried
async def adjust(actor: Actor, command: AdjustInventory) -> list[InventoryLevel]:
    """The levels changed, in (site, SKU) order. What is allocated or reserved cannot be taken away."""
    _check(command)
    async with transaction() as tx:
        sites = await find_sites(tx, actor, command.changes, "changes")
        deltas = [
            Delta(sites[change.site], change.sku, on_hand=change.quantity, reason=command.reason)
            for change in command.changes
        ]
        await make_levels(tx, [(delta.site_id, delta.sku) for delta in deltas])
        await check_enough(tx, deltas, "changes")
        await apply(tx, actor, deltas, reference=command.reference)
        return await read_levels(tx, [(delta.site_id, delta.sku) for delta in deltas])


def _check(command: AdjustInventory) -> None:
    problems = check_rows(command.changes, command.reference, "changes")
    sign = _SIGNS.get(command.reason)
    if sign is None:
        problems.add(f"Use one of {', '.join(_SIGNS)}.", "reason")
    for index, change in enumerate(command.changes):
        if change.quantity == 0:
            problems.add("A change is not 0.", "changes", index, "quantity")
        elif sign and change.quantity * sign < 0:
            direction = "add" if sign > 0 else "take away"
            problems.add(f"{command.reason.value} can only {direction}.", "changes", index, "quantity")
    problems.check()


async def read_levels(tx: Transaction, keys: Sequence[tuple[UUID, str]]) -> list[InventoryLevel]:
    rows = await tx.fetch(
        "SELECT l.id FROM inventory_level l"
        " JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) USING (site_id, sku)",
        [site_id for site_id, _ in keys],
        [sku for _, sku in keys],
    )
    return await InventoryLevel.filter(id__in=[row["id"] for row in rows]).order_by("site_id", "sku")

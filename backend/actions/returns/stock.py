"""Units that come back into stock, or leave it again because they were not fit to be sold after all."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.actions.inventory.stock import Delta, apply, make_levels
from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.db import Transaction
from backend.models.returns import Return
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason


async def restock(tx: Transaction, actor: Actor, rma: Return, site_id: UUID, units: Mapping[str, int]) -> None:
    """Add units by SKU to what the site holds; orders that wait for them are tried."""
    if not units:
        return
    await make_levels(tx, [(site_id, sku) for sku in units])
    deltas = [Delta(site_id, sku, on_hand=count, reason=MovementReason.RETURN) for sku, count in sorted(units.items())]
    await apply(tx, actor, deltas, order_id=rma.order_id, reference=rma.number)


async def take_out(tx: Transaction, actor: Actor, rma: Return, site_id: UUID, sku: str, quantity: int) -> None:
    """Restocked too early: units leave the stock again. Refuses where they are promised to somebody, or gone."""
    delta = Delta(site_id, sku, on_hand=-quantity, reason=MovementReason.DAMAGE)
    try:
        await apply(tx, actor, [delta], order_id=rma.order_id, reference=rma.number)
    except Exception as error:
        for constraint in ("ck_inventory_level_not_oversold", "ck_inventory_level_not_negative"):
            if db.violates(error, constraint):
                message = "They are promised to an order, or gone already."
                raise refused(ErrorCode.INSUFFICIENT_STOCK, message, "quantity") from error
        raise

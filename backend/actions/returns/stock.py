"""Units that come back into stock, or leave it again, with their lines in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.returns import Return
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason

_RESTOCK = """
WITH back AS (
    SELECT * FROM unnest($2::uuid[], $3::text[], $4::int[]) AS b(id, sku, quantity)
), level AS (
    INSERT INTO inventory_level (site_id, sku, on_hand)
    SELECT $1, sku, quantity FROM back ORDER BY sku
        ON CONFLICT (site_id, sku) DO UPDATE SET on_hand = inventory_level.on_hand + excluded.on_hand
)
INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor, reference, order_id)
SELECT id, $1, sku, quantity, $5, $6, $7, $8, $9 FROM back
"""
_TAKE_OUT = """
UPDATE inventory_level SET on_hand = on_hand - $3
 WHERE site_id = $1 AND sku = $2 AND on_hand - allocated - reserved >= $3
"""
_MOVEMENT = """
INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor, reference, order_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def restock(tx: Transaction, actor: Actor, rma: Return, site_id: UUID, units: Mapping[str, int]) -> None:
    """Add units by SKU to what the site holds; orders that wait for them are tried."""
    if not units:
        return
    skus = sorted(units)
    await tx.execute(
        _RESTOCK,
        site_id,
        [uuid7() for _ in skus],
        skus,
        [units[sku] for sku in skus],
        MovementReason.RETURN.value,
        tx.now,
        actor.label,
        rma.number,
        rma.order_id,
    )
    record(
        tx,
        actor,
        "inventory.changed",
        f"Restocked from return {rma.number}.",
        subject=("InventorySite", site_id),
        data={"skus": skus},
    )


async def take_out(tx: Transaction, actor: Actor, rma: Return, site_id: UUID, sku: str, quantity: int) -> None:
    """Restocked by mistake: units leave the stock again. Refuses where they are promised to somebody already."""
    if not await tx.execute(_TAKE_OUT, site_id, sku, quantity):
        message = "They are promised to an order, or gone already."
        raise refused(ErrorCode.INSUFFICIENT_STOCK, message, "quantity")
    await tx.execute(
        _MOVEMENT,
        uuid7(),
        site_id,
        sku,
        -quantity,
        MovementReason.DAMAGE.value,
        tx.now,
        actor.label,
        rma.number,
        rma.order_id,
    )

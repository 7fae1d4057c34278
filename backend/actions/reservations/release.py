"""Give reserved units back: asked for, or because the time is over."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.inventory import ring_fences
from backend.actions.inventory.stock import tell_of_growth
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import Reservation
from backend.rules.permissions import SYSTEM, Actor

_BATCH = 200

#: Reservations are locked before stock, stock in (site, SKU) order.
_GIVE_BACK = """
WITH units AS MATERIALIZED (
    SELECT site_id, sku, sum(quantity)::int AS units FROM reservation_line WHERE reservation_id = ANY($1) GROUP BY 1, 2
), locked AS MATERIALIZED (
    SELECT l.id, u.units FROM inventory_level l JOIN units u USING (site_id, sku)
     ORDER BY l.site_id, l.sku FOR NO KEY UPDATE OF l
), closed AS (
    UPDATE reservation SET released_at = $2 WHERE id = ANY($1)
)
UPDATE inventory_level l SET reserved = l.reserved - k.units FROM locked k WHERE l.id = k.id
RETURNING l.site_id, l.sku
"""
_FROM_FENCES = """
SELECT n.site_id, n.sku, r.channel_id, sum(n.fenced)::int AS units
  FROM reservation_line n JOIN reservation r ON r.id = n.reservation_id
 WHERE n.reservation_id = ANY($1) AND n.fenced > 0 GROUP BY 1, 2, 3
"""


@retried
async def release(actor: Actor, reservation_id: UUID) -> None:
    """Once more changes nothing. Refuses CONFLICT where an order has taken it over."""
    async with transaction() as tx:
        reservation = await Reservation.filter(id=reservation_id).select_for_update(no_key=True).first()
        if reservation is None or (actor.channel_id is not None and reservation.channel_id != actor.channel_id):
            raise not_found("reservation", "reservation_id")
        if reservation.order_id is not None:
            raise refused(ErrorCode.CONFLICT, "An order has taken it over: cancel the order.", "reservation_id")
        if reservation.released_at is None:
            await _give_back(tx, actor, [reservation.id], "Released.")


async def release_expired() -> int:
    """How many were given back: those whose time is over, and those of orders that want them no more."""
    released = 0
    while batch := await _release_some():
        released += batch
    return released


@retried
async def _release_some() -> int:
    async with transaction() as tx:
        rows = await tx.fetch(
            "SELECT r.id FROM reservation r LEFT JOIN sales_order o ON o.id = r.order_id WHERE r.released_at IS NULL"
            " AND (r.expires_at <= now() OR o.state IN ('CLOSED', 'CANCELLED'))"
            " ORDER BY r.id LIMIT $1 FOR NO KEY UPDATE OF r SKIP LOCKED",
            _BATCH,
        )
        if rows:
            await _give_back(tx, SYSTEM, [row["id"] for row in rows], "Expired.")
        return len(rows)


async def _give_back(tx: Transaction, actor: Actor, ids: Sequence[UUID], message: str) -> None:
    grown = await tx.fetch(_GIVE_BACK, list(ids), tx.now)
    rows = await tx.fetch(_FROM_FENCES, list(ids))
    await ring_fences.give_back(tx, {(row["site_id"], row["sku"], row["channel_id"]): row["units"] for row in rows})
    tell_of_growth(tx, actor, [(row["site_id"], row["sku"]) for row in grown])
    for reservation_id in ids:
        record(tx, actor, "reservation.released", message, subject=("Reservation", reservation_id), data={})

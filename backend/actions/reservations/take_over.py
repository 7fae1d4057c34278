"""An order takes a reservation over: its units stay held until the order is allocated, and are then its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend.errors import ErrorCode, not_found, refused
from backend.models.db import Transaction

#: How long an order may take to be paid and approved before its units are free again.
HELD_FOR = timedelta(hours=24)


async def take_over(tx: Transaction, reservation_id: UUID, channel_id: UUID, order_id: UUID) -> None:
    """In the order's own transaction: with a reservation that is over there is no order either."""
    taken = await tx.execute(
        "UPDATE reservation SET order_id = $3, expires_at = $4 WHERE id = $1 AND channel_id = $2"
        " AND order_id IS NULL AND released_at IS NULL AND expires_at > $5",
        reservation_id,
        channel_id,
        order_id,
        tx.now + HELD_FOR,
        tx.now,
    )
    if taken:
        return
    known = await tx.fetchval("SELECT 1 FROM reservation WHERE id = $1 AND channel_id = $2", reservation_id, channel_id)
    if known is None:
        raise not_found("reservation", "reservation_id")
    raise refused(ErrorCode.INVALID_STATE, "The reservation has expired, or is used.", "reservation_id")

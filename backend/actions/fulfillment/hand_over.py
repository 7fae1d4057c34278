"""Hand a pick-up over to the customer, who says the code that they were told."""

from __future__ import annotations

import hmac
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.units import let_go, lines_of
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, Refused, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder
from backend.rules.permissions import LEADS, Actor, require
from backend.rules.vocabulary import MovementReason, ShippingOrderState

#: Wrong codes, after which only a manager may try.
MAX_WRONG_CODES = 5


async def hand_over(actor: Actor, shipping_order_id: UUID, pickup_code: str) -> None:
    """A wrong code is refused, and noted, so that codes cannot be tried out."""
    refusal = await _hand_over(actor, shipping_order_id, pickup_code)
    if refusal is not None:
        raise refusal


@retried
async def _hand_over(actor: Actor, shipping_order_id: UUID, pickup_code: str) -> Refused | None:
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderHandOver")
        if await _wrong_codes(tx, shipping_order) >= MAX_WRONG_CODES:
            require(actor, LEADS, "Too many wrong codes: a manager must hand it over.", "pickup_code")
        if not _is_right(shipping_order, pickup_code):
            tell(tx, actor, shipping_order, "code_refused", "A wrong pick-up code was given.", {})
            return refused(ErrorCode.INVALID, "This is not the pick-up code.", "pickup_code")
        told = await move(tx, shipping_order, ShippingOrderState.PICKED_UP, fulfilled_at=tx.now)
        tell(tx, actor, shipping_order, "handed_over", "Handed over to the customer.", told)
        lines = await lines_of(shipping_order.id)
        await let_go(tx, actor, order, shipping_order, lines, MovementReason.PICKUP)
        await refresh(tx, order)
    return None


def _is_right(shipping_order: ShippingOrder, given: str) -> bool:
    expected = (shipping_order.pickup_code or "").encode()
    return bool(expected) and hmac.compare_digest(expected, given.strip().encode())


async def _wrong_codes(tx: Transaction, shipping_order: ShippingOrder) -> int:
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM event WHERE subject_id = $1 AND kind = 'shipping_order.code_refused'",
            shipping_order.id,
        )
    )

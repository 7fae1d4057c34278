"""Claim an order: whoever looks at it sees that somebody sees to it. A claim forbids nobody what they may do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.config import get_settings
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order, OrderClaim
from backend.rules.permissions import LEADS, Actor, require

_PUT = """
INSERT INTO order_claim (id, order_id, holder, by, at, until) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (order_id) DO UPDATE
   SET holder = excluded.holder, by = excluded.by, at = excluded.at, until = excluded.until
"""


@retried
async def claim(actor: Actor, order_id: UUID, *, take_over: bool = False) -> None:
    """Refuses CONFLICT while somebody else has it, unless it is taken over. One's own is put off, silently."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        until = tx.now + timedelta(hours=get_settings().order_claim_hours)
        held = await claim_of(tx, order)
        if held is not None and held.holder == actor.key:
            await tx.execute("UPDATE order_claim SET until = $2 WHERE id = $1", held.id, until)
            return
        if held is not None:
            if not take_over:
                raise taken(held)
            require(actor, LEADS, "Administrators and managers take an order over.", "take_over")
        await tx.execute(_PUT, uuid7(), order.id, actor.key, actor.label, tx.now, until)
        record(
            tx,
            actor,
            "order.claimed",
            "Claimed." if held is None else f"Taken over from {held.by}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"until": until, "from": held.by if held else None},
        )


async def claim_of(tx: Transaction, order: Order) -> OrderClaim | None:
    """The claim of a locked order that has not ended."""
    return await OrderClaim.filter(order_id=order.id, until__gt=tx.now).first()


def taken(held: OrderClaim) -> Exception:
    return refused(ErrorCode.CONFLICT, f"{held.by} has claimed the order until {held.until:%Y-%m-%d %H:%M} UTC.")

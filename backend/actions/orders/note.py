"""Add a note to an order."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.orders import OrderNote
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor


@retried
async def note(actor: Actor, order_id: UUID, body: str) -> None:
    problems = Problems()
    problems.text(body, 10_000, "body", required=True)
    problems.check()
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        _ = await OrderNote.create(order_id=order.id, body=body, author=actor.label, at=tx.now)
        record(tx, actor, "order.note_added", "Note added.", subject=("Order", order.id), order_id=order.id)

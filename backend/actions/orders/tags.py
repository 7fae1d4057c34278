"""Change an order's tags."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.order_input import Problems, check_tags
from backend.rules.permissions import Actor


@retried
async def tags(actor: Actor, order_id: UUID, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
    """Removing goes first, so that a tag in both stays."""
    problems = Problems()
    check_tags(problems, add, "add")
    check_tags(problems, remove, "remove")
    problems.check()
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        before = list(order.tags)
        after = list(dict.fromkeys([*(tag for tag in before if tag not in set(remove)), *add]))
        check_tags(problems, after, "add")
        problems.check()
        if after == before:
            return
        await tx.execute("UPDATE sales_order SET tags = $2 WHERE id = $1", order.id, after)
        record(
            tx,
            actor,
            "order.tags_changed",
            f"Tags: {', '.join(after) or 'none'}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"from": before, "to": after},
        )

"""Make an order of a recurring one at once, beside its schedule."""

from __future__ import annotations

from uuid import UUID

from backend.actions.recurring.locking import change, lock_recurring, tell
from backend.actions.recurring.run import make
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor


@retried
async def run_now(actor: Actor, recurring_order_id: UUID, expected_version: int | None = None) -> None:
    """What is due stays due. Once a minute at most: the channel's own id of the order names the minute."""
    async with transaction() as tx:
        recurring = await lock_recurring(actor, recurring_order_id, "recurringOrderRunNow", expected_version)
        order = await make(tx, actor, recurring, tx.now.replace(second=0, microsecond=0))
        await change(recurring, customer_id=order.customer_id)
        tell(tx, actor, recurring, "run", f"Order {order.number} is made out of turn.", order_id=order.id)

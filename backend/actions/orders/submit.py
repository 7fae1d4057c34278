"""Submit a draft: its lifecycle starts."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh, set_mark
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep


@retried
async def submit(actor: Actor, order_id: UUID, expected_version: int | None = None) -> None:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderSubmit"], state=order.state)
        await set_mark(tx, order.id, LifecycleStep.ENTRY.value, actor.label)
        state = await refresh(tx, order)
        record(
            tx,
            actor,
            "order.submitted",
            "Submitted.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"to": state.value},
        )

"""Say that an order is complete: what needed attention has been put right."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.stepping import pass_step
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep


async def complete(actor: Actor, order_id: UUID, expected_version: int | None = None, *, skipped: bool = False) -> None:
    await pass_step(
        actor,
        order_id,
        expected_version,
        verb="orderComplete",
        step=LifecycleStep.COMPLETION,
        kind="order.completed",
        message="Found complete.",
        skipped=skipped,
    )

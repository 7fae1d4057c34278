"""File an order: everything is delivered, invoiced and settled; it is closed."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.stepping import pass_step
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep


async def file(actor: Actor, order_id: UUID, expected_version: int | None = None, *, skipped: bool = False) -> None:
    await pass_step(
        actor,
        order_id,
        expected_version,
        verb="orderFile",
        step=LifecycleStep.FILING,
        kind="order.filed",
        message="Filed.",
        skipped=skipped,
    )

"""Say that what follows shipment (tracking sent, customer content) is done: the order may be filed."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.stepping import pass_step
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep


async def continue_(
    actor: Actor, order_id: UUID, expected_version: int | None = None, *, skipped: bool = False
) -> None:
    await pass_step(
        actor,
        order_id,
        expected_version,
        verb="orderContinue",
        step=LifecycleStep.CONTINUATION,
        kind="order.continued",
        message="Continuation done.",
        skipped=skipped,
    )

"""Approve an order: it may be allocated now."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.stepping import pass_step
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep


async def approve(actor: Actor, order_id: UUID, expected_version: int | None = None, *, skipped: bool = False) -> None:
    await pass_step(
        actor,
        order_id,
        expected_version,
        verb="orderApprove",
        step=LifecycleStep.APPROVAL,
        kind="order.approved",
        message="Approved.",
        skipped=skipped,
    )

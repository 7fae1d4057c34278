"""Skip the payment step where the workflow says so: the order is handled without waiting for money."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh, set_mark
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep, OrderState, StepMode


@retried
async def skip_payment(actor: Actor, order_id: UUID) -> None:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        facts = await load(order.id)
        if (
            order.state is not OrderState.WAITING_PAYMENT
            or order.suspended
            or facts.workflow.step(LifecycleStep.PAYMENT).mode is not StepMode.SKIP
        ):
            raise refused(ErrorCode.INVALID_STATE, "The payment step is not to be skipped now.")
        await set_mark(tx, order.id, LifecycleStep.PAYMENT.value, actor.label, skipped=True)
        state = await refresh(tx, order)
        record(
            tx,
            actor,
            "order.skipped",
            "Payment skipped by the workflow.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"step": LifecycleStep.PAYMENT.value, "to": state.value},
        )

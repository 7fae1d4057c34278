"""The twelve steps of an order as people see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.rules.assessment import Assessment, Wait
from backend.rules.facts import Facts
from backend.rules.vocabulary import LifecycleStep, OrderState, ShippingOrderState, StepMode, StepStatus

_STEPS = list(LifecycleStep)
_BY_PERSONS_ELSE = ("system", "gateway", "stock", "customer")
_SO_RANK = {
    ShippingOrderState.WAITING_APPROVAL: LifecycleStep.SHIPPING_ORDER_APPROVAL,
    ShippingOrderState.WAITING_ASSIGNMENT: LifecycleStep.ASSIGNMENT,
    ShippingOrderState.WAITING_PICK: LifecycleStep.PICK_PACK,
    ShippingOrderState.WAITING_PACK: LifecycleStep.PICK_PACK,
    ShippingOrderState.WAITING_SHIPMENT: LifecycleStep.SHIPMENT,
    ShippingOrderState.READY_FOR_PICKUP: LifecycleStep.SHIPMENT,
}
_REACHED = {
    OrderState.DRAFT: LifecycleStep.ENTRY,
    OrderState.WAITING_PAYMENT: LifecycleStep.PAYMENT,
    OrderState.WAITING_APPROVAL: LifecycleStep.COMPLETION,
    OrderState.WAITING_ALLOCATION: LifecycleStep.ALLOCATION,
    OrderState.WAITING_FILING: LifecycleStep.CONTINUATION,
}


@dataclass(frozen=True, slots=True)
class Step:
    """`reason` says why it is blocked; `at` and `by` when it was done and by whom, where that is one moment."""

    step: LifecycleStep
    status: StepStatus
    mode: StepMode
    at: datetime | None = None
    by: str | None = None
    reason: str | None = None


def steps_of(facts: Facts, assessment: Assessment) -> list[Step]:
    """All twelve, in order. A step with something to wait for is BLOCKED where a person must act, else ACTIVE."""
    return [_step(facts, step, [wait for wait in assessment.waits if wait.step is step]) for step in _STEPS]


def _step(facts: Facts, step: LifecycleStep, waits: Sequence[Wait]) -> Step:
    mode = facts.workflow.step(step).mode
    mark = facts.mark(step)
    if mark is not None:
        status = StepStatus.SKIPPED if mark.get("skipped") else StepStatus.DONE
        return Step(step, status, mode, datetime.fromisoformat(mark["at"]), mark["by"])
    if facts.state is OrderState.CANCELLED:
        return Step(step, StepStatus.SKIPPED, mode)
    if waits:
        wait = waits[0]
        human = any(actor not in _BY_PERSONS_ELSE for actor in wait.actors)
        return Step(step, StepStatus.BLOCKED if human else StepStatus.ACTIVE, mode, reason=wait.detail or wait.reason)
    return Step(step, _status(facts, step, mode), mode)


def _status(facts: Facts, step: LifecycleStep, mode: StepMode) -> StepStatus:
    if _passed(facts, step):
        return StepStatus.SKIPPED if mode is StepMode.SKIP else StepStatus.DONE
    return StepStatus.ACTIVE if step is _current(facts) else StepStatus.PENDING


def _current(facts: Facts) -> LifecycleStep:
    """The earliest step that something of the order is at."""
    at_sites = [_SO_RANK[it.state] for it in facts.shipping_orders if it.state in _SO_RANK]
    reached = _REACHED.get(facts.state)
    found = [*at_sites, *([reached] if reached else [])]
    return min(found, key=_STEPS.index) if found else LifecycleStep.SHIPMENT


def _passed(facts: Facts, step: LifecycleStep) -> bool:
    if facts.state in (OrderState.WAITING_FILING, OrderState.CLOSED):
        return step not in (LifecycleStep.CONTINUATION, LifecycleStep.FILING)
    if step is LifecycleStep.INVOICE:
        billable = [line for line in facts.lines if line.quantity > line.cancelled]
        return bool(billable) and all(line.invoiced >= line.quantity - line.cancelled for line in billable)
    return _STEPS.index(step) < _STEPS.index(_current(facts))

"""What happens to an order next: which verbs may run by themselves now, and what it waits for otherwise.

`assess` is the one place that decides it. The worker runs what it allows (actions/orders/advance.py); the API's
`waitingFor`, `steps` and the alerts of an order tell what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.rules.assessment import DESK, MONEY, SITE, Assessment, Run, Wait, gate, is_skipped, names
from backend.rules.facts import Facts, LineFact, ShippingOrderFact
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.settlement import authorize, settle, why_not_filed
from backend.rules.vocabulary import (
    DeliveryMethod,
    LifecycleStep,
    LineKind,
    OrderState,
    Role,
    ShippingOrderState,
)


def assess(facts: Facts, now: datetime) -> Assessment:
    """What may run by itself now and what is waited for. A suspended order runs nothing."""
    found = Assessment()
    _STATES[facts.state](facts, now, found)
    if facts.state is not OrderState.DRAFT:
        settle(facts, now, found)
    if facts.suspended:
        found.runs.clear()
        for hold in facts.holds:
            found.waits.insert(0, Wait(_current_step(facts), "HELD", hold.at, names(DESK), detail=hold.reason))
    return found


def _draft(facts: Facts, _now: datetime, found: Assessment) -> None:
    found.wait(LifecycleStep.ENTRY, "DRAFT", facts.state_since, *names(DESK))


def _payment(facts: Facts, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PAYMENT
    if is_skipped(facts, step):
        found.runs.append(Run("orderSkip", step, facts.id, skipped=True))
        return
    waiting = len(found.waits)
    for payment in facts.payments:
        authorize(facts, payment, now, found)
    if len(found.waits) == waiting and not found.runs:
        found.wait(step, "PAYMENT_MISSING", facts.state_since, *names(DESK), "customer")


def _approval(facts: Facts, now: datetime, found: Assessment) -> None:
    if facts.mark(LifecycleStep.COMPLETION) is None:
        step = LifecycleStep.COMPLETION
        missing = what_is_missing(facts)
        if missing and not is_skipped(facts, step):
            found.wait(step, "INCOMPLETE", facts.state_since, *names(DESK), detail=missing)
        elif gate(facts, found, step, facts.state_since, now, DESK):
            found.runs.append(Run("orderComplete", step, facts.id, is_skipped(facts, step)))
    elif gate(facts, found, LifecycleStep.APPROVAL, facts.state_since, now, DESK):
        step = LifecycleStep.APPROVAL
        found.runs.append(Run("orderApprove", step, facts.id, is_skipped(facts, step)))


def what_is_missing(facts: Facts) -> str | None:
    """What must be put right before an order can be fulfilled."""
    ships = any(line.is_physical and line.delivery_method is DeliveryMethod.SHIP for line in facts.lines)
    if ships and not facts.shipping_address:
        return "There is no shipping address."
    digital = any(line.kind in (LineKind.DIGITAL, LineKind.GIFT_CARD) for line in facts.lines)
    if digital and not facts.email:
        return "There is no e-mail address to deliver to."
    return None


def _allocation(facts: Facts, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.ALLOCATION
    if is_skipped(facts, step):
        found.runs.append(Run("orderFulfilDirectly", step, facts.id, skipped=True))
        return
    untried = sum(line.unallocated - line.backordered for line in facts.lines if line.is_physical)
    if untried and gate(facts, found, step, facts.state_since, now, DESK):
        found.runs.append(Run("orderAllocate", step, facts.id))
    if any(line.backordered for line in facts.lines):
        skus = sorted({line.sku for line in facts.lines if line.backordered})
        found.wait(
            step,
            "BACKORDERED",
            facts.state_since,
            "stock",
            *names(DESK),
            detail=f"No stock of {', '.join(skus[:5])}.",
        )
    _fulfillment(facts, now, found)


def _fulfillment(facts: Facts, now: datetime, found: Assessment) -> None:
    for shipping_order in facts.shipping_orders:
        handler = _SHIPPING_ORDERS.get(shipping_order.state)
        if handler is not None:
            handler(facts, shipping_order, now, found)
    if lines_without_stock(facts):
        found.runs.append(Run("orderFulfilLines", LifecycleStep.SHIPMENT, facts.id))


def lines_without_stock(facts: Facts) -> list[LineFact]:
    """What may be fulfilled now: digital lines once allocation has passed, services after the last physical unit."""
    physical_open = any(line.unfulfilled for line in facts.lines if line.is_physical)
    return [
        line
        for line in facts.lines
        if not line.is_physical and line.unfulfilled and not (line.kind is LineKind.SERVICE and physical_open)
    ]


def _so_approval(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.SHIPPING_ORDER_APPROVAL
    by = (Role.FULFILLMENT, *DESK)
    if gate(facts, found, step, it.state_since, now, by, subject_id=it.id):
        found.runs.append(Run("shippingOrderApprove", step, it.id, is_skipped(facts, step)))


def _so_assignment(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.ASSIGNMENT
    if gate(facts, found, step, it.state_since, now, SITE, subject_id=it.id):
        found.runs.append(Run("shippingOrderAssign", step, it.id, is_skipped(facts, step)))


def _so_pick(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PICK_PACK
    if gate(facts, found, step, it.state_since, now, SITE, subject_id=it.id, reason="PICK"):
        found.runs.append(Run("shippingOrderPick", step, it.id, is_skipped(facts, step)))


def _so_pack(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PICK_PACK
    if gate(facts, found, step, it.state_since, now, SITE, subject_id=it.id, reason="PACK"):
        verb = "shippingOrderReady" if it.delivery_method is DeliveryMethod.PICKUP else "shippingOrderPack"
        found.runs.append(Run(verb, step, it.id, is_skipped(facts, step)))


def _so_ship(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.SHIPMENT
    if gate(facts, found, step, it.state_since, now, SITE, subject_id=it.id):
        found.runs.append(Run("shippingOrderShip", step, it.id, is_skipped(facts, step)))


def _so_collect(_facts: Facts, it: ShippingOrderFact, _now: datetime, found: Assessment) -> None:
    found.wait(LifecycleStep.SHIPMENT, "PICKUP", it.state_since, "customer", *names(SITE), subject_id=it.id)


def _filing(facts: Facts, now: datetime, found: Assessment) -> None:
    if facts.mark(LifecycleStep.CONTINUATION) is None:
        step = LifecycleStep.CONTINUATION
        if gate(facts, found, step, facts.state_since, now, DESK):
            found.runs.append(Run("orderContinue", step, facts.id, is_skipped(facts, step)))
        return
    reason = why_not_filed(facts)
    if reason is not None:
        found.wait(LifecycleStep.FILING, "UNSETTLED", facts.state_since, "system", *names(MONEY), detail=reason)
    elif gate(facts, found, LifecycleStep.FILING, facts.state_since, now, DESK):
        step = LifecycleStep.FILING
        found.runs.append(Run("orderFile", step, facts.id, is_skipped(facts, step)))


def _nothing(facts: Facts, now: datetime, found: Assessment) -> None:
    """Closed and cancelled orders wait for nothing, but for money that is to be given back."""


_Handler = Callable[[Facts, datetime, Assessment], None]
_STATES: Mapping[OrderState, _Handler] = {
    OrderState.DRAFT: _draft,
    OrderState.WAITING_PAYMENT: _payment,
    OrderState.WAITING_APPROVAL: _approval,
    OrderState.WAITING_ALLOCATION: _allocation,
    OrderState.WAITING_FULFILLMENT: _fulfillment,
    OrderState.WAITING_FILING: _filing,
    OrderState.CLOSED: _nothing,
    OrderState.CANCELLED: _nothing,
}
_SHIPPING_ORDERS: Mapping[ShippingOrderState, Callable[[Facts, ShippingOrderFact, datetime, Assessment], None]] = {
    ShippingOrderState.WAITING_APPROVAL: _so_approval,
    ShippingOrderState.WAITING_ASSIGNMENT: _so_assignment,
    ShippingOrderState.WAITING_PICK: _so_pick,
    ShippingOrderState.WAITING_PACK: _so_pack,
    ShippingOrderState.WAITING_SHIPMENT: _so_ship,
    ShippingOrderState.READY_FOR_PICKUP: _so_collect,
}
_CURRENT: Mapping[OrderState, LifecycleStep] = {
    OrderState.DRAFT: LifecycleStep.ENTRY,
    OrderState.WAITING_PAYMENT: LifecycleStep.PAYMENT,
    OrderState.WAITING_APPROVAL: LifecycleStep.APPROVAL,
    OrderState.WAITING_ALLOCATION: LifecycleStep.ALLOCATION,
    OrderState.WAITING_FULFILLMENT: LifecycleStep.PICK_PACK,
    OrderState.WAITING_FILING: LifecycleStep.FILING,
    OrderState.CLOSED: LifecycleStep.FILING,
    OrderState.CANCELLED: LifecycleStep.FILING,
}


def _current_step(facts: Facts) -> LifecycleStep:
    return _CURRENT[facts.state]


def reasons_against(facts: Facts) -> dict[str, str]:
    """Why verbs that the state allows cannot be done all the same, for `availableActions` and for the actions."""
    against: dict[str, str] = {}
    if not facts.holds:
        against["orderResume"] = "Nothing is held."
    missing = what_is_missing(facts)
    if facts.mark(LifecycleStep.COMPLETION) is not None:
        against["orderComplete"] = "It is complete."
    elif missing:
        against["orderComplete"] = missing
    if facts.mark(LifecycleStep.COMPLETION) is None:
        against["orderApprove"] = "It is to be completed first."
    if facts.mark(LifecycleStep.CONTINUATION) is not None:
        against["orderContinue"] = "It has been continued."
    unfiled = why_not_filed(facts)
    if facts.mark(LifecycleStep.CONTINUATION) is None:
        against["orderFile"] = "It is to be continued first."
    elif unfiled:
        against["orderFile"] = unfiled
    if any(line.allocated or line.fulfilled for line in facts.lines):
        against["orderEdit"] = "Some of it is with a site already."
    if not any(line.unfulfilled for line in facts.lines):
        against["orderCancel"] = "Nothing is left to cancel."
    if not any(line.fulfilled > line.returned for line in facts.lines):
        against["returnCreate"] = "Nothing has been delivered that could come back."
    if not any(payment.captured > payment.refunded for payment in facts.payments):
        against["orderAppease"] = "Nothing has been captured that could be given back."
    return {verb: reason for verb, reason in against.items() if verb in ORDER_VERBS}

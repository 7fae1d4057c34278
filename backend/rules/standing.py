"""Where an order stands: its state and statuses as functions of its facts, and nothing else.

No action sets an order's state; it changes facts, and actions/orders/refresh.py writes down what follows from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.rules.facts import Facts, PaymentFact
from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS
from backend.rules.totals import Amounts, order_amounts, units
from backend.rules.vocabulary import (
    FulfillmentStatus,
    LifecycleStep,
    OrderState,
    PaymentStatus,
    StepMode,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)

#: The mark in `steps` that a whole order was cancelled.
CANCELLED_MARK = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Tendered:
    """Sums over an order's payments."""

    authorized: int
    captured: int
    refunded: int


def amounts_of(facts: Facts) -> Amounts:
    """What the order comes to now. A cancelled order keeps what it came to."""
    return order_amounts(facts.lines, facts.shipping, prices_include_tax=facts.prices_include_tax)


def tendered(facts: Facts) -> Tendered:
    return Tendered(
        sum(payment.authorized for payment in facts.payments),
        sum(payment.captured for payment in facts.payments),
        sum(payment.refunded for payment in facts.payments),
    )


def is_covered(facts: Facts) -> bool:
    """The tenders that are authorized (captured ones are) cover the total."""
    return tendered(facts).authorized >= amounts_of(facts).total


def is_cancelled(facts: Facts) -> bool:
    return CANCELLED_MARK in facts.steps


def state_of(facts: Facts) -> OrderState:
    if is_cancelled(facts):
        return OrderState.CANCELLED
    if facts.mark(LifecycleStep.ENTRY) is None:
        return OrderState.DRAFT
    if not payment_passed(facts):
        return OrderState.WAITING_PAYMENT
    if facts.mark(LifecycleStep.COMPLETION) is None or facts.mark(LifecycleStep.APPROVAL) is None:
        return OrderState.WAITING_APPROVAL
    if any(line.unallocated for line in facts.lines):
        return OrderState.WAITING_ALLOCATION
    if any(line.unfulfilled for line in facts.lines):
        return OrderState.WAITING_FULFILLMENT
    return OrderState.CLOSED if facts.mark(LifecycleStep.FILING) else OrderState.WAITING_FILING


def payment_passed(facts: Facts) -> bool:
    """Paid for, or the workflow does not ask; what has left the building does not go back to waiting for payment."""
    skipped = (facts.mark(LifecycleStep.PAYMENT) or {}).get("skipped", False)
    return bool(skipped) or is_covered(facts) or any(line.fulfilled for line in facts.lines)


def payment_status_of(facts: Facts) -> PaymentStatus:
    sums = tendered(facts)
    if sums.refunded and sums.refunded >= sums.captured:
        return PaymentStatus.REFUNDED
    if sums.refunded:
        return PaymentStatus.PARTIALLY_REFUNDED
    if sums.captured:
        due = amounts_of(facts).total
        return PaymentStatus.CAPTURED if sums.captured >= due else PaymentStatus.PARTIALLY_CAPTURED
    if sums.authorized and is_covered(facts):
        return PaymentStatus.AUTHORIZED
    if any(payment.status is PaymentStatus.FAILED for payment in facts.payments):
        return PaymentStatus.FAILED
    if facts.payments and all(payment.status is PaymentStatus.VOIDED for payment in facts.payments):
        return PaymentStatus.VOIDED
    return PaymentStatus.UNPAID


def fulfillment_status_of(facts: Facts) -> FulfillmentStatus:
    fulfilled = sum(line.fulfilled for line in facts.lines)
    open_units = sum(line.unfulfilled for line in facts.lines)
    if fulfilled and not open_units:
        returned = sum(line.returned for line in facts.lines)
        return FulfillmentStatus.RETURNED if returned == fulfilled else FulfillmentStatus.FULFILLED
    if fulfilled:
        return FulfillmentStatus.PARTIALLY_FULFILLED
    allocated = sum(line.allocated for line in facts.lines)
    unallocated = sum(line.unallocated for line in facts.lines)
    if allocated:
        return FulfillmentStatus.PARTIALLY_ALLOCATED if unallocated else FulfillmentStatus.ALLOCATED
    if any(line.backordered for line in facts.lines):
        return FulfillmentStatus.BACKORDERED
    return FulfillmentStatus.UNFULFILLED


def _pending(payments: list[PaymentFact], kind: TransactionKind, *purposes: TransactionPurpose) -> int:
    return sum(
        transaction.amount
        for payment in payments
        for transaction in payment.transactions
        if transaction.kind is kind and transaction.is_open and (not purposes or transaction.purpose in purposes)
    )


def capture_due(facts: Facts) -> int:
    """What the workflow's moment says should have been captured by now, less what is captured or being captured."""
    if is_cancelled(facts) or facts.workflow.step(LifecycleStep.PAYMENT).mode is StepMode.SKIP:
        return 0
    payments = list(facts.payments)
    captured = sum(payment.captured for payment in payments) - _excess_refunded(facts)
    return max(0, _earned(facts) - captured - _pending(payments, TransactionKind.CAPTURE))


def _earned(facts: Facts) -> int:
    moment = facts.workflow.capture_on
    total = amounts_of(facts).total
    if moment is LifecycleStep.ENTRY:
        return total if payment_passed(facts) else 0
    approved = facts.mark(LifecycleStep.COMPLETION) is not None and facts.mark(LifecycleStep.APPROVAL) is not None
    if moment is LifecycleStep.APPROVAL:
        return total if approved else 0
    if approved and not any(line.unfulfilled for line in facts.lines):
        return total
    passed = _units_past(facts, moment)
    if not any(passed.values()):
        return 0
    lines = {line.id: line for line in facts.lines}
    return facts.shipping + sum(
        units(lines[line_id], 0, count, prices_include_tax=facts.prices_include_tax).total
        for line_id, count in passed.items()
    )


def _units_past(facts: Facts, moment: LifecycleStep) -> dict[UUID, int]:
    """Units by line that have passed the moment: approved for shipping, or gone."""
    passed: dict[UUID, int] = {line.id: line.fulfilled for line in facts.lines}
    if moment is LifecycleStep.SHIPPING_ORDER_APPROVAL:
        for shipping_order in facts.shipping_orders:
            if shipping_order.approved and shipping_order.state in OPEN_SHIPPING_ORDERS:
                for line_id, quantity in shipping_order.lines:
                    passed[line_id] += quantity
    return passed


def _excess_refunded(facts: Facts) -> int:
    """Given back because it was taken for units that were cancelled afterwards: it does not count as captured."""
    return sum(
        transaction.amount
        for payment in facts.payments
        for transaction in payment.transactions
        if transaction.kind is TransactionKind.REFUND
        and transaction.purpose is TransactionPurpose.EXCESS
        and transaction.state is not TransactionState.FAILED
    )


def excess_due(facts: Facts) -> int:
    """What was captured beyond the total (lines cancelled after capture), and has not been given back yet."""
    sums = tendered(facts)
    if is_cancelled(facts):
        pending = _pending(list(facts.payments), TransactionKind.REFUND)
        return max(0, sums.captured - sums.refunded - pending)
    return max(0, sums.captured - amounts_of(facts).total - _excess_refunded(facts))


def to_void(facts: Facts) -> list[PaymentFact]:
    """Authorizations that nothing will draw on any more."""
    if not (is_cancelled(facts) or not any(line.unfulfilled for line in facts.lines)):
        return []
    if not is_cancelled(facts) and capture_due(facts):
        return []
    return [
        payment
        for payment in facts.payments
        if payment.authorized > payment.captured
        and not any(
            t.is_open or (t.kind is TransactionKind.VOID and t.state is TransactionState.FAILED)
            for t in payment.transactions
        )
    ]

"""States and statuses follow from the facts."""

from dataclasses import replace

import pytest

from backend.rules import standing
from backend.rules.facts import Facts
from backend.rules.vocabulary import (
    FulfillmentStatus,
    LifecycleStep,
    LineKind,
    OrderState,
    PaymentStatus,
    ShippingOrderState,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import STRAIGHT_THROUGH
from tests.rules.world import asked, line, marks, order, payment, shipping_order

O = OrderState  # noqa: E741
ENTERED = marks("ENTRY")
APPROVED = marks("ENTRY", "PAYMENT", "COMPLETION", "APPROVAL")
PAID = [payment(2000, authorized=2000)]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (order(O.DRAFT, steps={}), O.DRAFT),
        (order(O.DRAFT), O.WAITING_PAYMENT),
        (order(O.DRAFT, payments=[payment(2000, authorized=1999)]), O.WAITING_PAYMENT),
        (order(O.DRAFT, steps=ENTERED | marks("PAYMENT", skipped=True)), O.WAITING_APPROVAL),
        (order(O.DRAFT, payments=PAID), O.WAITING_APPROVAL),
        (order(O.DRAFT, payments=PAID, steps=marks("ENTRY", "COMPLETION")), O.WAITING_APPROVAL),
        (order(O.DRAFT, payments=PAID, steps=APPROVED), O.WAITING_ALLOCATION),
        (order(O.DRAFT, payments=PAID, steps=APPROVED, lines=[line(2, allocated=1)]), O.WAITING_ALLOCATION),
        (order(O.DRAFT, payments=PAID, steps=APPROVED, lines=[line(2, allocated=2)]), O.WAITING_FULFILLMENT),
        (order(O.DRAFT, payments=PAID, steps=APPROVED, lines=[line(2, kind=LineKind.SERVICE)]), O.WAITING_FULFILLMENT),
        (order(O.DRAFT, payments=PAID, steps=APPROVED, lines=[line(2, fulfilled=2)]), O.WAITING_FILING),
        (order(O.DRAFT, payments=PAID, steps=APPROVED | marks("FILING"), lines=[line(2, fulfilled=2)]), O.CLOSED),
        (order(O.DRAFT, steps=ENTERED | marks("CANCELLED")), O.CANCELLED),
        (order(O.DRAFT, lines=[line(2, price=0)], payments=[]), O.WAITING_APPROVAL),
    ],
)
def test_state(facts: Facts, state: OrderState) -> None:
    assert standing.state_of(facts) is state


@pytest.mark.parametrize(
    ("payments", "status"),
    [
        ([payment(2000)], PaymentStatus.UNPAID),
        ([payment(2000, status=PaymentStatus.FAILED)], PaymentStatus.FAILED),
        ([payment(2000, authorized=2000)], PaymentStatus.AUTHORIZED),
        ([payment(2000, authorized=2000, captured=500)], PaymentStatus.PARTIALLY_CAPTURED),
        ([payment(2000, authorized=2000, captured=2000)], PaymentStatus.CAPTURED),
        ([payment(2000, authorized=2000, captured=2000, refunded=1)], PaymentStatus.PARTIALLY_REFUNDED),
        ([payment(2000, authorized=2000, captured=2000, refunded=2000)], PaymentStatus.REFUNDED),
        ([payment(2000, status=PaymentStatus.VOIDED)], PaymentStatus.VOIDED),
    ],
)
def test_payment_status(payments: list[object], status: PaymentStatus) -> None:
    assert standing.payment_status_of(order(O.WAITING_APPROVAL, payments=payments)) is status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([line(2)], FulfillmentStatus.UNFULFILLED),
        ([line(2, backordered=2)], FulfillmentStatus.BACKORDERED),
        ([line(2, allocated=1)], FulfillmentStatus.PARTIALLY_ALLOCATED),
        ([line(2, allocated=2)], FulfillmentStatus.ALLOCATED),
        ([line(2, fulfilled=1, allocated=1)], FulfillmentStatus.PARTIALLY_FULFILLED),
        ([line(2, fulfilled=1, cancelled=1)], FulfillmentStatus.FULFILLED),
        ([line(2, fulfilled=2, returned=2)], FulfillmentStatus.RETURNED),
    ],
)
def test_fulfillment_status(lines: list[object], status: FulfillmentStatus) -> None:
    assert standing.fulfillment_status_of(order(O.WAITING_FULFILLMENT, lines=lines)) is status


def test_capture_is_due_for_what_has_left_and_its_shipping_charge() -> None:
    facts = order(
        O.WAITING_FULFILLMENT,
        steps=APPROVED,
        shipping=500,
        lines=[line(3, 1000, fulfilled=1, allocated=2)],
        payments=[payment(3500, authorized=3500)],
    )
    assert standing.capture_due(facts) == 1500
    captured = replace(facts, payments=[payment(3500, authorized=3500, captured=1500)])
    assert standing.capture_due(captured) == 0
    under_way = replace(
        facts,
        payments=[payment(3500, authorized=3500, transactions=[asked(TransactionKind.CAPTURE, amount=1500)])],
    )
    assert standing.capture_due(under_way) == 0


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (LifecycleStep.ENTRY, 2000),
        (LifecycleStep.APPROVAL, 2000),
        (LifecycleStep.SHIPPING_ORDER_APPROVAL, 1000),
        (LifecycleStep.SHIPMENT, 0),
    ],
)
def test_the_moment_of_capture_is_the_workflow_s(moment: LifecycleStep, due: int) -> None:
    one = line(2, allocated=2)
    facts = order(
        O.WAITING_FULFILLMENT,
        steps=APPROVED,
        workflow=replace(STRAIGHT_THROUGH, capture_on=moment),
        lines=[one],
        payments=PAID,
        shipping_orders=[
            shipping_order(ShippingOrderState.WAITING_PICK, (one.id, 1), approved=True),
            shipping_order(ShippingOrderState.WAITING_APPROVAL, (one.id, 1)),
        ],
    )
    assert standing.capture_due(facts) == due


def test_what_was_captured_for_cancelled_units_is_given_back_once() -> None:
    facts = order(
        O.WAITING_FULFILLMENT,
        steps=APPROVED,
        lines=[line(2, cancelled=1, allocated=1)],
        payments=[payment(2000, authorized=2000, captured=2000)],
    )
    assert standing.excess_due(facts) == 1000
    refund = asked(TransactionKind.REFUND, TransactionState.SUCCEEDED, 1000, TransactionPurpose.EXCESS)
    paid_back = [payment(2000, authorized=2000, captured=2000, refunded=1000, transactions=[refund])]
    assert standing.excess_due(replace(facts, payments=paid_back)) == 0
    assert standing.capture_due(replace(facts, payments=paid_back)) == 0


def test_a_cancelled_order_gives_everything_back() -> None:
    facts = order(
        O.CANCELLED,
        steps=ENTERED | marks("CANCELLED"),
        lines=[line(2, cancelled=2)],
        payments=[payment(1500, authorized=1500, captured=1500), payment(500, authorized=500)],
    )
    assert standing.excess_due(facts) == 1500
    assert [it.amount for it in standing.to_void(facts)] == [500]

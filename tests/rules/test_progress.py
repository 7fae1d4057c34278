"""What happens next by itself, and what is waited for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.rules.progress import assess, reasons_against
from backend.rules.steps import steps_of
from backend.rules.vocabulary import (
    DeliveryMethod,
    LifecycleStep,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    ShippingOrderState,
    StepMode,
    StepStatus,
    TransactionKind,
    TransactionState,
)
from backend.rules.workflows import BY_HAND, STRAIGHT_THROUGH, StepRule, WorkflowRules
from tests.rules.world import NOW, asked, line, marks, order, payment, shipping_order

O = OrderState  # noqa: E741
S = ShippingOrderState
APPROVED = marks("ENTRY", "PAYMENT", "COMPLETION", "APPROVAL")
PAID = [payment(2000, authorized=2000, status=PaymentStatus.AUTHORIZED)]


def with_step(step: LifecycleStep, rule: StepRule) -> WorkflowRules:
    return replace(STRAIGHT_THROUGH, steps={**STRAIGHT_THROUGH.steps, step: rule})


def verbs(facts: object) -> list[str]:
    return [run.verb for run in assess(facts, NOW).runs]  # type: ignore[arg-type]


def reasons(facts: object) -> list[str]:
    return [wait.reason for wait in assess(facts, NOW).waits]  # type: ignore[arg-type]


def test_a_card_is_authorized_by_itself_and_a_bank_transfer_awaited() -> None:
    assert verbs(order(O.WAITING_PAYMENT)) == ["paymentsAuthorize"]
    manual = payment(gateway="manual", method=PaymentMethodKind.BANK_TRANSFER)
    facts = order(O.WAITING_PAYMENT, payments=[manual])
    assert (verbs(facts), reasons(facts)) == ([], ["PAYMENT_AWAITED"])


@pytest.mark.parametrize(
    ("payments", "reason"),
    [
        ([], "PAYMENT_MISSING"),
        ([payment(transactions=[asked(state=TransactionState.FAILED, failure="no funds")])], "PAYMENT_DECLINED"),
        ([payment(transactions=[asked(state=TransactionState.UNCERTAIN)])], "PAYMENT_UNCERTAIN"),
        ([payment(1000, authorized=1000)], "PAYMENT_MISSING"),
    ],
)
def test_why_an_order_waits_for_payment(payments: list[object], reason: str) -> None:
    facts = order(O.WAITING_PAYMENT, payments=payments)
    assert (verbs(facts), reasons(facts)) == ([], [reason])


def test_completion_then_approval() -> None:
    facts = order(O.WAITING_APPROVAL, payments=PAID)
    assert verbs(facts) == ["orderComplete"]
    assert verbs(replace(facts, steps=marks("ENTRY", "COMPLETION"))) == ["orderApprove"]
    homeless = replace(facts, shipping_address=None)
    assert (verbs(homeless), reasons(homeless)) == ([], ["INCOMPLETE"])


def test_a_condition_that_does_not_hold_leaves_the_step_to_a_person() -> None:
    rule = StepRule(when="order.total < 20.0")
    facts = order(O.WAITING_APPROVAL, payments=PAID, steps=marks("ENTRY", "COMPLETION"))
    asked_for = replace(facts, workflow=with_step(LifecycleStep.APPROVAL, rule))
    assert (verbs(asked_for), reasons(asked_for)) == ([], ["APPROVAL"])
    cheap = replace(asked_for, lines=[line(2, 999)])
    assert verbs(cheap) == ["orderApprove"]
    broken = replace(facts, workflow=with_step(LifecycleStep.APPROVAL, StepRule(when="order.nothing > 1")))
    assert (verbs(broken), reasons(broken)) == ([], ["CONDITION_ERROR"])


def test_a_delay_says_when_it_goes_on() -> None:
    workflow = with_step(LifecycleStep.APPROVAL, StepRule(delay_seconds=600))
    facts = order(O.WAITING_APPROVAL, payments=PAID, steps=marks("ENTRY", "COMPLETION"), workflow=workflow)
    [wait] = assess(facts, NOW).waits
    assert (wait.reason, wait.next_at) == ("DELAYED", NOW + timedelta(minutes=10))
    assert [run.verb for run in assess(facts, NOW + timedelta(minutes=10)).runs] == ["orderApprove"]


def test_backordered_units_wait_for_stock_while_the_rest_goes_on() -> None:
    one = line(2, allocated=1, backordered=1)
    facts = order(
        O.WAITING_ALLOCATION,
        payments=PAID,
        steps=APPROVED,
        lines=[one],
        shipping_orders=[shipping_order(S.WAITING_APPROVAL, (one.id, 1))],
    )
    assert (verbs(facts), reasons(facts)) == (["shippingOrderApprove"], ["BACKORDERED"])


@pytest.mark.parametrize(
    ("state", "runs", "waits"),
    [
        (S.WAITING_APPROVAL, ["shippingOrderApprove"], []),
        (S.WAITING_ASSIGNMENT, ["shippingOrderAssign"], []),
        (S.WAITING_PICK, [], ["PICK"]),
        (S.WAITING_PACK, [], ["PACK"]),
        (S.WAITING_SHIPMENT, [], ["SHIPMENT"]),
        (S.READY_FOR_PICKUP, [], ["PICKUP"]),
    ],
)
def test_shipping_orders(state: ShippingOrderState, runs: list[str], waits: list[str]) -> None:
    one = line(2, allocated=2)
    workflow = replace(STRAIGHT_THROUGH, invoice_on=LifecycleStep.SHIPMENT)
    facts = order(
        O.WAITING_FULFILLMENT,
        payments=PAID,
        steps=APPROVED,
        lines=[one],
        workflow=workflow,
        shipping_orders=[shipping_order(state, (one.id, 2), approved=state is not S.WAITING_APPROVAL)],
    )
    assert (verbs(facts), reasons(facts)) == (runs, waits)


def test_a_site_that_needs_nobody_picks_packs_and_ships_by_itself() -> None:
    workflow = replace(STRAIGHT_THROUGH, steps={}, invoice_on=LifecycleStep.SHIPMENT)
    one = line(2, allocated=2)
    expected = {
        S.WAITING_PICK: "shippingOrderPick",
        S.WAITING_PACK: "shippingOrderPack",
        S.WAITING_SHIPMENT: "shippingOrderShip",
    }
    for state, verb in expected.items():
        it = shipping_order(state, (one.id, 2), approved=True)
        facts = order(O.WAITING_FULFILLMENT, steps=APPROVED, lines=[one], workflow=workflow, payments=PAID)
        assert verbs(replace(facts, shipping_orders=[it])) == [verb]
    collected = shipping_order(S.WAITING_PACK, (one.id, 2), approved=True, delivery_method=DeliveryMethod.PICKUP)
    assert verbs(replace(facts, shipping_orders=[collected])) == ["shippingOrderReady"]


def test_a_capture_that_was_refused_waits_and_is_not_tried_again() -> None:
    refused = asked(TransactionKind.CAPTURE, TransactionState.FAILED, failure="card lost")
    one = line(2, fulfilled=2, invoiced=2)
    facts = order(
        O.WAITING_FILING,
        steps=APPROVED | marks("CONTINUATION"),
        lines=[one],
        payments=[payment(2000, authorized=2000, transactions=[refused])],
    )
    assert (verbs(facts), reasons(facts)) == ([], ["UNSETTLED", "CAPTURE_DECLINED"])


def test_a_suspended_order_runs_nothing_and_says_why() -> None:
    from backend.rules.facts import HoldFact

    facts = order(O.WAITING_PAYMENT, suspended=True, holds=[HoldFact("fraud?", NOW, "ann")])
    [wait] = assess(facts, NOW).waits
    assert (verbs(facts), wait.reason, wait.detail) == ([], "HELD", "fraud?")


def test_by_hand_everything_waits_for_a_person() -> None:
    facts = order(O.WAITING_PAYMENT, workflow=BY_HAND)
    assert (verbs(facts), reasons(facts)) == ([], ["PAYMENT"])
    facts = order(O.WAITING_APPROVAL, workflow=BY_HAND, payments=PAID)
    assert (verbs(facts), reasons(facts)) == ([], ["COMPLETION"])


def test_steps_tell_the_whole_way() -> None:
    one = line(2, allocated=2)
    facts = order(
        O.WAITING_FULFILLMENT,
        payments=PAID,
        steps=APPROVED,
        lines=[one],
        workflow=replace(STRAIGHT_THROUGH, invoice_on=LifecycleStep.SHIPMENT),
        shipping_orders=[shipping_order(S.WAITING_PICK, (one.id, 2), approved=True)],
    )
    statuses = {it.step: it.status for it in steps_of(facts, assess(facts, NOW))}
    done = [LifecycleStep.ENTRY, LifecycleStep.PAYMENT, LifecycleStep.COMPLETION, LifecycleStep.APPROVAL]
    done += [LifecycleStep.ALLOCATION, LifecycleStep.SHIPPING_ORDER_APPROVAL, LifecycleStep.ASSIGNMENT]
    assert list(statuses) == list(LifecycleStep)
    assert [step for step, status in statuses.items() if status is StepStatus.DONE] == done
    assert statuses[LifecycleStep.PICK_PACK] is StepStatus.BLOCKED
    assert statuses[LifecycleStep.FILING] is StepStatus.PENDING


def test_skipped_payment_is_skipped_by_the_worker() -> None:
    facts = order(O.WAITING_PAYMENT, payments=[], workflow=with_step(LifecycleStep.PAYMENT, StepRule(StepMode.SKIP)))
    assert verbs(facts) == ["orderSkip"]


def test_reasons_against_verbs() -> None:
    against = reasons_against(order(O.WAITING_APPROVAL, payments=PAID))
    assert against["orderResume"] == "Nothing is held."
    assert against["orderApprove"] == "It is to be completed first."
    assert "orderComplete" not in against

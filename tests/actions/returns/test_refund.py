"""Giving money back for a return: how much, to which tender, once, by whom; and the credit note."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest

from backend.actions.orders.appease import appease
from backend.actions.payments.reconcile import reconcile
from backend.actions.returns.refund import refund
from backend.actions.workflows.create import StepCommand
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.log import Event
from backend.models.orders import Order
from backend.models.payments import PaymentTransaction
from backend.rules.billing import PaymentCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import (
    LifecycleStep,
    PaymentMethodKind,
    PaymentStatus,
    ReturnState,
    StepMode,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from tests.actions.money import ShakyGateway
from tests.actions.orders.conftest import DESK, card, line
from tests.actions.returns.conftest import (
    MANAGER,
    Deliver,
    again,
    approved,
    ask,
    credit_notes,
    money,
    refusal_of,
    take,
)


def cash(amount: str) -> PaymentCommand:
    return PaymentCommand("manual", PaymentMethodKind.CASH, Decimal(amount))


async def test_all_that_is_due_goes_back_and_the_return_is_closed(deliver: Deliver) -> None:
    order = await deliver()
    rma = await take(await approved(order, 2), 2)
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refund_due, rma.refunded, rma.credited) == (ReturnState.CLOSED, 2000, 2000, 0)
    assert await money(order.id) == [(2000, 2000)]
    assert await credit_notes(order.id) == [2000]
    order = await Order.get(id=order.id)
    assert (order.refunded, order.payment_status) == (2000, PaymentStatus.REFUNDED)
    [given] = await PaymentTransaction.filter(rma_id=rma.id)
    assert (given.kind, given.purpose, given.amount) == (TransactionKind.REFUND, TransactionPurpose.RETURN, 2000)
    kinds = [it.kind for it in await Event.filter(subject_id=rma.id).order_by("id")]
    assert kinds == ["return.created", "return.approved", "return.received", "return.refunded", "return.closed"]
    assert (await refusal_of(refund(DESK, rma.id))).code is ErrorCode.INVALID_STATE


async def test_money_can_go_back_before_the_rest_has_come(deliver: Deliver) -> None:
    order = await deliver()
    rma = await approved(order, 2)
    assert (await refusal_of(refund(DESK, rma.id))).message == "Nothing is owed for what was received."
    rma = await take(rma, 1)
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refunded, await credit_notes(order.id)) == (ReturnState.WAITING_RECEIPT, 1000, [])
    await take(rma, 1)
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refunded, await credit_notes(order.id)) == (ReturnState.CLOSED, 2000, [2000])


async def test_an_amount_is_within_what_is_due(deliver: Deliver) -> None:
    order = await deliver()
    rma = await take(await approved(order, 1), 1)
    for amount in ("10.01", "0", "-1", "1.005"):
        problem = await refusal_of(refund(DESK, rma.id, Decimal(amount)))
        assert (problem.code, problem.path) == (ErrorCode.INVALID, ("amount",))
    await refund(DESK, rma.id, Decimal("4.00"))
    assert ((await again(rma)).state, (await again(rma)).refunded) == (ReturnState.WAITING_REFUND, 400)
    await refund(DESK, rma.id)
    assert ((await again(rma)).state, await money(order.id)) == (ReturnState.CLOSED, [(2000, 1000)])


async def test_eight_refunds_at_once_give_the_money_once(deliver: Deliver) -> None:
    order = await deliver()
    rma = await take(await approved(order, 1), 1)
    results = await asyncio.gather(*(refund(DESK, rma.id) for _ in range(8)), return_exceptions=True)
    refusals = [it for it in results if isinstance(it, Refused)]
    # One gives the money; one more may find all given, and close the return.
    assert len(refusals) in (6, 7)
    assert {it.code for it in refusals} <= {ErrorCode.CONFLICT, ErrorCode.INVALID_STATE}
    assert (await money(order.id), await credit_notes(order.id)) == ([(2000, 1000)], [1000])
    booked = await db.fetch("SELECT amount FROM sandbox_entry WHERE kind = 'REFUND'")
    assert [row["amount"] for row in booked] == [1000]


async def test_above_a_limit_a_manager_is_needed_even_in_small_steps(deliver: Deliver) -> None:
    order = await deliver(lines=[line("A", 3, "60.00")], payments=[card("180.00")])
    rma = await take(await approved(order, 2), 2)
    problem = await refusal_of(refund(DESK, rma.id))
    assert (problem.code, problem.path) == (ErrorCode.NOT_PERMITTED, ("amount",))
    await refund(DESK, rma.id, Decimal("60.00"))
    assert (await refusal_of(refund(DESK, rma.id, Decimal("40.01")))).code is ErrorCode.NOT_PERMITTED
    await refund(MANAGER, rma.id)
    assert ((await again(rma)).state, await money(order.id)) == (ReturnState.CLOSED, [(18000, 12000)])


async def test_the_last_tender_gets_its_money_first(deliver: Deliver) -> None:
    order = await deliver(payments=[card("12.00"), cash("8.00")])
    rma = await take(await approved(order, 1), 1)
    await refund(DESK, rma.id)
    assert await money(order.id) == [(1200, 200), (800, 800)]


async def test_what_was_given_to_appease_is_not_given_again(deliver: Deliver) -> None:
    order = await deliver()
    await appease(DESK, order.id, Decimal("5.00"), "Late.")
    rma = await take(await approved(order, 2), 2)
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refund_due, rma.refunded) == (ReturnState.CLOSED, 2000, 1500)
    assert await money(order.id) == [(2000, 2000)]


async def test_a_late_answer_closes_the_return(deliver: Deliver, shaky: Callable[..., ShakyGateway]) -> None:
    order = await deliver()
    rma = await take(await approved(order, 2), 2)
    shaky(lost=1)
    await db.execute("UPDATE payment SET gateway = 'shaky' WHERE order_id = $1", order.id)
    with pytest.raises(Refused) as refusal:
        await refund(DESK, rma.id)
    rma = await again(rma)
    assert refusal.value.code is ErrorCode.PAYMENT_UNCERTAIN
    assert (rma.state, rma.refunded) == (ReturnState.WAITING_REFUND, 0)
    assert (await refusal_of(refund(DESK, rma.id))).code is ErrorCode.CONFLICT
    asked = await PaymentTransaction.get(rma_id=rma.id)
    assert asked.state is TransactionState.UNCERTAIN
    await reconcile(SYSTEM, asked.id)
    rma = await again(rma)
    assert (rma.state, rma.refunded, await credit_notes(order.id)) == (ReturnState.CLOSED, 2000, [2000])
    assert (await again(rma)).version == rma.version


async def test_a_gateway_that_is_away_leaves_the_money_due(
    deliver: Deliver, shaky: Callable[..., ShakyGateway]
) -> None:
    """The cash is given back all the same, and the card when the gateway is there again."""
    order = await deliver(payments=[card("12.00"), cash("8.00")])
    rma = await take(await approved(order, 2), 2)
    gateway = shaky(unavailable=1)
    await db.execute("UPDATE payment SET gateway = 'shaky' WHERE order_id = $1 AND position = 0", order.id)
    with pytest.raises(Refused) as refusal:
        await refund(DESK, rma.id)
    rma = await again(rma)
    assert refusal.value.code is ErrorCode.GATEWAY_UNAVAILABLE
    assert (rma.state, rma.refunded, await money(order.id)) == (
        ReturnState.WAITING_REFUND,
        800,
        [(1200, 0), (800, 800)],
    )
    await refund(DESK, rma.id)
    assert ((await again(rma)).state, gateway.calls) == (ReturnState.CLOSED, 2)
    assert await money(order.id) == [(1200, 1200), (800, 800)]


async def test_what_was_never_paid_is_closed_without_money(deliver: Deliver) -> None:
    order = await deliver(steps=[StepCommand(LifecycleStep.PAYMENT, StepMode.SKIP)], payments=None)
    rma = await take(await approved(order, 2), 2)
    assert rma.state is ReturnState.WAITING_REFUND
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refunded, await credit_notes(order.id)) == (ReturnState.CLOSED, 0, [2000])


async def test_units_that_cost_nothing_close_by_themselves(deliver: Deliver) -> None:
    lines = [line("A", 1, "0.00"), line("B", 1, "5.00")]
    rma = await take(await approved(await deliver(lines=lines, payments=[card("5.00")]), 1), 1)
    assert (rma.state, rma.refund_due) == (ReturnState.CLOSED, 0)
    assert (await refusal_of(ask(await Order.get(id=rma.order_id), 1))).code is ErrorCode.INVALID

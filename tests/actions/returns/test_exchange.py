"""Exchanges: the replacement waits for the return, is paid by it, and no cent is credited that did not come back."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.orders.advance import advance
from backend.actions.orders.cancel import cancel as cancel_order
from backend.actions.orders.resume import resume
from backend.actions.payments.add import add
from backend.actions.payments.authorize import authorize
from backend.actions.returns.cancel import cancel
from backend.actions.returns.refund import refund
from backend.errors import ErrorCode
from backend.models import db
from backend.models.orders import Order, OrderHold
from backend.models.payments import Payment
from backend.models.returns import Return
from backend.rules.order_input import LineCommand
from backend.rules.returns import AWAITING_RETURN
from backend.rules.vocabulary import OrderState, PaymentMethodKind, PaymentStatus, ReturnState
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


async def exchange(order: Order, *lines: LineCommand, units: int = 2) -> tuple[Return, UUID]:
    """The approved return, and its replacement after the worker has done what it may."""
    rma = await approved(order, units, exchange_lines=list(lines))
    assert rma.exchange_order_id is not None
    await advance(rma.exchange_order_id)
    return rma, rma.exchange_order_id


async def state_of(order_id: UUID) -> OrderState:
    return (await Order.get(id=order_id)).state


async def test_the_replacement_waits_for_the_return(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    other = await Order.get(id=other_id)
    assert (other.state, other.suspended, other.exchange_for_id) == (OrderState.WAITING_PAYMENT, True, rma.id)
    assert (other.customer_id, other.email, other.tags) == (order.customer_id, order.email, ["exchange"])
    assert other.shipping_address == order.shipping_address
    [hold] = await OrderHold.filter(order_id=other_id)
    assert (hold.reason, hold.released_at) == (AWAITING_RETURN, None)
    [payment] = await Payment.filter(order_id=other_id)
    assert (payment.gateway, payment.method, payment.authorized_reference) == (
        "manual",
        PaymentMethodKind.ON_ACCOUNT,
        rma.number,
    )
    assert (payment.amount, payment.authorized, payment.captured) == (2000, 0, 0)


async def test_an_equal_exchange_moves_no_money(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    rma = await take(rma, 2)
    assert (rma.state, rma.refund_due, rma.refunded, rma.credited) == (ReturnState.CLOSED, 2000, 0, 2000)
    assert (await money(order.id), await money(other_id)) == ([(2000, 0)], [(2000, 0)])
    assert await credit_notes(order.id) == [2000]
    await advance(other_id)
    other = await Order.get(id=other_id)
    assert (other.suspended, other.state, other.payment_status) == (False, OrderState.CLOSED, PaymentStatus.CAPTURED)


async def test_a_cheaper_replacement_leaves_a_difference_to_give_back(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 1, "7.50"))
    rma = await take(rma, 2)
    assert (rma.state, rma.credited) == (ReturnState.WAITING_REFUND, 750)
    assert (await refusal_of(refund(DESK, rma.id, Decimal("12.51")))).code is ErrorCode.INVALID
    await refund(DESK, rma.id)
    rma = await again(rma)
    assert (rma.state, rma.refund_due, rma.refunded, rma.credited) == (ReturnState.CLOSED, 2000, 1250, 750)
    assert (await money(order.id), await money(other_id)) == ([(2000, 1250)], [(750, 0)])
    await advance(other_id)
    assert await state_of(other_id) is OrderState.CLOSED


async def test_a_dearer_replacement_waits_for_the_rest(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 1, "30.00"))
    rma = await take(rma, 2)
    assert (rma.state, rma.credited) == (ReturnState.CLOSED, 2000)
    await advance(other_id)
    assert await state_of(other_id) is OrderState.WAITING_PAYMENT
    await add(DESK, other_id, card("10.00"))
    await advance(other_id)
    assert (await state_of(other_id), await money(other_id)) == (OrderState.CLOSED, [(2000, 0), (1000, 0)])
    assert await money(order.id) == [(2000, 0)]


async def test_less_comes_back_than_was_announced(deliver: Deliver) -> None:
    """The replacement is credited what came back, and waits for the customer to pay the rest."""
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    rma = await take(rma, 1)
    assert (await refusal_of(refund(DESK, rma.id))).message == "What was received is kept for the exchange order."
    rma = await take(rma, complete=True)
    assert (rma.state, rma.refund_due, rma.credited) == (ReturnState.CLOSED, 1000, 1000)
    await advance(other_id)
    other = await Order.get(id=other_id)
    assert (other.state, other.authorized, other.suspended) == (OrderState.WAITING_PAYMENT, 1000, False)


async def test_a_manager_lets_it_go_before_the_return_is_here(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    await resume(MANAGER, other_id)
    [payment] = await Payment.filter(order_id=other_id)
    await authorize(MANAGER, payment.id)
    await advance(other_id)
    assert (await state_of(other_id), await money(other_id)) == (OrderState.WAITING_FILING, [(0, 0)])
    rma = await take(rma, 2)
    assert (rma.state, rma.credited, await money(other_id)) == (ReturnState.CLOSED, 2000, [(2000, 0)])
    await advance(other_id)
    assert await state_of(other_id) is OrderState.CLOSED


async def test_a_return_that_is_called_off_cancels_its_replacement(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    await cancel(DESK, rma.id, "Keeps it.")
    assert await state_of(other_id) is OrderState.CANCELLED
    assert (await again(rma)).state is ReturnState.CANCELLED


async def test_a_replacement_that_was_cancelled_takes_no_credit(deliver: Deliver) -> None:
    order = await deliver()
    rma, other_id = await exchange(order, line("B", 2, "10.00"))
    await cancel_order(DESK, other_id, "Sold out.")
    rma = await take(rma, 2)
    assert (rma.state, rma.credited) == (ReturnState.WAITING_REFUND, 0)
    await refund(DESK, rma.id)
    assert (await money(order.id), await money(other_id)) == ([(2000, 2000)], [(0, 0)])


async def test_a_wrong_replacement_is_refused_with_the_return(deliver: Deliver) -> None:
    order = await deliver()
    wrong = ask(order, 1, exchange_lines=[line("B", 1, "5.00"), line("B", 0, "5.00")])
    problem = await refusal_of(wrong)
    assert (problem.code, problem.path) == (ErrorCode.INVALID, ("exchange_lines", "1", "quantity"))
    await db.execute("UPDATE channel SET active = false")
    problem = await refusal_of(ask(order, 1, exchange_lines=[line("B", 1, "5.00")]))
    assert (problem.code, problem.path) == (ErrorCode.INVALID_STATE, ("exchange_lines",))

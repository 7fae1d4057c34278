"""The verbs of an order: what they change, what they refuse, and that a refusal changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from backend.actions.orders.approve import approve
from backend.actions.orders.cancel import LineQuantity, cancel
from backend.actions.orders.complete import complete
from backend.actions.orders.edit import EditOrder, edit
from backend.actions.orders.file import file
from backend.actions.orders.note import note
from backend.actions.orders.resume import resume
from backend.actions.orders.submit import submit
from backend.actions.orders.suspend import suspend
from backend.actions.orders.tags import tags
from backend.errors import ErrorCode, Refused
from backend.models.log import Event
from backend.models.orders import Order, OrderHold, OrderLine, OrderNote
from backend.rules.billing import PaymentCommand
from backend.rules.permissions import Actor
from backend.rules.vocabulary import OrderState, PaymentMethodKind, Role
from tests.actions.orders.conftest import DESK, RENO, line

Place = Callable[..., Awaitable[Order]]
CASH = [PaymentCommand("manual", PaymentMethodKind.CASH, Decimal("20.00"))]
STRANGER = Actor("key:9", "stranger", frozenset({Role.CHANNEL}), channel_id=uuid4())


async def again(order: Order) -> Order:
    return await Order.get(id=order.id)


async def refusal_of(action: Awaitable[object]) -> ErrorCode:
    with pytest.raises(Refused) as refusal:
        await action
    return refusal.value.code


async def test_submit_starts_the_lifecycle_once(place: Place) -> None:
    order = await place(draft=True)
    await submit(DESK, order.id)
    assert (await again(order)).state is OrderState.WAITING_PAYMENT
    assert await refusal_of(submit(DESK, order.id)) is ErrorCode.INVALID_STATE


async def test_complete_then_approve(place: Place) -> None:
    order = await place(payments=CASH)
    assert await refusal_of(approve(DESK, order.id)) is ErrorCode.INVALID_STATE
    await complete(DESK, order.id)
    await approve(DESK, order.id)
    order = await again(order)
    assert (order.state, order.steps["APPROVAL"]["by"]) == (OrderState.WAITING_ALLOCATION, "desk@example.com")
    kinds = [event.kind for event in await Event.filter(order_id=order.id).order_by("sequence")]
    assert kinds == ["order.created", "order.completed", "order.approved"]
    assert [event.sequence for event in await Event.filter(order_id=order.id).order_by("sequence")] == [1, 2, 3]


async def test_ten_approvals_at_once_are_one(place: Place) -> None:
    order = await place(payments=CASH)
    await complete(DESK, order.id)
    results = await asyncio.gather(*(approve(DESK, order.id) for _ in range(10)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert await Event.filter(order_id=order.id, kind="order.approved").count() == 1


async def test_a_stale_version_is_refused(place: Place) -> None:
    order = await place(payments=CASH)
    await note(DESK, order.id, "called the customer")
    assert await refusal_of(complete(DESK, order.id, expected_version=order.version)) is ErrorCode.STALE
    await complete(DESK, order.id, expected_version=order.version + 1)


async def test_an_order_out_of_scope_does_not_exist(place: Place) -> None:
    order = await place(payments=CASH)
    for action in (complete(STRANGER, order.id), note(STRANGER, order.id, "x"), cancel(STRANGER, order.id, "x")):
        assert await refusal_of(action) is ErrorCode.NOT_FOUND
    assert (await again(order)).version == order.version


async def test_every_hold_must_be_released(place: Place) -> None:
    order = await place(payments=CASH)
    first = await suspend(DESK, order.id, "fraud?")
    await suspend(DESK, order.id, "address?")
    assert await refusal_of(complete(DESK, order.id)) is ErrorCode.INVALID_STATE
    await resume(DESK, order.id, first)
    assert (await again(order)).suspended
    assert await refusal_of(resume(DESK, order.id, first)) is ErrorCode.NOT_FOUND
    await resume(DESK, order.id)
    assert not (await again(order)).suspended
    assert await OrderHold.filter(order_id=order.id, released_at=None).count() == 0
    assert await refusal_of(resume(DESK, order.id)) is ErrorCode.INVALID_STATE


async def test_notes_and_tags(place: Place) -> None:
    order = await place(tags=["a"])
    await note(DESK, order.id, "called")
    await tags(DESK, order.id, add=["b"], remove=["a"])
    assert (await again(order)).tags == ["b"]
    assert [(it.body, it.author) for it in await OrderNote.filter(order_id=order.id)] == [("called", DESK.label)]
    assert await refusal_of(note(DESK, order.id, " ")) is ErrorCode.INVALID
    assert await refusal_of(tags(DESK, order.id, add=["x" * 65])) is ErrorCode.LIMIT_EXCEEDED


async def test_edit_changes_the_amounts_and_asks_for_approval_again(place: Place) -> None:
    order = await place(payments=CASH, lines=[line("A", 2, "10.00")])
    await complete(DESK, order.id)
    [first] = await OrderLine.filter(order_id=order.id)
    await edit(
        DESK,
        EditOrder(
            order.id,
            add_lines=[line("B", 1, "5.00")],
            set_quantities=[LineQuantity(first.id, 1)],
            shipping=Decimal("1.00"),
            email="new@example.com",
        ),
    )
    order = await again(order)
    assert (order.subtotal, order.shipping, order.total) == (1500, 100, 1600)
    assert (order.email, order.state) == ("new@example.com", OrderState.WAITING_APPROVAL)
    assert "COMPLETION" not in order.steps


async def test_an_edit_above_what_is_paid_waits_for_payment(place: Place) -> None:
    order = await place(payments=CASH)
    await edit(DESK, EditOrder(order.id, add_lines=[line("B", 1, "5.00")]))
    assert (await again(order)).state is OrderState.WAITING_PAYMENT


@pytest.mark.parametrize("quantity", [-1, 100_001])
async def test_an_edit_to_an_impossible_quantity_changes_nothing(place: Place, quantity: int) -> None:
    order = await place()
    [first] = await OrderLine.filter(order_id=order.id)
    wanted = EditOrder(order.id, email="x@example.com", set_quantities=[LineQuantity(first.id, quantity)])
    assert await refusal_of(edit(DESK, wanted)) is ErrorCode.INVALID
    unchanged = await again(order)
    assert (unchanged.version, unchanged.email) == (order.version, order.email)
    assert await refusal_of(edit(DESK, EditOrder(order.id))) is ErrorCode.INVALID


async def test_cancel_some_units_then_all(place: Place) -> None:
    order = await place(lines=[line("A", 3, "10.00", discount=Decimal("0.10"))], payments=[])
    [first] = await OrderLine.filter(order_id=order.id)
    assert await refusal_of(cancel(DESK, order.id, "x", [LineQuantity(first.id, 4)])) is ErrorCode.INVALID
    await cancel(DESK, order.id, "too many", [LineQuantity(first.id, 1)])
    order = await again(order)
    assert (order.total, order.discount, order.state) == (1993, 7, OrderState.WAITING_PAYMENT)
    await cancel(DESK, order.id, "changed my mind")
    order = await again(order)
    assert (order.state, order.total) == (OrderState.CANCELLED, 1993)
    assert order.closed_at is not None
    assert await refusal_of(cancel(DESK, order.id, "again")) is ErrorCode.INVALID_STATE


async def test_a_suspended_order_can_be_cancelled_and_is_not_suspended_then(place: Place) -> None:
    order = await place()
    await suspend(DESK, order.id, "fraud")
    await cancel(DESK, order.id, "fraud it was")
    order = await again(order)
    assert (order.state, order.suspended) == (OrderState.CANCELLED, False)


async def test_filing_before_its_time_is_refused(place: Place) -> None:
    order = await place()
    assert await refusal_of(file(DESK, order.id)) is ErrorCode.INVALID_STATE


async def test_a_missing_order_is_not_found(shop: dict[str, UUID]) -> None:
    assert await refusal_of(approve(DESK, uuid4())) is ErrorCode.NOT_FOUND


async def test_an_order_that_lacks_its_address_is_not_complete(place: Place) -> None:
    order = await place(payments=CASH, shipping_address=None)
    assert await refusal_of(complete(DESK, order.id)) is ErrorCode.INVALID_STATE
    await edit(DESK, EditOrder(order.id, shipping_address=RENO))
    await complete(DESK, order.id)

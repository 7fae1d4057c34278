"""Entry: exact amounts, one order for one key, all problems told, nothing written on refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backend.actions.orders.create import create
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.log import Event
from backend.models.orders import Order, OrderKey, OrderLine
from backend.models.payments import Payment, PaymentTransaction
from backend.models.people import Customer
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CustomerCommand
from backend.rules.permissions import Actor
from backend.rules.vocabulary import (
    DeliveryMethod,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    Role,
    TransactionState,
)
from tests.actions.orders.conftest import DESK, an_order, card, line

Place = Callable[..., Awaitable[Order]]
CASH = PaymentCommand("manual", PaymentMethodKind.CASH, Decimal("20.00"))


async def rows() -> dict[str, int]:
    tables = ("sales_order", "order_line", "payment", "customer", "event", "pgqueuer", "order_key")
    return {table: await db.fetchval(f"SELECT count(*)::int FROM {table}") for table in tables}


async def test_an_order_is_entered_whole(place: Place) -> None:
    order = await place(
        external_id="W-1",
        lines=[line("A", 2, "10.00", discount=Decimal("1.50"), tax=Decimal("0.37")), line("B", 1, "0.99")],
        shipping=Decimal("5.99"),
        payments=[card("25.85")],
        tags=["vip", "vip"],
        attributes={"gift": True},
    )
    assert (order.subtotal, order.discount, order.tax, order.shipping, order.total) == (2099, 150, 37, 599, 2585)
    assert (order.state, order.payment_status) == (OrderState.WAITING_PAYMENT, PaymentStatus.UNPAID)
    assert (order.version, order.event_sequence, order.tags) == (1, 1, ["vip"])
    assert order.attributes == {"gift": True}
    lines = await OrderLine.filter(order_id=order.id).order_by("position")
    assert [(it.sku, it.quantity, it.total) for it in lines] == [("A", 2, 1887), ("B", 1, 99)]
    [payment] = await Payment.filter(order_id=order.id)
    [intent] = await PaymentTransaction.filter(payment_id=payment.id)
    assert (payment.amount, intent.state, intent.amount) == (2585, TransactionState.PENDING, 2585)
    [event] = await Event.filter(order_id=order.id)
    assert (event.kind, event.sequence, event.actor) == ("order.created", 1, "desk@example.com")
    jobs = await db.fetch("SELECT entrypoint FROM pgqueuer")
    assert [job["entrypoint"] for job in jobs] == ["advance_order"]


async def test_cash_is_in_the_till_at_entry(place: Place) -> None:
    order = await place(payments=[CASH])
    assert (order.state, order.payment_status) == (OrderState.WAITING_APPROVAL, PaymentStatus.CAPTURED)
    assert (order.authorized, order.captured) == (2000, 2000)
    assert "PAYMENT" in order.steps


async def test_a_draft_waits_and_asks_no_gateway(place: Place) -> None:
    order = await place(draft=True)
    assert order.state is OrderState.DRAFT
    assert await PaymentTransaction.all().count() == 0


async def test_the_same_external_id_is_the_same_order(place: Place) -> None:
    first = await place(external_id="W-1")
    before = await rows()
    again = await create(DESK, an_order(external_id="W-1", lines=[line("B", 3)]))
    assert (again.order_id, again.duplicate) == (first.id, True)
    assert await rows() == before


async def test_fifty_at_once_with_one_external_id_are_one_order(shop: dict[str, UUID]) -> None:
    made = await asyncio.gather(*(create(DESK, an_order(external_id="W-1")) for _ in range(50)))
    assert len({it.order_id for it in made}) == 1
    assert sum(not it.duplicate for it in made) == 1
    assert await Order.all().count() == 1


async def test_numbers_and_keys(place: Place) -> None:
    first, second = await place(external_id="W-1"), await place()
    assert int(second.number) == int(first.number) + 1
    scopes = sorted([key.scope.split(":")[0] for key in await OrderKey.all()])
    assert scopes == ["channel", "number", "number"]


async def test_a_customer_is_known_by_external_id_else_by_email(place: Place) -> None:
    first = await place()
    again = await place(customer=CustomerCommand(name="Ann Lee-Smith", external_id="C-1", email="ann@example.com"))
    assert first.customer_id == again.customer_id
    assert (await Customer.get(external_id="C-1")).name == "Ann Lee-Smith"
    guest = await place(customer=CustomerCommand(name="Bob", email="Bob@example.com"))
    guest_again = await place(customer=CustomerCommand(name="Bob", email="bob@example.com"))
    assert guest.customer_id == guest_again.customer_id != first.customer_id


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"channel": "nope"}, ("channel",), ErrorCode.NOT_FOUND),
        ({"currency": "EUR"}, ("currency",), ErrorCode.INVALID),
        ({"currency": "usd"}, ("currency",), ErrorCode.INVALID),
        ({"lines": []}, ("lines",), ErrorCode.INVALID),
        ({"lines": [line(quantity=0)]}, ("lines", "0", "quantity"), ErrorCode.INVALID),
        ({"lines": [line(price="1.001")]}, ("lines", "0", "unit_price"), ErrorCode.INVALID),
        ({"lines": [line(price="NaN")]}, ("lines", "0", "unit_price"), ErrorCode.INVALID),
        ({"lines": [line(price="-1")]}, ("lines", "0", "unit_price"), ErrorCode.INVALID),
        ({"lines": [line(discount=Decimal("20.01"))]}, ("lines", "0", "discount"), ErrorCode.INVALID),
        ({"lines": [line(sku=" ")]}, ("lines", "0", "sku"), ErrorCode.INVALID),
        ({"lines": [line(sku="A\x00")]}, ("lines", "0", "sku"), ErrorCode.INVALID),
        ({"lines": [line()] * 2001}, ("lines",), ErrorCode.LIMIT_EXCEEDED),
        ({"lines": [line(pickup_site="ST")]}, ("lines", "0", "pickup_site"), ErrorCode.INVALID),
        (
            {"lines": [line(delivery_method=DeliveryMethod.PICKUP, pickup_site="DC")]},
            ("lines", "0", "pickup_site"),
            ErrorCode.INVALID,
        ),
        ({"payments": [card("20.01")]}, ("payments",), ErrorCode.INVALID),
        ({"payments": [card("0")]}, ("payments", "0", "amount"), ErrorCode.INVALID),
        ({"payments": [card("20.00", "4111 1111 1111 1111")]}, ("payments", "0", "token"), ErrorCode.INVALID),
        (
            {"payments": [PaymentCommand("nope", PaymentMethodKind.CARD, Decimal(1))]},
            ("payments", "0", "gateway"),
            ErrorCode.INVALID,
        ),
        ({"email": "nobody"}, ("email",), ErrorCode.INVALID),
        (
            {"shipping_address": Address(line1="1", city="X", country="USA")},
            ("shipping_address", "country"),
            ErrorCode.INVALID,
        ),
        ({"placed_at": datetime.now(UTC) + timedelta(days=2)}, ("placed_at",), ErrorCode.INVALID),
        ({"attributes": {"x": "a" * 40_000}}, ("attributes",), ErrorCode.LIMIT_EXCEEDED),
    ],
)
async def test_what_is_wrong_is_refused_with_its_path(
    shop: dict[str, UUID], changes: dict[str, Any], path: tuple[str, ...], code: ErrorCode
) -> None:
    before = await rows()
    with pytest.raises(Refused) as refusal:
        await create(DESK, an_order(**changes))
    assert (refusal.value.problems[0].path, refusal.value.code) == (path, code)
    assert await rows() == before


async def test_all_problems_are_told_at_once(shop: dict[str, UUID]) -> None:
    with pytest.raises(Refused) as refusal:
        await create(DESK, an_order(lines=[line(quantity=0), line(sku="")], email="x"))
    assert {problem.path[0] for problem in refusal.value.problems} == {"lines", "email"}


async def test_a_channel_key_enters_orders_of_its_own_channel_alone(shop: dict[str, UUID]) -> None:
    foreign = Actor("key:1", "key", frozenset({Role.CHANNEL}), channel_id=shop["DC"])
    own = replace(foreign, channel_id=shop["web"])
    with pytest.raises(Refused) as refusal:
        await create(foreign, an_order())
    assert refusal.value.code is ErrorCode.NOT_FOUND
    assert not (await create(own, an_order())).duplicate


async def test_orders_of_other_currencies_have_their_own_decimals(shop: dict[str, UUID]) -> None:
    await db.execute("UPDATE channel SET currency = 'JPY'")
    made = await create(DESK, an_order(currency="JPY", lines=[line(price="150")], payments=[card("300")]))
    assert (await Order.get(id=made.order_id)).total == 300
    with pytest.raises(Refused):
        await create(DESK, an_order(currency="JPY", lines=[line(price="150.5")], payments=[]))


async def test_digital_lines_are_delivered_digitally(place: Place) -> None:
    order = await place(lines=[line(kind=LineKind.DIGITAL)])
    assert (await OrderLine.get(order_id=order.id)).delivery_method is DeliveryMethod.DIGITAL


async def test_the_number_of_statements_does_not_grow_with_the_lines(database: str, shop: dict[str, UUID]) -> None:
    counts = []
    for lines in (1, 200):
        asked: list[str] = []
        async with db._acquire() as connection:
            connection.add_query_logger(lambda query, into=asked: into.append(query.query))
        await create(DESK, an_order(lines=[line("A", 1)] * lines, payments=[]))
        counts.append(len(asked))
        async with db._acquire() as connection:
            await connection.reset()
    assert counts[0] == counts[1] or max(counts) <= 6

"""Split tenders, parts, the rest voided, what is due and what is too much; who may, and when."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from backend.actions.orders.suspend import suspend
from backend.actions.payments.add import add
from backend.actions.payments.authorize import authorize
from backend.actions.payments.authorize_new import authorize_new
from backend.actions.payments.capture import capture
from backend.actions.payments.capture_due import capture_due
from backend.actions.payments.refund import refund
from backend.actions.payments.refund_excess import refund_excess
from backend.actions.payments.void import void
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import PaymentMethodKind, Role
from tests.actions.money import (
    DESK,
    FINANCE,
    MANAGER,
    PaymentCommand,
    an_order,
    asked,
    authorized,
    book,
    by_hand,
    card,
    events,
    everything,
    line,
    sums,
    tender,
    tenders,
)


async def test_partial_captures_and_the_rest_voided(database: str) -> None:
    order = await authorized(card("20.00"))
    payment = await tender(order.id)
    await capture(FINANCE, payment.id, Decimal("5.01"))
    assert await sums(order.id) == [("PARTIALLY_CAPTURED", 2000, 501, 0)]
    await capture(FINANCE, payment.id, Decimal("4.99"))
    await void(FINANCE, payment.id, Decimal("1.00"))
    assert await sums(order.id) == [("PARTIALLY_CAPTURED", 1900, 1000, 0)]
    await void(FINANCE, payment.id)
    assert await sums(order.id) == [("CAPTURED", 1000, 1000, 0)]
    assert (await tender(order.id)).authorization_expires_at is None
    await refund(FINANCE, payment.id, Decimal("0.01"))
    assert await sums(order.id) == [("PARTIALLY_REFUNDED", 1000, 1000, 1)]
    await refund(FINANCE, payment.id)
    assert await sums(order.id) == [("REFUNDED", 1000, 1000, 1000)]
    assert await book("CAPTURE") == [(501, True), (499, True)]
    assert await book("VOID") == [(100, True), (900, True)]
    assert await book("REFUND") == [(1, True), (999, True)]
    row = await db.fetchrow("SELECT captured, voided, refunded FROM sandbox_entry WHERE kind = 'AUTHORIZE'")
    assert row is not None
    assert tuple(row) == (1000, 1000, 1000)
    after = await Order.get(id=order.id)
    assert (after.authorized, after.captured, after.refunded) == (1000, 1000, 1000)


async def test_a_voided_tender(database: str) -> None:
    order = await authorized(card("20.00"))
    await void(DESK, (await tender(order.id)).id)
    assert await sums(order.id) == [("VOIDED", 0, 0, 0)]
    assert (await Order.get(id=order.id)).state.value == "WAITING_PAYMENT"
    await authorize(DESK, (await tender(order.id)).id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert (await Order.get(id=order.id)).state.value == "WAITING_APPROVAL"


@pytest.mark.parametrize(
    ("verb", "amount", "code"),
    [
        (capture, "20.01", ErrorCode.INVALID),
        (capture, "0", ErrorCode.INVALID),
        (capture, "-1", ErrorCode.INVALID),
        (capture, "1.001", ErrorCode.INVALID),
        (capture, "NaN", ErrorCode.INVALID),
        (void, "20.01", ErrorCode.INVALID),
        (refund, "1.00", ErrorCode.INVALID_STATE),
        (refund, None, ErrorCode.INVALID_STATE),
        (authorize, None, ErrorCode.INVALID_STATE),
        (authorize, "1.00", ErrorCode.INVALID_STATE),
    ],
)
async def test_what_cannot_be_asked(database: str, verb: object, amount: str | None, code: ErrorCode) -> None:
    order = await authorized(card("20.00"))
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await verb(MANAGER, (await tender(order.id)).id, Decimal(amount) if amount else None)  # type: ignore[operator]
    assert refusal.value.code is code
    assert await everything(order.id) == before


async def test_a_declined_capture(database: str) -> None:
    order = await authorized(card("20.00", "sandbox_capture_declined"))
    with pytest.raises(Refused, match="declined to pay out") as refusal:
        await capture(FINANCE, (await tender(order.id)).id)
    assert refusal.value.code is ErrorCode.PAYMENT_DECLINED
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert (await events(order.id))[-1] == "payment.capture_failed"
    await capture_due(SYSTEM, order.id)
    assert await book("CAPTURE") == [(2000, False)]


async def test_split_tenders_are_drawn_the_oldest_first(database: str) -> None:
    order = await authorized(card("5.00"), card("7.00"), card("8.00"), capture_on="SHIPMENT")
    await capture_due(SYSTEM, order.id)
    assert await book("CAPTURE") == []
    await db.execute("UPDATE order_line SET fulfilled = 1")
    await capture_due(SYSTEM, order.id)
    assert [row[2] for row in await sums(order.id)] == [500, 500, 0]
    await db.execute("UPDATE order_line SET fulfilled = 2")
    await capture_due(SYSTEM, order.id)
    assert await sums(order.id) == [("CAPTURED", 500, 500, 0), ("CAPTURED", 700, 700, 0), ("CAPTURED", 800, 800, 0)]
    before = await everything(order.id)
    await capture_due(SYSTEM, order.id)
    assert await everything(order.id) == before


async def test_excess_goes_back_from_the_newest_tender(database: str) -> None:
    order = await authorized(card("5.00"), card("15.00"), lines=[line(4, "5.00")])
    await capture_due(SYSTEM, order.id)
    await db.execute("UPDATE order_line SET cancelled = 1")
    await refund_excess(SYSTEM, order.id)
    assert [row[3] for row in await sums(order.id)] == [0, 500]
    await refund_excess(SYSTEM, order.id)
    assert await book("REFUND") == [(500, True)]
    await db.execute("UPDATE sales_order SET steps = steps || '{\"CANCELLED\": {}}'")
    await refund_excess(SYSTEM, order.id)
    assert [row[3] for row in await sums(order.id)] == [500, 1500]
    assert [row["purpose"] for row in await _refunds()] == ["EXCESS"] * 3


async def _refunds() -> list[dict[str, object]]:
    rows = await db.fetch("SELECT purpose, amount FROM payment_transaction WHERE kind = 'REFUND' ORDER BY at")
    return [dict(row) for row in rows]


async def test_a_person_gives_back_first_what_is_too_much(database: str) -> None:
    order = await an_order(by_hand("20.00", PaymentMethodKind.CASH))
    assert await sums(order.id) == [("CAPTURED", 2000, 2000, 0)]
    await db.execute("UPDATE order_line SET cancelled = 1")
    await refund_excess(SYSTEM, order.id)
    assert await _refunds() == []
    payment = await tender(order.id)
    await refund(DESK, payment.id, Decimal("10.00"))
    await refund(DESK, payment.id, Decimal("1.00"))
    assert await _refunds() == [{"purpose": "EXCESS", "amount": 1000}, {"purpose": "MANUAL", "amount": 100}]


async def test_bank_transfers_wait_for_a_person(database: str) -> None:
    order = await an_order(by_hand("20.00"), steps={"PAYMENT": {"mode": "AUTOMATIC"}})
    await authorize_new(SYSTEM, order.id)
    assert await asked(order.id) == []
    payment = await tender(order.id)
    await authorize(FINANCE, payment.id)
    await capture_due(SYSTEM, order.id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    await capture(FINANCE, payment.id)
    assert await sums(order.id) == [("CAPTURED", 2000, 2000, 0)]
    assert (await tender(order.id)).authorization_expires_at is None


async def test_a_suspended_order_is_neither_authorized_nor_captured(database: str) -> None:
    order = await authorized(card("15.00"), card("5.00", "sandbox_declined"))
    first, second = await tenders(order.id)
    await suspend(DESK, order.id, "Fraud?")
    before = await everything(order.id)
    for verb, payment in ((authorize, second), (capture, first)):
        with pytest.raises(Refused) as refusal:
            await verb(MANAGER, payment.id)
        assert refusal.value.code is ErrorCode.INVALID_STATE
    for automatic in (authorize_new, capture_due):
        with pytest.raises(Refused):
            await automatic(SYSTEM, order.id)
    assert await everything(order.id) == before
    await void(DESK, first.id)
    assert (await sums(order.id))[0] == ("VOIDED", 0, 0, 0)


async def test_a_cancelled_order_can_be_voided_and_refunded_only(database: str) -> None:
    order = await authorized(card("20.00"))
    payment = await tender(order.id)
    await capture(FINANCE, payment.id, Decimal("8.00"))
    await db.execute(
        "UPDATE sales_order SET steps = steps || '{\"CANCELLED\": {}}', state = 'CANCELLED', closed_at = now()"
    )
    before = await everything(order.id)
    for verb in (authorize, capture):
        with pytest.raises(Refused) as refusal:
            await verb(MANAGER, payment.id)
        assert refusal.value.code is ErrorCode.INVALID_STATE
    assert await everything(order.id) == before
    await void(MANAGER, payment.id)
    await refund_excess(SYSTEM, order.id)
    assert await sums(order.id) == [("REFUNDED", 800, 800, 800)]
    assert (await Order.get(id=order.id)).state.value == "CANCELLED"


async def test_a_refund_above_the_limit_needs_a_manager(database: str) -> None:
    order = await authorized(card("501.00"), lines=[line(1, "501.00")])
    payment = await tender(order.id)
    await capture(FINANCE, payment.id)
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await refund(FINANCE, payment.id, Decimal("500.01"))
    assert refusal.value.code is ErrorCode.NOT_PERMITTED
    assert await everything(order.id) == before
    await refund(FINANCE, payment.id, Decimal("500.00"))
    await refund(MANAGER, payment.id)
    assert await sums(order.id) == [("REFUNDED", 50100, 50100, 50100)]


async def test_others_payments_do_not_exist(database: str) -> None:
    order = await an_order(card("20.00"))
    stranger = Actor("key:x", "x", frozenset({Role.CHANNEL}), channel_id=uuid4())
    before = await everything(order.id)
    for actor, payment_id in ((stranger, (await tender(order.id)).id), (MANAGER, uuid4())):
        with pytest.raises(Refused) as refusal:
            await authorize(actor, payment_id)
        assert refusal.value.code is ErrorCode.NOT_FOUND
        assert refusal.value.problems[0].path == ("payment_id",)
    assert await everything(order.id) == before


async def test_added_tenders(database: str) -> None:
    order = await an_order(card("5.00"))
    added = await add(DESK, order.id, card("10.00"))
    cash = await add(DESK, order.id, by_hand("5.00", PaymentMethodKind.CASH))
    assert [payment.id for payment in await tenders(order.id)][1:] == [added, cash]
    assert await sums(order.id) == [("UNPAID", 0, 0, 0), ("UNPAID", 0, 0, 0), ("CAPTURED", 500, 500, 0)]
    assert await events(order.id) == ["payment.added", "payment.added", "payment.authorized", "payment.captured"]
    await authorize_new(SYSTEM, order.id)
    after = await Order.get(id=order.id)
    assert (after.state.value, after.authorized, after.captured) == ("WAITING_APPROVAL", 2000, 500)


async def test_a_declined_tender_is_replaced(database: str) -> None:
    order = await authorized(card("20.00", "sandbox_declined"))
    await add(DESK, order.id, card("20.00"))
    await authorize_new(SYSTEM, order.id)
    assert await sums(order.id) == [("FAILED", 0, 0, 0), ("AUTHORIZED", 2000, 0, 0)]


@pytest.mark.parametrize(
    ("payment", "path"),
    [
        (card("15.01"), ("payment", "amount")),
        (card("0"), ("payment", "amount")),
        (card("-3"), ("payment", "amount")),
        (card("1.234"), ("payment", "amount")),
        (card("1.00", "4111 1111 1111 1111"), ("payment", "token")),
        (card("1.00", "x" * 201), ("payment", "token")),
        (card("1.00", "a\x00b"), ("payment", "token")),
        (PaymentCommand("nobody", PaymentMethodKind.CARD, Decimal(1)), ("payment", "gateway")),
    ],
)
async def test_tenders_that_are_refused(database: str, payment: PaymentCommand, path: tuple[str, ...]) -> None:
    order = await an_order(card("5.00"))
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await add(DESK, order.id, payment)
    assert refusal.value.problems[0].path == path
    assert await everything(order.id) == before

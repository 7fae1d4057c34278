"""Crashes, lost answers and retries: money is taken once, and its books agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from backend.actions.payments.authorize import authorize
from backend.actions.payments.authorize_new import authorize_new
from backend.actions.payments.capture import capture
from backend.actions.payments.intents import call, call_all, claim
from backend.actions.payments.reconcile import reconcile
from backend.actions.payments.settle import settle
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.orders import Order
from backend.models.payments import PaymentTransaction
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import PaymentMethodKind, TransactionKind, TransactionPurpose
from tests.actions.money import (
    DESK,
    FINANCE,
    PaymentCommand,
    ShakyGateway,
    an_order,
    asked,
    authorized,
    book,
    card,
    events,
    everything,
    sums,
    tender,
)

SHAKY = PaymentCommand("shaky", PaymentMethodKind.CARD, Decimal("20.00"))


async def test_authorized(database: str) -> None:
    order = await an_order(card("20.00"))
    await authorize(DESK, (await tender(order.id)).id)
    payment = await tender(order.id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert await asked(order.id) == [("AUTHORIZE", "SUCCEEDED", 2000)]
    assert await book("AUTHORIZE") == [(2000, True)]
    assert await events(order.id) == ["payment.requested", "payment.authorized"]
    after = await Order.get(id=order.id)
    assert (after.state.value, after.payment_status.value, after.authorized) == ("WAITING_APPROVAL", "AUTHORIZED", 2000)
    entry = await PaymentTransaction.get(payment_id=payment.id)
    assert payment.authorization_expires_at is not None
    assert timedelta(days=6, hours=23) < payment.authorization_expires_at - entry.at < timedelta(days=7, minutes=1)
    assert entry.gateway_reference == f"sandbox_{entry.id.hex}"


async def test_declined(database: str) -> None:
    order = await an_order(card("20.00", "sandbox_declined"))
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, (await tender(order.id)).id)
    assert refusal.value.code is ErrorCode.PAYMENT_DECLINED
    assert await sums(order.id) == [("FAILED", 0, 0, 0)]
    assert await asked(order.id) == [("AUTHORIZE", "FAILED", 2000)]
    assert await events(order.id) == ["payment.requested", "payment.declined"]
    after = await Order.get(id=order.id)
    assert (after.state.value, after.payment_status.value) == ("WAITING_PAYMENT", "FAILED")


async def test_a_declined_card_can_be_tried_again(database: str) -> None:
    order = await an_order(card("20.00", "sandbox_declined"))
    payment = await tender(order.id)
    for _ in range(2):
        with pytest.raises(Refused):
            await authorize(DESK, payment.id)
    assert await asked(order.id) == [("AUTHORIZE", "FAILED", 2000)] * 2
    assert len(await book("AUTHORIZE")) == 2


async def test_timeout_then_reconciled(database: str) -> None:
    order = await an_order(card("20.00", "sandbox_timeout"))
    payment = await tender(order.id)
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, payment.id)
    assert refusal.value.code is ErrorCode.PAYMENT_UNCERTAIN
    assert await asked(order.id) == [("AUTHORIZE", "UNCERTAIN", 2000)]
    assert await sums(order.id) == [("UNPAID", 0, 0, 0)]
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, payment.id)
    assert refusal.value.code is ErrorCode.CONFLICT
    assert await everything(order.id) == before
    await reconcile(SYSTEM, (await PaymentTransaction.get(payment_id=payment.id)).id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert await book("AUTHORIZE") == [(2000, True)]
    assert await events(order.id) == ["payment.requested", "payment.uncertain", "payment.authorized"]
    assert (await tender(order.id)).authorization_expires_at is not None


#: What was done before each kind can be asked for, and what the tender holds after it.
_KINDS = {
    TransactionKind.AUTHORIZE: ("AUTHORIZED", 2000, 0, 0),
    TransactionKind.CAPTURE: ("CAPTURED", 2000, 2000, 0),
    TransactionKind.VOID: ("VOIDED", 0, 0, 0),
    TransactionKind.REFUND: ("REFUNDED", 2000, 2000, 2000),
}


@pytest.mark.parametrize("called", [0, 1, 2], ids=["before the call", "after the call", "after a second call"])
@pytest.mark.parametrize("kind", list(_KINDS))
async def test_a_crash_between_claim_and_settle(database: str, kind: TransactionKind, called: int) -> None:
    order = await an_order(card("20.00"))
    payment = await tender(order.id)
    if kind is not TransactionKind.AUTHORIZE:
        await authorize(DESK, payment.id)
    if kind is TransactionKind.REFUND:
        await capture(FINANCE, payment.id)
    back = kind is TransactionKind.REFUND
    purpose = TransactionPurpose.RETURN if back else TransactionPurpose.SALE
    intent = await claim(FINANCE, payment.id, kind, None, purpose=purpose)
    for _ in range(called):
        await call(intent)
    for _ in range(3):
        await reconcile(SYSTEM, intent.id)
    assert await sums(order.id) == [_KINDS[kind]]
    assert await book(kind.value) == [(2000, True)]
    assert (await events(order.id)).count("payment.requested") == len(await asked(order.id))
    assert len(await events(order.id)) == 2 * len(await asked(order.id))
    after = await Order.get(id=order.id)
    assert (after.authorized, after.captured, after.refunded) == _KINDS[kind][1:]


async def test_the_same_intent_called_by_many_is_booked_and_settled_once(database: str) -> None:
    order = await authorized(card("20.00"))
    intent = await claim(FINANCE, (await tender(order.id)).id, TransactionKind.CAPTURE, None)
    outcomes = await call_all([intent] * 12)
    assert {outcome.reference for outcome in outcomes} == {f"sandbox_{intent.id.hex}"}
    for outcome in outcomes:
        await settle(FINANCE, [outcome])
    assert await sums(order.id) == [("CAPTURED", 2000, 2000, 0)]
    assert await book("CAPTURE") == [(2000, True)]
    assert (await events(order.id)).count("payment.captured") == 1


async def test_what_was_never_booked_is_asked_for_again(database: str, shaky: Callable[..., ShakyGateway]) -> None:
    gateway = shaky(lost=1)
    order = await an_order(SHAKY)
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, (await tender(order.id)).id)
    assert refusal.value.code is ErrorCode.PAYMENT_UNCERTAIN
    assert gateway.booked == {}
    intent = await PaymentTransaction.get(order_id=order.id)
    await reconcile(SYSTEM, intent.id)
    assert list(gateway.booked) == [intent.id]
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert (await PaymentTransaction.get(id=intent.id)).attempts == 2


async def test_it_is_given_up_after_many_calls(database: str, shaky: Callable[..., ShakyGateway]) -> None:
    gateway = shaky(lost=100)
    order = await an_order(SHAKY)
    with pytest.raises(Refused):
        await authorize(DESK, (await tender(order.id)).id)
    intent = await PaymentTransaction.get(order_id=order.id)
    for _ in range(9):
        await reconcile(SYSTEM, intent.id)
    assert gateway.calls == 8
    assert await asked(order.id) == [("AUTHORIZE", "UNCERTAIN", 2000)]
    await db.execute("UPDATE payment_transaction SET at = at - interval '1 hour'")
    await reconcile(SYSTEM, intent.id)
    assert gateway.calls == 8
    assert await asked(order.id) == [("AUTHORIZE", "FAILED", 2000)]
    assert await sums(order.id) == [("FAILED", 0, 0, 0)]
    assert await events(order.id) == ["payment.requested", "payment.uncertain", "payment.declined"]


async def test_nothing_is_guessed_while_the_gateway_cannot_say(
    database: str, shaky: Callable[..., ShakyGateway]
) -> None:
    shaky(lost=1, blind=True)
    order = await an_order(SHAKY)
    with pytest.raises(Refused):
        await authorize(DESK, (await tender(order.id)).id)
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await reconcile(SYSTEM, (await PaymentTransaction.get(order_id=order.id)).id)
    assert refusal.value.code is ErrorCode.GATEWAY_UNAVAILABLE
    assert await everything(order.id) == before


async def test_a_gateway_that_is_away_tells_a_person(database: str, shaky: Callable[..., ShakyGateway]) -> None:
    shaky(unavailable=1)
    order = await an_order(SHAKY)
    payment = await tender(order.id)
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, payment.id)
    assert refusal.value.code is ErrorCode.GATEWAY_UNAVAILABLE
    assert await asked(order.id) == [("AUTHORIZE", "FAILED", 2000)]
    await authorize(DESK, payment.id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]


async def test_the_system_waits_for_a_gateway_that_is_away(database: str, shaky: Callable[..., ShakyGateway]) -> None:
    gateway = shaky(unavailable=1)
    order = await an_order(SHAKY)
    await authorize_new(SYSTEM, order.id)
    assert await asked(order.id) == [("AUTHORIZE", "PENDING", 2000)]
    assert await events(order.id) == ["payment.requested"]
    await authorize_new(SYSTEM, order.id)
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]
    assert len(gateway.booked) == 1


async def test_intents_that_the_entry_wrote_are_called_as_they_are(database: str) -> None:
    order = await an_order(card("15.00"), card("5.00", "sandbox_declined"), steps={"PAYMENT": {"mode": "AUTOMATIC"}})
    assert await asked(order.id) == [("AUTHORIZE", "PENDING", 1500), ("AUTHORIZE", "PENDING", 500)]
    await authorize_new(SYSTEM, order.id)
    assert await sums(order.id) == [("AUTHORIZED", 1500, 0, 0), ("FAILED", 0, 0, 0)]
    before = await everything(order.id)
    await authorize_new(SYSTEM, order.id)
    assert await everything(order.id) == before
    assert await events(order.id) == ["payment.authorized", "payment.declined"]


async def test_a_person_may_be_quicker_than_the_worker(database: str) -> None:
    order = await an_order(card("20.00"), steps={"PAYMENT": {"mode": "AUTOMATIC"}})
    await authorize(DESK, (await tender(order.id)).id)
    assert await asked(order.id) == [("AUTHORIZE", "SUCCEEDED", 2000)]
    assert await book("AUTHORIZE") == [(2000, True)]


async def test_an_answer_is_settled_once(database: str) -> None:
    order = await an_order(card("20.00"))
    intent = await claim(DESK, (await tender(order.id)).id, TransactionKind.AUTHORIZE, None)
    outcome = await call(intent)
    await settle(DESK, [outcome])
    before = await everything(order.id)
    await settle(DESK, [replace(outcome, reference="another")])
    await reconcile(SYSTEM, intent.id)
    assert await everything(order.id) == before


async def test_a_broken_gateway_leaves_an_uncertain_intent(database: str, shaky: Callable[..., ShakyGateway]) -> None:
    gateway = shaky()
    gateway.booked = None  # type: ignore[assignment]
    order = await an_order(SHAKY)
    with pytest.raises(Refused) as refusal:
        await authorize(DESK, (await tender(order.id)).id)
    assert refusal.value.code is ErrorCode.PAYMENT_UNCERTAIN
    assert await asked(order.id) == [("AUTHORIZE", "UNCERTAIN", 2000)]


async def test_no_gateway_is_called_inside_a_transaction(database: str) -> None:
    order = await an_order(card("20.00"))
    intent = await claim(DESK, (await tender(order.id)).id, TransactionKind.AUTHORIZE, None)
    with pytest.raises(RuntimeError, match="inside a database transaction"):
        async with db.transaction():
            await call(intent)
    assert await book("AUTHORIZE") == []

"""Open intents that nobody cares for any more are settled by asking."""

from __future__ import annotations

from datetime import timedelta

from backend.actions.orders.cancel import cancel
from backend.actions.payments.intents import call, load_intents
from backend.actions.payments.sweep import settle_open
from backend.models import db
from backend.models.payments import PaymentTransaction
from tests.actions.money import DESK, an_order, asked, book, card, events

AUTOMATIC = {"PAYMENT": {"mode": "AUTOMATIC"}}


async def _older(age: timedelta) -> None:
    await db.execute("UPDATE payment_transaction SET at = at - $1::interval", age)


async def test_a_cancelled_order_leaves_no_authorization_open(database: str) -> None:
    order = await an_order(card("20.00"), steps=AUTOMATIC)
    await cancel(DESK, order.id, "Changed their mind.")
    assert await settle_open() == 0
    await _older(timedelta(minutes=2))
    assert await settle_open() == 1
    assert await asked(order.id) == [("AUTHORIZE", "FAILED", 2000)]
    assert await book("AUTHORIZE") == []
    assert await settle_open() == 0


async def test_what_was_booked_for_a_cancelled_order_is_known(database: str) -> None:
    """A worker called, and died before it could write down the answer; then the order was cancelled."""
    order = await an_order(card("20.00"), steps=AUTOMATIC)
    await call((await load_intents([(await PaymentTransaction.get(order_id=order.id)).id]))[0])
    await cancel(DESK, order.id, "Changed their mind.")
    await _older(timedelta(minutes=2))
    assert await settle_open() == 1
    assert await asked(order.id) == [("AUTHORIZE", "SUCCEEDED", 2000)]
    assert await book("AUTHORIZE") == [(2000, True)]
    assert (await events(order.id))[-1] == "payment.authorized"


async def test_an_order_that_waits_is_left_to_its_worker(database: str) -> None:
    order = await an_order(card("20.00"), steps=AUTOMATIC)
    await _older(timedelta(minutes=2))
    assert await settle_open() == 0
    assert await asked(order.id) == [("AUTHORIZE", "PENDING", 2000)]

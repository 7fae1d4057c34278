"""Appeasement: money back with a reason, a manager above the limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from backend.actions.orders.appease import appease
from backend.actions.payments.capture_due import capture_due
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM
from tests.actions.money import DESK, MANAGER, authorized, book, card, events, everything, line, sums


async def _captured(*amounts: str) -> Order:
    total = str(sum(Decimal(amount) for amount in amounts))
    order = await authorized(*(card(amount) for amount in amounts), lines=[line(1, total)])
    await capture_due(SYSTEM, order.id)
    return await Order.get(id=order.id)


async def test_given_back_from_the_newest_tender(database: str) -> None:
    order = await _captured("30.00", "5.00")
    await appease(DESK, order.id, Decimal("12.00"), "It came late.")
    assert [row[3] for row in await sums(order.id)] == [700, 500]
    assert sorted(await book("REFUND")) == [(500, True), (700, True)]
    told = await db.fetchrow("SELECT message, data->>'reason' AS reason FROM event WHERE kind = 'order.appeased'")
    assert told is not None
    assert tuple(told) == ("Gave 12.00 USD to appease: It came late.", "It came late.")
    assert (await events(order.id)).count("payment.refunded") == 2
    after = await Order.get(id=order.id)
    assert (after.refunded, after.payment_status.value) == (1200, "PARTIALLY_REFUNDED")
    purposes = await db.fetch("SELECT DISTINCT purpose FROM payment_transaction WHERE kind = 'REFUND'")
    assert [row["purpose"] for row in purposes] == ["APPEASEMENT"]


@pytest.mark.parametrize(
    ("amount", "reason", "code", "path"),
    [
        ("50.01", "Late.", ErrorCode.NOT_PERMITTED, ("amount",)),
        ("80.01", "Late.", ErrorCode.INVALID, ("amount",)),
        ("0", "Late.", ErrorCode.INVALID, ("amount",)),
        ("-1", "Late.", ErrorCode.INVALID, ("amount",)),
        ("1.00", " ", ErrorCode.INVALID, ("reason",)),
        ("1.00", "x" * 401, ErrorCode.LIMIT_EXCEEDED, ("reason",)),
    ],
)
async def test_refusals(database: str, amount: str, reason: str, code: ErrorCode, path: tuple[str, ...]) -> None:
    order = await _captured("80.00")
    before = await everything(order.id)
    with pytest.raises(Refused) as refusal:
        await appease(DESK, order.id, Decimal(amount), reason)
    assert (refusal.value.code, refusal.value.problems[0].path) == (code, path)
    assert await everything(order.id) == before


async def test_a_manager_may_give_more(database: str) -> None:
    order = await _captured("80.00")
    await appease(MANAGER, order.id, Decimal("80.00"), "Never came.")
    assert await sums(order.id) == [("REFUNDED", 8000, 8000, 8000)]


async def test_what_is_only_authorized_is_not_given_back(database: str) -> None:
    order = await authorized(card("20.00"))
    before = await everything(order.id)
    with pytest.raises(Refused):
        await appease(MANAGER, order.id, Decimal("1.00"), "Late.")
    assert await everything(order.id) == before

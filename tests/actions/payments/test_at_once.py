"""Many commands about the same money at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

from backend.actions.orders.appease import appease
from backend.actions.payments.authorize import authorize
from backend.actions.payments.authorize_new import authorize_new
from backend.actions.payments.capture import capture
from backend.actions.payments.capture_due import capture_due
from backend.actions.payments.refund import refund
from backend.actions.payments.void import void
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.rules.permissions import SYSTEM
from tests.actions.money import DESK, FINANCE, MANAGER, an_order, authorized, book, card, sums, tender

_EXPECTED = {ErrorCode.CONFLICT, ErrorCode.INVALID_STATE, ErrorCode.INVALID}


async def _at_once(*commands: Awaitable[Any]) -> int:
    """How many came through; the others were refused for the reasons they may be."""
    answers = await asyncio.gather(*commands, return_exceptions=True)
    refusals = [answer for answer in answers if answer is not None]
    assert all(isinstance(refusal, Refused) and refusal.code in _EXPECTED for refusal in refusals), refusals
    return len(answers) - len(refusals)


async def test_one_of_many_captures(database: str) -> None:
    order = await authorized(card("20.00"))
    payment = await tender(order.id)
    assert await _at_once(*(capture(FINANCE, payment.id) for _ in range(16))) == 1
    assert await book("CAPTURE") == [(2000, True)]
    assert await sums(order.id) == [("CAPTURED", 2000, 2000, 0)]


async def test_one_of_many_authorizations(database: str) -> None:
    order = await an_order(card("20.00"))
    payment = await tender(order.id)
    assert await _at_once(*(authorize(DESK, payment.id) for _ in range(8))) >= 1
    await _at_once(*(authorize_new(SYSTEM, order.id) for _ in range(8)))
    assert await book("AUTHORIZE") == [(2000, True)]
    assert await sums(order.id) == [("AUTHORIZED", 2000, 0, 0)]


async def test_many_workers_capture_what_is_due_once(database: str) -> None:
    order = await authorized(card("12.00"), card("8.00"))
    await _at_once(*(capture_due(SYSTEM, order.id) for _ in range(8)))
    assert sorted(await book("CAPTURE")) == [(800, True), (1200, True)]


async def test_parts_never_exceed_what_is_held(database: str) -> None:
    order = await authorized(card("20.00"))
    payment = await tender(order.id)
    for _ in range(6):
        await _at_once(
            *(capture(FINANCE, payment.id, Decimal("3.00")) for _ in range(4)),
            *(void(FINANCE, payment.id, Decimal("2.00")) for _ in range(3)),
            *(refund(FINANCE, payment.id, Decimal("2.50")) for _ in range(4)),
            *(appease(MANAGER, order.id, Decimal("1.00"), "Late.") for _ in range(2)),
        )
    ((_, held, taken, given),) = await sums(order.id)
    assert given <= taken <= held <= 2000
    books = {kind: sum(amount for amount, ok in await book(kind) if ok) for kind in ("CAPTURE", "VOID", "REFUND")}
    assert books == {"CAPTURE": taken, "VOID": 2000 - held, "REFUND": given}
    assert await db.fetchval("SELECT count(*) FROM payment_transaction WHERE state NOT IN ('SUCCEEDED', 'FAILED')") == 0
    assert await db.fetchval("SELECT count(*) FROM sandbox_entry WHERE NOT approved") == 0

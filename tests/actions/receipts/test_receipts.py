"""Goods that are expected: received once, in parts, by transfer, and what waits is served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import date
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.receipts.cancel import cancel
from backend.actions.receipts.expect import ExpectReceipt, Units, expect
from backend.actions.receipts.receive import ReceiveGoods, receive
from backend.actions.receipts.reschedule import reschedule
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.receipts import ExpectedReceipt
from backend.queries.receipts import outlooks
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ReceiptState
from tests.actions import goods
from tests.actions.goods import MANAGER, a_site, an_order, associate, ledger, level, line, units

pytestmark = pytest.mark.usefixtures("world")
DAY = date(2100, 5, 4)


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


def coming(*lines: tuple[str, int], reference: str = "PO-1", **more: Any) -> ExpectReceipt:
    return ExpectReceipt(reference, "NEAR", DAY, [Units(*one) for one in lines], **more)


async def everything() -> dict[str, Any]:
    found: dict[str, Any] = await goods.everything()
    for table in ("expected_receipt", "expected_receipt_line"):
        found[table] = [tuple(row.values()) for row in await db.fetch(f"SELECT * FROM {table} ORDER BY id")]
    return found


async def refuses(command: Awaitable[object], *problems: tuple[ErrorCode, str]) -> None:
    before = await everything()
    with pytest.raises(Refused) as refusal:
        await command
    assert [(problem.code, ".".join(problem.path)) for problem in refusal.value.problems] == list(problems)
    assert await everything() == before


async def test_a_receipt_comes_in_parts_and_is_closed_with_its_last_unit() -> None:
    await a_site("NEAR")
    made = await expect(MANAGER, coming(("A", 5), ("B", 2), supplier="Tea House"))
    assert await ledger("NEAR", "A") == []
    await receive(MANAGER, ReceiveGoods(made, [Units("A", 3)]))
    assert (await level("NEAR", "A"), await ledger("NEAR", "A")) == ((3, 0), [("RECEIPT", 3)])
    assert (await ExpectedReceipt.get(id=made)).state is ReceiptState.EXPECTED
    await refuses(
        receive(MANAGER, ReceiveGoods(made, [Units("A", 3), Units("C", 1), Units("B", 0)])),
        (ErrorCode.INVALID, "lines.0.quantity"),
        (ErrorCode.NOT_FOUND, "lines.1.sku"),
        (ErrorCode.INVALID, "lines.2.quantity"),
    )
    await receive(MANAGER, ReceiveGoods(made))
    assert (await level("NEAR", "A"), await level("NEAR", "B")) == ((5, 0), (2, 0))
    receipt = await ExpectedReceipt.get(id=made)
    assert (receipt.state, receipt.version) == (ReceiptState.RECEIVED, 3)
    await refuses(receive(MANAGER, ReceiveGoods(made)), (ErrorCode.INVALID_STATE, "expected_receipt_id"))
    await refuses(cancel(MANAGER, made, "Too late."), (ErrorCode.INVALID_STATE, "expected_receipt_id"))


async def test_what_is_missing_need_not_be_waited_for() -> None:
    await a_site("NEAR")
    made = await expect(MANAGER, coming(("A", 5)))
    await receive(MANAGER, ReceiveGoods(made, [Units("A", 4)], complete=True))
    assert (await ExpectedReceipt.get(id=made)).state is ReceiptState.RECEIVED
    assert await outlooks(["A"]) == {}


async def test_what_makes_no_sense_is_refused() -> None:
    near, far = await a_site("NEAR"), await a_site("FAR", {"A": 2})
    await expect(MANAGER, coming(("A", 5)))
    await refuses(expect(MANAGER, coming(("A", 5))), (ErrorCode.DUPLICATE, "reference"))
    await refuses(expect(MANAGER, coming(reference="PO-2")), (ErrorCode.INVALID, "lines"))
    await refuses(
        expect(MANAGER, coming(("A", 0), ("A", 1), reference=" ", source="NEAR")),
        (ErrorCode.INVALID, "reference"),
        (ErrorCode.INVALID, "source"),
        (ErrorCode.INVALID, "lines.0.quantity"),
        (ErrorCode.DUPLICATE, "lines.1.sku"),
    )
    lacking = coming(("A", 3), reference="T-1", source="FAR")
    await refuses(expect(MANAGER, lacking), (ErrorCode.INSUFFICIENT_STOCK, "lines.0.quantity"))
    other = coming(("A", 1), reference="PO-3")
    await refuses(expect(associate(far), other), (ErrorCode.NOT_FOUND, "site"))
    made = await expect(associate(near), other)
    await refuses(receive(associate(far), ReceiveGoods(made)), (ErrorCode.NOT_FOUND, "expected_receipt_id"))
    await refuses(reschedule(MANAGER, made, DAY, 9), (ErrorCode.STALE, "expected_version"))


async def test_a_transfer_leaves_its_source_at_once_and_goes_back_when_it_is_called_off() -> None:
    await a_site("NEAR")
    await a_site("FAR", {"A": 5})
    made = await expect(MANAGER, coming(("A", 4), reference="T-1", source="FAR"))
    assert (await level("FAR", "A"), (await ledger("FAR", "A"))[-1]) == ((1, 0), ("TRANSFER_OUT", -4))
    await receive(MANAGER, ReceiveGoods(made, [Units("A", 1)]))
    assert await ledger("NEAR", "A") == [("TRANSFER_IN", 1)]
    await cancel(MANAGER, made, "The van broke down.")
    assert (await level("NEAR", "A"), await level("FAR", "A")) == ((1, 0), (4, 0))
    await goods.check_books()


async def test_the_same_goods_are_received_once_by_many() -> None:
    await a_site("NEAR")
    made = await expect(MANAGER, coming(("A", 5)))
    results = await asyncio.gather(*(receive(MANAGER, ReceiveGoods(made)) for _ in range(8)), return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert {result.code for result in results if isinstance(result, Refused)} == {ErrorCode.INVALID_STATE}
    assert await level("NEAR", "A") == (5, 0)


async def test_who_waits_is_told_when_and_is_served_when_it_comes() -> None:
    await a_site("NEAR", {"A": 1})
    late = await an_order(line("A", 3))
    soon = await an_order(line("A", 2), priority=5)
    for order in (late, soon):
        await allocate(SYSTEM, order.id)
    made = await expect(MANAGER, coming(("A", 3)))
    (first,) = (await outlooks(["A"])).values()
    waiting = {row["order_id"]: row["id"] for row in await db.fetch("SELECT order_id, id FROM order_line")}
    assert first.by_line == {waiting[soon.id]: DAY}
    await reschedule(MANAGER, made, DAY.replace(year=2101))
    (first,) = (await outlooks(["A"])).values()
    assert first.by_line == {waiting[soon.id]: DAY.replace(year=2101)}
    await receive(MANAGER, ReceiveGoods(made))
    await allocate_backorders(SYSTEM, ["A"])
    assert [backordered for _, _, _, backordered, *_ in await units(soon.id)] == [0]

"""Adjustments and counts: exact numbers, the ledger, and refusals with the path of the row."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.fulfillment.automatic import pick_all
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.stock import StockChange
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import MovementReason, OrderState, ShippingOrderState
from tests.actions import goods
from tests.actions.goods import MANAGER, a_site, an_order, associate, line, to_pick

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


def changes(*rows: tuple[str, str, int]) -> list[StockChange]:
    return [StockChange(*row) for row in rows]


async def refuses(command: Awaitable[object], *problems: tuple[ErrorCode, str]) -> None:
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await command
    assert [(problem.code, ".".join(problem.path)) for problem in refusal.value.problems] == list(problems)
    assert await goods.everything() == before


async def growth() -> list[list[str]]:
    rows = await db.fetch("SELECT data -> 'skus' AS skus FROM event WHERE kind = 'inventory.changed' ORDER BY id")
    return [json.loads(row["skus"]) for row in rows]


async def test_a_level_is_made_with_the_sites_safety_stock() -> None:
    await a_site("NEAR", safety_stock=3)
    receipt = AdjustInventory(MovementReason.RECEIPT, changes(("NEAR", "A", 5), ("NEAR", "A", 2)), "ASN-1")
    (level,) = await adjust(MANAGER, receipt)
    assert (level.sku, level.on_hand, level.allocated, level.reserved, level.safety_stock) == ("A", 7, 0, 0, 3)
    rows = await db.fetch("SELECT quantity, reason, actor, reference FROM inventory_movement ORDER BY quantity")
    assert [tuple(row.values()) for row in rows] == [
        (2, "RECEIPT", "boss@example.com", "ASN-1"),
        (5, "RECEIPT", "boss@example.com", "ASN-1"),
    ]
    assert await growth() == [["A"]]
    await goods.check_books()


async def test_adjustments_that_are_refused() -> None:
    near = await a_site("NEAR", {"A": 5, "B": 1})
    await a_site("MID")
    order = await an_order(line("A", 4))
    await allocate(SYSTEM, order.id)

    def ask(reason: MovementReason, *rows: tuple[str, str, int]) -> Awaitable[Any]:
        return adjust(MANAGER, AdjustInventory(reason, changes(*rows)))

    lost = ask(MovementReason.ADJUSTMENT, ("NEAR", "B", 1), ("NEAR", "A", -2))
    await refuses(lost, (ErrorCode.INSUFFICIENT_STOCK, "changes.1.quantity"))
    await refuses(ask(MovementReason.DAMAGE, ("MID", "C", -1)), (ErrorCode.INSUFFICIENT_STOCK, "changes.0.quantity"))
    await refuses(ask(MovementReason.RECEIPT, ("NEAR", "A", -1)), (ErrorCode.INVALID, "changes.0.quantity"))
    await refuses(ask(MovementReason.DAMAGE, ("NEAR", "A", 1)), (ErrorCode.INVALID, "changes.0.quantity"))
    await refuses(ask(MovementReason.ADJUSTMENT, ("NEAR", "A", 0)), (ErrorCode.INVALID, "changes.0.quantity"))
    await refuses(ask(MovementReason.SHIPMENT, ("NEAR", "A", -1)), (ErrorCode.INVALID, "reason"))
    await refuses(ask(MovementReason.RECEIPT, ("NONE", " ", 1)), (ErrorCode.INVALID, "changes.0.sku"))
    await refuses(ask(MovementReason.RECEIPT, ("NONE", "A", 1)), (ErrorCode.NOT_FOUND, "changes.0.site"))
    await refuses(ask(MovementReason.RECEIPT), (ErrorCode.INVALID, "changes"))
    too_much = ask(MovementReason.RECEIPT, ("NEAR", "A", 999_999_999))
    await refuses(too_much, (ErrorCode.INVALID, "changes.0.quantity"))
    elsewhere = adjust(associate(near), AdjustInventory(MovementReason.RECEIPT, changes(("MID", "A", 1))))
    await refuses(elsewhere, (ErrorCode.NOT_FOUND, "changes.0.site"))
    await ask(MovementReason.ADJUSTMENT, ("NEAR", "A", -1))
    assert await goods.level("NEAR", "A") == (4, 4)


async def test_a_count_writes_only_what_differs() -> None:
    await a_site("NEAR", {"A": 5, "B": 5, "C": 5})
    count = SetInventory(changes(("NEAR", "A", 5), ("NEAR", "B", 3), ("NEAR", "C", 9), ("NEAR", "D", 0)), "Take 7")
    levels = await set_counts(MANAGER, count)
    assert [(level.sku, level.on_hand) for level in levels] == [("A", 5), ("B", 3), ("C", 9), ("D", 0)]
    assert await goods.ledger("NEAR", "A") == [("RECEIPT", 5)]
    assert await goods.ledger("NEAR", "B") == [("RECEIPT", 5), ("COUNT", -2)]
    assert await goods.ledger("NEAR", "C") == [("RECEIPT", 5), ("COUNT", 4)]
    assert (await growth())[-1] == ["C"]
    before = await goods.everything()
    await set_counts(MANAGER, count)
    assert await goods.everything() == before
    await goods.check_books()


async def test_counts_that_are_refused() -> None:
    await a_site("NEAR", {"A": 5})

    def ask(*rows: tuple[str, str, int]) -> Awaitable[Any]:
        return set_counts(MANAGER, SetInventory(changes(*rows)))

    await refuses(ask(("NEAR", "A", -1)), (ErrorCode.INVALID, "counts.0.quantity"))
    await refuses(ask(("NEAR", "A", 1), ("NEAR", "A", 2)), (ErrorCode.DUPLICATE, "counts.1.sku"))
    await refuses(ask(("NEAR", "A", 1), ("NONE", "A", 2)), (ErrorCode.NOT_FOUND, "counts.1.site"))
    await refuses(ask(("NEAR", "A", 2_000_000_000)), (ErrorCode.INVALID, "counts.0.quantity"))


async def test_a_count_below_what_is_promised_takes_the_newest_promises_back() -> None:
    await a_site("NEAR", {"A": 6})
    await a_site("MID", {"A": 1})
    old, young = [await an_order(line("A", 3)) for _ in range(2)]
    for order in (old, young):
        await allocate(SYSTEM, order.id)
    await set_counts(MANAGER, SetInventory(changes(("NEAR", "A", 4))))
    assert await goods.level("NEAR", "A") == (4, 4)
    assert [it[1] for order in (old, young) for it in await goods.units(order.id)] == [3, 1]
    assert (await Order.get(id=young.id)).state is OrderState.WAITING_ALLOCATION
    assert (await goods.events(young.id))[-1] == "shipping_order.cancelled"
    await goods.check_books()

    await set_counts(MANAGER, SetInventory(changes(("NEAR", "A", 2))))
    assert [it[1] for order in (old, young) for it in await goods.units(order.id)] == [2, 0]
    (closed,) = await goods.shipping_orders(young.id)
    assert closed.state is ShippingOrderState.CANCELLED
    await allocate(SYSTEM, young.id)
    assert await goods.units(young.id) == [("A", 1, 2, 0, 0)]
    await goods.check_books()


async def test_what_has_been_picked_is_not_taken_back() -> None:
    await a_site("NEAR", {"A": 6, "B": 6})
    picked, waiting = await an_order(line("A", 3)), await an_order(line("A", 3), line("B", 1))
    for order in (picked, waiting):
        await allocate(SYSTEM, order.id)
    await pick_all(SYSTEM, (await to_pick(picked.id)).id)
    count = SetInventory(changes(("NEAR", "B", 9), ("NEAR", "A", 2)))
    await refuses(set_counts(MANAGER, count), (ErrorCode.INSUFFICIENT_STOCK, "counts.1.quantity"))
    await set_counts(MANAGER, SetInventory(changes(("NEAR", "A", 3))))
    assert await goods.level("NEAR", "A") == (3, 3)
    assert await goods.units(waiting.id) == [("A", 0, 0, 0, 0), ("B", 1, 0, 0, 0)]
    await goods.check_books()


@pytest.mark.concurrency
async def test_counts_and_allocations_at_once() -> None:
    await a_site("NEAR", {"A": 20, "B": 20})
    orders = [await an_order(line("A", 1), line("B", 1)) for _ in range(20)]
    counts = [set_counts(MANAGER, SetInventory(changes(("NEAR", "B", 15 - n), ("NEAR", "A", 5 + n)))) for n in range(5)]
    await asyncio.gather(*(allocate(SYSTEM, order.id) for order in orders), *counts)
    for sku in ("A", "B"):
        on_hand, promised = await goods.level("NEAR", sku)
        assert promised <= on_hand
    await goods.check_books()


async def test_a_thousand_rows_take_as_many_statements_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    await a_site("NEAR")
    seen: list[str] = []

    def counted(name: str) -> Any:
        plain = getattr(Transaction, name)

        async def run(self: Transaction, sql: str, *args: Any) -> Any:
            seen.append(sql)
            return await plain(self, sql, *args)

        return run

    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        monkeypatch.setattr(Transaction, name, counted(name))
    numbers = []
    for rows in (1, 1000):
        seen.clear()
        await set_counts(MANAGER, SetInventory(changes(*(("NEAR", f"S{n}", n + rows) for n in range(rows)))))
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] <= 6
    assert await goods.level("NEAR", "S999") == (1999, 0)
    await goods.check_books()

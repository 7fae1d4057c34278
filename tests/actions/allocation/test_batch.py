"""Orders allocated together: as if one after the other, and what befalls one of them is nobody else's."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate, allocate_all
from backend.actions.allocation.gather import allocate_with_others
from backend.actions.orders.suspend import suspend
from backend.actions.reservations.create import ReservationCommand, ReservationLineCommand, create
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.db import Transaction, transaction
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import OrderState
from tests.actions import goods
from tests.actions.goods import DESK, a_site, an_order, line
from tests.stack import until

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


async def _poison(order: Order) -> None:
    """It goes to a place that nobody can find."""
    await db.execute(
        'UPDATE sales_order SET shipping_address = shipping_address || \'{"latitude": "north"}\' WHERE id = $1',
        order.id,
    )


async def test_the_first_chooses_first_and_the_stock_goes_down_as_it_goes() -> None:
    await a_site("NEAR", {"A": 3, "B": 1})
    await a_site("MID", {"A": 2})
    orders = [await an_order(line("A", 2), line("B", 1)) for _ in range(3)]
    results = await allocate_all(SYSTEM, [order.id for order in orders])
    assert [await goods.units(order.id) for order in orders] == [
        [("A", 2, 0, 0, 0), ("B", 1, 0, 0, 0)],
        [("A", 2, 0, 0, 0), ("B", 0, 1, 0, 0)],
        [("A", 1, 1, 0, 0), ("B", 0, 1, 0, 0)],
    ]
    assert [await goods.given(order.id) for order in orders] == [
        [("NEAR", "A", 2), ("NEAR", "B", 1)],
        [("MID", "A", 2)],
        [("NEAR", "A", 1)],
    ]
    states = [(await Order.get(id=order.id)).state for order in orders]
    assert states == [OrderState.WAITING_FULFILLMENT, OrderState.WAITING_ALLOCATION, OrderState.WAITING_ALLOCATION]
    assert list(results) == [order.id for order in orders]
    kinds = [(await goods.events(order.id))[-3:] for order in orders[:2]]
    assert kinds == [
        ["order.approved", "order.allocated", "shipping_order.created"],
        ["order.allocated", "order.backordered", "shipping_order.created"],
    ]
    await goods.check_books()


async def test_together_is_as_one_after_the_other() -> None:
    """The same orders on the same stock twice: what one way gives each of them, the other gives too."""
    await a_site("NEAR", {f"{turn}{sku}": 7 for turn in range(2) for sku in "ABC"}, safety_stock=1)
    await a_site("MID", {f"{turn}{sku}": 5 for turn in range(2) for sku in "AB"})
    wanted = [dict.fromkeys(skus, units) for units in (1, 2) for skus in itertools.combinations("ABC", 2)]

    async def orders(turn: int) -> list[Order]:
        return [await an_order(*(line(f"{turn}{sku}", units) for sku, units in one.items())) for one in wanted]

    alone, together = await orders(0), await orders(1)
    for order in alone:
        await allocate(SYSTEM, order.id)
    await allocate_all(SYSTEM, [order.id for order in together])
    found: list[list[Any]] = [
        [[(site, sku[1:], units) for site, sku, units in await goods.given(order.id)] for order in orders]
        for orders in (alone, together)
    ]
    assert found[0] == found[1]
    assert await goods.level("NEAR", "0A") == await goods.level("NEAR", "1A")
    await goods.check_books()


async def test_a_poisoned_order_and_a_refused_one_fail_alone() -> None:
    await a_site("NEAR", {"A": 9})
    orders = [await an_order(line("A", 1)) for _ in range(4)]
    await _poison(orders[1])
    await suspend(DESK, orders[2].id, "fraud")
    before = [(await goods.events(order.id)) for order in orders[1:3]]
    results = await allocate_all(SYSTEM, [order.id for order in orders])
    assert [await goods.units(order.id) for order in orders] == [[("A", int(n in (0, 3)), 0, 0, 0)] for n in range(4)]
    assert isinstance(results[orders[1].id], ValueError)
    refusal = results[orders[2].id]
    assert isinstance(refusal, Refused)
    assert refusal.code is ErrorCode.INVALID_STATE
    assert [(await goods.events(order.id)) for order in orders[1:3]] == before
    assert await goods.level("NEAR", "A") == (9, 2)
    await goods.check_books()


@pytest.mark.concurrency
async def test_an_order_that_somebody_holds_holds_nobody_up() -> None:
    await a_site("NEAR", {"A": 9})
    held, free = [await an_order(line("A", 1)) for _ in range(2)]
    outside = contextvars.copy_context()
    async with transaction() as tx:
        await tx.execute("SELECT 1 FROM sales_order WHERE id = $1 FOR NO KEY UPDATE", held.id)
        batch = asyncio.create_task(allocate_all(SYSTEM, [held.id, free.id]), context=outside)
        await until(lambda: _is_allocated(free), "the free one is allocated")
        assert not batch.done()
    assert len(await batch) == 2
    assert await goods.level("NEAR", "A") == (9, 2)
    await goods.check_books()


async def _is_allocated(order: Order) -> bool:
    return (await goods.units(order.id))[0][1] == 1


@pytest.mark.concurrency
async def test_batches_that_want_the_same_oversell_nothing() -> None:
    await a_site("NEAR", {"A": 12, "B": 40})
    await a_site("MID", {"A": 8, "B": 40})
    orders = [await an_order(line("A", 1), line("B", 1)) for _ in range(32)]
    batches = [[order.id for order in orders[start::4]] for start in range(4)]
    results = await asyncio.gather(*(allocate_all(SYSTEM, batch) for batch in batches))
    assert not [result for batch in results for result in batch.values() if isinstance(result, Exception)]
    assert sorted([(await goods.units(order.id))[0][1] for order in orders]) == [0] * 12 + [1] * 20
    assert (await goods.level("NEAR", "A"), await goods.level("MID", "A")) == ((12, 12), (8, 8))
    await goods.check_books()


async def test_what_is_reserved_for_one_order_is_not_for_the_one_before_it() -> None:
    await a_site("NEAR", {"A": 2}, safety_stock=1)
    held = await create(SYSTEM, ReservationCommand("cart", "web", [ReservationLineCommand("A", 1)], 10))
    other, owner = await an_order(line("A", 1)), await an_order(line("A", 1), reservation_id=held)
    await allocate_all(SYSTEM, [other.id, owner.id])
    assert [(await goods.units(order.id))[0][1:3] for order in (other, owner)] == [(0, 1), (1, 0)]
    assert await db.fetchval("SELECT reserved FROM inventory_level") == 0
    await goods.check_books()


async def test_twenty_orders_take_as_many_statements_as_two(monkeypatch: pytest.MonkeyPatch) -> None:
    await a_site("NEAR", {"A": 999})
    orders = [await an_order(line("A", 1)) for _ in range(22)]
    seen: list[str] = []
    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        plain = getattr(Transaction, name)

        async def run(self: Transaction, sql: str, *args: Any, plain: Any = plain) -> Any:
            seen.append(sql)
            return await plain(self, sql, *args)

        monkeypatch.setattr(Transaction, name, run)
    counts = []
    for some in (orders[:2], orders[2:]):
        seen.clear()
        await allocate_all(SYSTEM, [order.id for order in some])
        counts.append(len(seen))
    assert counts == [5, 5]  # lock orders, lock stock, write, refresh, events; facts and stock are read beside them


async def test_who_asks_at_the_same_time_goes_together() -> None:
    await a_site("NEAR", {"A": 9})
    orders = [await an_order(line("A", 1)) for _ in range(4)]
    await _poison(orders[2])
    newest = await db.fetchval("SELECT max(id) FROM pgqueuer")
    results = await asyncio.gather(
        *(allocate_with_others(order.id) for order in (*orders, orders[0])), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), type(None), ValueError, type(None), type(None)]
    batches = await db.fetch("SELECT DISTINCT request_id FROM event WHERE kind = 'order.allocated'")
    assert len(batches) == 1
    assert await goods.level("NEAR", "A") == (9, 3)
    assert await db.fetchval("SELECT max(id) FROM pgqueuer") == newest  # those who asked take them further themselves
    await allocate_with_others((await an_order(line("A", 1))).id)
    assert await goods.level("NEAR", "A") == (9, 4)

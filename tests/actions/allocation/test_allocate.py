"""Allocation on a real database: what it writes, who wins a race, and that nothing is ever promised twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.orders.suspend import suspend
from backend.errors import ErrorCode, Refused
from backend.models.db import Transaction
from backend.models.fulfillment import AllocationDecision, ShippingOrder
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AllocationOutcome, OrderState, ShippingOrderState
from tests.actions import goods
from tests.actions.goods import DESK, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


async def test_everything_from_the_nearest_site() -> None:
    near = await a_site("NEAR", {"A": 5, "B": 5})
    await a_site("MID", {"A": 5, "B": 5})
    order = await an_order(line("A", 2), line("B", 1))
    decision_id = await allocate(DESK, order.id)

    assert await goods.given(order.id) == [("NEAR", "A", 2), ("NEAR", "B", 1)]
    assert await goods.units(order.id) == [("A", 2, 0, 0, 0), ("B", 1, 0, 0, 0)]
    assert await goods.level("NEAR", "A") == (5, 2)
    assert await goods.level("MID", "A") == (5, 0)
    made = await ShippingOrder.get(order_id=order.id)
    assert made.number == f"{order.number}-1"
    assert (made.state, made.version, made.decision_id) == (ShippingOrderState.WAITING_APPROVAL, 1, decision_id)
    assert made.ship_by is not None
    decision = await AllocationDecision.get(id=decision_id)
    assert decision.outcome is AllocationOutcome.FULL
    assert decision.rule_set == "least cost v1"
    assert decision.cost == 852
    told = "1 shipment from NEAR for 8.52. Next best: MID for 9.23. By other rules: priority list 9.23."
    assert decision.sentence == "1 shipment from NEAR for 8.52."
    in_full = decision.in_full()
    assert in_full.sentence == told
    assert decision.chosen == [
        {"site_id": str(near), "sku": "A", "quantity": 2},
        {"site_id": str(near), "sku": "B", "quantity": 1},
    ]
    assert [it["why_not"] for it in in_full.alternatives or ()] == ["Costs 9.23 instead of 8.52."]
    assert in_full.excluded == []
    after = await Order.get(id=order.id)
    assert after.state is OrderState.WAITING_FULFILLMENT
    assert (await goods.events(order.id))[-2:] == ["order.allocated", "shipping_order.created"]
    await goods.check_books()


async def test_nothing_anywhere_is_backordered_and_filled_when_stock_comes() -> None:
    await a_site("NEAR")
    order = await an_order(line("A", 2))
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 0, 2, 0, 0)]
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_ALLOCATION
    assert (await goods.events(order.id))[-1] == "order.backordered"

    before = await goods.everything()
    assert await allocate_backorders(SYSTEM, ["A"]) == 0
    assert await goods.everything() == before

    await goods.receive("NEAR", "A", 1)
    assert await allocate_backorders(SYSTEM, ["A"]) == 1
    assert await goods.units(order.id) == [("A", 1, 1, 0, 0)]
    await goods.receive("NEAR", "A", 9)
    assert await allocate_backorders(SYSTEM, None) == 1
    assert await goods.units(order.id) == [("A", 2, 0, 0, 0)]
    assert [it.number for it in await goods.shipping_orders(order.id)] == [f"{order.number}-1", f"{order.number}-2"]
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_FULFILLMENT
    await goods.check_books()


async def test_backorders_are_filled_by_priority_then_age() -> None:
    await a_site("NEAR")
    old, young, urgent = [await an_order(line("A", 1), priority=priority) for priority in (0, 0, 5)]
    for order in (young, urgent, old):
        await allocate(DESK, order.id)
    await goods.receive("NEAR", "A", 2)
    assert await allocate_backorders(SYSTEM, None) == 2
    assert [(await goods.units(order.id))[0][1:3] for order in (urgent, old, young)] == [(1, 0), (1, 0), (0, 1)]


async def test_safety_stock_is_not_promised() -> None:
    await a_site("NEAR", {"A": 3}, safety_stock=2)
    order = await an_order(line("A", 2))
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 1, 1, 0, 0)]
    assert await goods.level("NEAR", "A") == (3, 1)


async def test_pick_up_lines_come_from_their_site_alone() -> None:
    await a_site("NEAR", {"A": 9})
    await a_site("MID", {"A": 1})
    order = await an_order(line("A", 2, site="MID"), line("A", 1))
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 1, 1, 0, 0), ("A", 1, 0, 0, 0)]
    assert await goods.given(order.id) == [("MID", "A", 1), ("NEAR", "A", 1)]
    assert [it.delivery_method.value for it in await goods.shipping_orders(order.id)] == ["PICKUP", "SHIP"]


async def test_a_suspended_order_is_not_allocated() -> None:
    await a_site("NEAR", {"A": 9})
    order = await an_order(line("A", 1))
    await suspend(DESK, order.id, "fraud")
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await allocate(DESK, order.id)
    assert refusal.value.code is ErrorCode.INVALID_STATE
    assert await allocate_backorders(SYSTEM, None) == 0
    assert await goods.everything() == before


async def test_an_older_version_is_refused() -> None:
    await a_site("NEAR", {"A": 9})
    order = await an_order(line("A", 1))
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await allocate(DESK, order.id, expected_version=order.version - 1)
    assert refusal.value.code is ErrorCode.STALE
    assert await goods.everything() == before


async def test_two_for_the_last_unit() -> None:
    await a_site("NEAR", {"A": 1})
    orders = [await an_order(line("A", 1)) for _ in range(2)]
    await asyncio.gather(*(allocate(DESK, order.id) for order in orders))
    assert sorted([(await goods.units(order.id))[0][1:3] for order in orders]) == [(0, 1), (1, 0)]
    assert await goods.level("NEAR", "A") == (1, 1)
    await goods.check_books()


@pytest.mark.concurrency
async def test_fifty_for_twenty_units_over_two_sites() -> None:
    """With two SKUs asked for in opposite order, so that locks taken out of order would meet."""
    await a_site("NEAR", {"A": 12, "B": 50})
    await a_site("MID", {"A": 8, "B": 50})
    orders = [
        await an_order(*(line(sku, 1) for sku in (("A", "B") if number % 2 else ("B", "A")))) for number in range(50)
    ]
    await asyncio.gather(*(allocate(DESK, order.id) for order in orders))
    lines = [entry for order in orders for entry in await goods.units(order.id)]
    assert sum(allocated for sku, allocated, *_ in lines if sku == "A") == 20
    assert sum(missing for sku, _, missing, *_ in lines if sku == "A") == 30
    assert sum(allocated for sku, allocated, *_ in lines if sku == "B") == 50
    assert (await goods.level("NEAR", "A"), await goods.level("MID", "A")) == ((12, 12), (8, 8))
    await goods.check_books()


async def test_the_number_of_statements_does_not_grow_with_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    skus = [f"S{number:03}" for number in range(60)]
    await a_site("NEAR", dict.fromkeys(skus, 5))
    small, large = await an_order(line(skus[0], 1)), await an_order(*(line(sku, 1) for sku in skus))
    seen: list[str] = []

    def counted(name: str) -> Any:
        plain = getattr(Transaction, name)

        async def run(self: Transaction, sql: str, *args: Any) -> Any:
            seen.append(sql)
            return await plain(self, sql, *args)

        return run

    for name in ("fetch", "fetchrow", "fetchval", "execute"):
        monkeypatch.setattr(Transaction, name, counted(name))
    counts = []
    for order in (small, large):
        seen.clear()
        await allocate(DESK, order.id)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8
    assert len(await goods.given(large.id)) == 60

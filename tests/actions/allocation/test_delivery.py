"""Capacity and promises, as allocation finds them in the database: what waits at a site comes before the next order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate, allocate_all
from backend.actions.inventory.set_dispatch import SetDispatch, set_dispatch
from backend.actions.rule_sets.create import RuleCommand, RuleSetCommand, create
from backend.models import db
from backend.models.fulfillment import AllocationDecision
from backend.models.orders import Order
from backend.queries.allocation import preview
from backend.rules.allocation_snapshot import replay
from backend.rules.dispatch import Area
from backend.rules.permissions import SYSTEM
from tests.actions import goods
from tests.actions.goods import MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")
COSTS = ("COSTS", None, {"shipment": "5.00", "shipmentKm": "0.01"})


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    await a_site("NEAR", {"A": 99}, daily_capacity=2)
    await a_site("MID", {"A": 99})


async def active(*given: tuple[str, str | None, dict[str, Any]]) -> None:
    await create(MANAGER, RuleSetCommand("mine", [RuleCommand(*it) for it in (COSTS, *given)], activate=True))


async def sites_of(orders: list[Order]) -> list[str]:
    return [site for order in orders for site, _, _ in await goods.given(order.id)]


@pytest.mark.parametrize("together", [True, False])
async def test_what_waits_at_a_site_makes_it_dearer(*, together: bool) -> None:
    """MID is 2.84 farther. Two a day leave NEAR: the third order would wait a day there, the fifth two."""
    await active(("DELAY", None, {"day": "2.00"}))
    orders = [await an_order(line("A", 1)) for _ in range(6)]
    if together:
        await allocate_all(SYSTEM, [order.id for order in orders])
    else:
        for order in orders:
            await allocate(SYSTEM, order.id)
    assert await sites_of(orders) == ["NEAR"] * 4 + ["MID"] * 2
    costs = [(await AllocationDecision.get(order_id=order.id)).explanation["parts"]["late"] for order in orders]
    assert costs == [0, 0, 200, 200, 0, 0]
    await goods.check_books()


async def test_a_rule_may_keep_to_the_capacity() -> None:
    await active(("EXCLUDE", "delivery.backlog > 0", {}))
    orders = [await an_order(line("A", 1)) for _ in range(3)]
    for order in orders:
        await allocate(SYSTEM, order.id)
    assert await sites_of(orders) == ["NEAR", "NEAR", "MID"]
    decision = await AllocationDecision.get(order_id=orders[2].id)
    [near] = [it for it in decision.in_full().record["sites"] if it["status"] == "EXCLUDED"]
    assert (near["delivery"]["backlog"], [it["code"] for it in near["reasons"]]) == (1, ["RULE:1"])
    assert decision.snapshot is not None
    assert [units for *_, units in replay(decision.snapshot)] == [1]


async def test_an_order_that_is_cancelled_makes_room() -> None:
    await active(("EXCLUDE", "delivery.backlog > 0", {}))
    orders = [await an_order(line("A", 1)) for _ in range(3)]
    for order in orders[:2]:
        await allocate(SYSTEM, order.id)
    full = await preview(MANAGER, orders[2].id, None)
    assert full.sentence.startswith("1 shipment from MID")
    await db.execute("UPDATE shipping_order SET state = 'CANCELLED' WHERE order_id = $1", orders[0].id)
    await allocate(SYSTEM, orders[2].id)
    assert await sites_of(orders[2:]) == ["NEAR"]


async def test_what_was_promised_costs_where_it_cannot_be_kept() -> None:
    """From NEAR it travels three days, from MID one; only the order that was promised for tomorrow minds."""
    for site, days in (("NEAR", 3), ("MID", 1)):
        await set_dispatch(MANAGER, SetDispatch(site, areas=[Area("US", transit_days=days)]))
    await active(("DELAY", None, {"lateDay": "2.00"}))
    now = await db.fetchval("SELECT now()")
    tomorrow = now + timedelta(days=1)
    orders = [await an_order(line("A", 1), promised_at=at) for at in (None, tomorrow, now + timedelta(days=3))]
    for order in orders:
        await allocate(SYSTEM, order.id)
    assert await sites_of(orders) == ["NEAR", "MID", "NEAR"]


async def test_a_site_that_takes_nothing_gives_nothing_whatever_the_rules() -> None:
    await db.execute("UPDATE inventory_site SET daily_capacity = 0 WHERE code = 'NEAR'")
    order = await an_order(line("A", 1))
    await allocate(SYSTEM, order.id)
    assert await sites_of([order]) == ["MID"]
    assert (await AllocationDecision.get(order_id=order.id)).in_full().excluded == [
        {"site_id": str(await db.fetchval("SELECT id FROM inventory_site WHERE code = 'NEAR'")), "reason": "CAPACITY"}
    ]

"""What nobody has begun to pick moves when something better comes; what is begun, chosen by hand or billed stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate, allocate_to
from backend.actions.allocation.reallocate import reallocate, reallocate_due
from backend.actions.fulfillment.approve import approve
from backend.actions.fulfillment.claim import claim
from backend.actions.orders.suspend import suspend
from backend.actions.rule_sets.create import RuleCommand, RuleSetCommand, create
from backend.models import db
from backend.models.fulfillment import AllocationDecision, ShippingOrder
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import OrderState
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, PICKER, a_site, an_order, line, receive

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    await a_site("NEAR", {"B": 1})
    await a_site("MID", {"A": 5})
    await rules()


async def rules(*more: tuple[str, str | None, dict[str, Any]]) -> None:
    """MID is 2.84 dearer than NEAR."""
    given = [
        ("COSTS", None, {"shipment": "5.00", "shipmentKm": "0.01"}),
        ("REALLOCATE", None, {"saving": "2.00"}),
        *more,
    ]
    await create(MANAGER, RuleSetCommand("mine", [RuleCommand(*it) for it in given], activate=True))


async def test_it_moves_to_where_stock_has_come() -> None:
    order = await an_order(line("A", 2))
    await allocate(SYSTEM, order.id)
    assert await goods.given(order.id) == [("MID", "A", 2)]
    assert not await reallocate(order.id)
    await receive("NEAR", "A", 2)
    assert await reallocate(order.id)
    assert await goods.given(order.id) == [("NEAR", "A", 2)]
    assert (await goods.level("MID", "A"), await goods.level("NEAR", "A")) == ((5, 0), (2, 2))
    assert (await Order.get(id=order.id)).state is OrderState.WAITING_FULFILLMENT
    states = [(it.position, it.state.value, it.closing_reason) for it in await goods.shipping_orders(order.id)]
    assert states == [(1, "CANCELLED", "REALLOCATED"), (2, "WAITING_APPROVAL", None)]
    decision = await AllocationDecision.filter(order_id=order.id).order_by("-at").first()
    assert decision is not None
    assert decision.sentence.startswith("Moved from MID: it saves 2.84 – 1 shipment from NEAR")
    told = await db.fetchrow("SELECT message, data FROM event WHERE kind = 'order.reallocated'")
    assert told is not None
    assert told["message"] == "Moved from MID to NEAR: it saves 2.84."
    await goods.check_books()
    assert not await reallocate(order.id)


async def test_two_shipments_become_one_and_units_that_wait_come_too() -> None:
    await a_site("FAR", {"C": 1})
    order = await an_order(line("A", 1), line("C", 1), line("D", 1))
    await allocate(SYSTEM, order.id)
    assert await goods.given(order.id) == [("MID", "A", 1), ("FAR", "C", 1)]
    for sku in "CD":
        await receive("MID", sku, 1)
    assert await reallocate(order.id)
    assert await goods.given(order.id) == [("MID", sku, 1) for sku in "ACD"]
    await goods.check_books()


async def moved(order: Order) -> bool:
    """Once it is cheaper to come from NEAR."""
    await receive("NEAR", "A", 5)
    before = await goods.everything()
    done = await reallocate(order.id)
    if not done:
        assert await goods.everything() == before
    await goods.check_books()
    return done


async def test_an_approved_one_moves_and_a_claimed_one_stays() -> None:
    approved, claimed = [await an_order(line("A", 1)) for _ in range(2)]
    for order in (approved, claimed):
        await allocate(SYSTEM, order.id)
        await approve(DESK, (await ShippingOrder.get(order_id=order.id)).id)
    await claim(PICKER, (await ShippingOrder.get(order_id=claimed.id)).id)
    assert not await moved(claimed)
    assert await moved(approved)


async def test_what_a_person_has_chosen_stays() -> None:
    order = await an_order(line("A", 1))
    await allocate_to(MANAGER, order.id, "MID", "The customer asked for it.")
    assert not await moved(order)


async def test_a_suspended_order_stays() -> None:
    order = await an_order(line("A", 1))
    await allocate(SYSTEM, order.id)
    await suspend(DESK, order.id, "wait")
    assert not await moved(order)


async def test_what_is_billed_stays() -> None:
    order = await an_order(line("A", 1))
    await allocate(SYSTEM, order.id)
    await db.execute(
        "INSERT INTO invoice (id, number, kind, order_id, shipping_order_id, issued_at, currency, shipping, total)"
        " SELECT gen_random_uuid(), 'I-1', 'INVOICE', order_id, id, now(), 'USD', 0, 1000 FROM shipping_order"
    )
    assert not await moved(order)


async def test_a_site_that_may_no_longer_give_it_is_left() -> None:
    order = await an_order(line("A", 1))
    await allocate(SYSTEM, order.id)
    await a_site("FAR", {"A": 1})
    await rules(("EXCLUDE", 'site.code == "MID"', {}))
    assert await reallocate(order.id)
    assert await goods.given(order.id) == [("FAR", "A", 1)]
    told = await db.fetchval("SELECT message FROM event WHERE kind = 'order.reallocated'")
    assert told == "Moved from MID to FAR: its rules have changed."


async def test_its_own_place_in_the_queue_counts() -> None:
    """Two a day leave MID. The order is the first there: those that came later make it no later."""
    await db.execute("UPDATE inventory_site SET daily_capacity = 2 WHERE code = 'MID'")
    await a_site("FAR", {"A": 9})
    await rules(("DELAY", None, {"day": "50.00"}))
    orders = [await an_order(line("A", 1)) for _ in range(2)]
    for order in orders:
        await allocate(SYSTEM, order.id)
    await rules(("DELAY", None, {"day": "0.00"}))
    for order in [await an_order(line("A", 1)) for _ in range(3)]:
        await allocate(SYSTEM, order.id)
    await rules(("DELAY", None, {"day": "50.00"}))
    assert [await reallocate(order.id) for order in orders] == [False, False]
    assert await reallocate_due() == 3
    await goods.check_books()


async def test_a_round_is_one_workers_and_only_with_such_a_rule() -> None:
    orders = [await an_order(line("A", 1)) for _ in range(3)]
    for order in orders:
        await allocate(SYSTEM, order.id)
    await receive("NEAR", "A", 2)
    found = await asyncio.gather(reallocate_due(), reallocate_due())
    assert sorted(found, key=str) == [2, None]
    assert await reallocate_due() is None
    await db.execute("UPDATE sweep_round SET began_at = began_at - interval '30 minutes'")
    assert await reallocate_due() == 0
    await create(MANAGER, RuleSetCommand("other", [RuleCommand("WHOLE_LINES")], activate=True))
    await db.execute("DELETE FROM sweep_round")
    assert await reallocate_due() is None
    assert await db.fetchval("SELECT count(*) FROM sweep_round") == 0


async def test_whoever_takes_the_stock_in_between_keeps_it() -> None:
    """Many orders, two units: moves and new orders at once leave the books right, and nobody without what he had."""
    waiting = [await an_order(line("A", 1)) for _ in range(5)]
    for order in waiting:
        await allocate(SYSTEM, order.id)
    fresh = [await an_order(line("A", 1)) for _ in range(3)]
    await receive("NEAR", "A", 2)
    await asyncio.gather(*(reallocate(order.id) for order in waiting), *(allocate(SYSTEM, it.id) for it in fresh))
    assert [sum(units for _, _, units in await goods.given(order.id)) for order in waiting] == [1] * 5
    assert await goods.level("NEAR", "A") == (2, 2)
    await goods.check_books()

"""What nobody does in time, too many refusals, and a decision by hand."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.actions.allocation.allocate import allocate, allocate_to
from backend.actions.fulfillment.approve import approve
from backend.actions.fulfillment.automatic import pick_all
from backend.actions.fulfillment.claim import claim
from backend.actions.fulfillment.ready import ready
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.fulfillment.time_out import time_out_unclaimed, time_out_uncollected
from backend.config import get_settings
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.fulfillment import AllocationDecision, ShippingOrder
from backend.models.orders import Order
from backend.rules.vocabulary import ShippingOrderState
from tests.actions import goods
from tests.actions.goods import DESK, PICKER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


async def days_pass(days: int, shipping_order_id: UUID) -> None:
    await db.execute(
        "UPDATE shipping_order SET state_since = state_since - make_interval(days => $2) WHERE id = $1",
        shipping_order_id,
        days,
    )


async def test_what_nobody_claims_goes_back_and_elsewhere() -> None:
    await a_site("NEAR", {"A": 5})
    await a_site("MID", {"A": 5})
    orders = [await an_order(line("A", 1)) for _ in range(2)]
    for order in orders:
        await allocate(DESK, order.id)
    late, claimed = [(await goods.shipping_orders(order.id))[0] for order in orders]
    for shipping_order in (late, claimed):
        await approve(DESK, shipping_order.id)
        await days_pass(2, shipping_order.id)
    await claim(PICKER, claimed.id)
    assert await time_out_unclaimed() == 1
    assert await time_out_unclaimed() == 0
    back = await ShippingOrder.get(id=late.id)
    assert (back.state, back.closing_reason) == (ShippingOrderState.REJECTED, "NOT_CLAIMED")
    await allocate(DESK, orders[0].id)
    assert await goods.given(orders[0].id) == [("MID", "A", 1)]
    assert await goods.given(orders[1].id) == [("NEAR", "A", 1)]
    await goods.check_books()


async def test_a_pick_up_that_nobody_collects_is_cancelled_back_to_stock() -> None:
    await a_site("NEAR", {"A": 5})
    order = await an_order(line("A", 2, site="NEAR"), line("A", 1))
    await allocate(DESK, order.id)
    waiting = await goods.to_pick(order.id)
    await pick_all(PICKER, waiting.id)
    await ready(PICKER, waiting.id)
    assert await time_out_uncollected() == 0
    await days_pass(15, waiting.id)
    assert await time_out_uncollected() == 1
    assert (await ShippingOrder.get(id=waiting.id)).state is ShippingOrderState.CANCELLED
    assert await goods.level("NEAR", "A") == (5, 1)
    row = await db.fetch("SELECT cancelled, allocated FROM order_line WHERE order_id = $1 ORDER BY position", order.id)
    assert [tuple(it) for it in row] == [(2, 0), (0, 1)]
    after = await Order.get(id=order.id)
    assert (after.total, after.captured) == (1000, 3000)
    assert (await goods.events(order.id))[-1] == "order.lines_cancelled"
    await goods.check_books()


async def test_after_too_many_sites_a_person_decides() -> None:
    attempts = get_settings().allocation_attempts
    for number in range(attempts + 1):
        await a_site(f"S{number}", {"A": 1})
    order = await an_order(line("A", 1))
    for number in range(attempts):
        assert not (await Order.get(id=order.id)).suspended
        await allocate(DESK, order.id)
        made = (await goods.shipping_orders(order.id))[-1]
        await approve(DESK, made.id)
        await reject(PICKER, RejectCommand(made.id, "too busy"))
        assert len(await goods.shipping_orders(order.id)) == number + 1
    assert (await Order.get(id=order.id)).suspended
    (alert,) = await db.fetch("SELECT kind, severity FROM alert WHERE order_id = $1", order.id)
    assert tuple(alert) == ("allocation.attempts", "CRITICAL")


async def test_by_hand_goes_where_somebody_says_and_keeps_why() -> None:
    await a_site("NEAR", {"A": 5, "B": 1})
    await a_site("MID", {"A": 5})
    order = await an_order(line("A", 1), line("B", 1))
    await allocate(DESK, order.id)
    (made,) = await goods.shipping_orders(order.id)
    await approve(DESK, made.id)
    await reject(PICKER, RejectCommand(made.id, "too busy"))
    decision = await AllocationDecision.get(id=await allocate_to(DESK, order.id, "NEAR", "They have time now."))
    assert await goods.given(order.id) == [("NEAR", "A", 1), ("NEAR", "B", 1)]
    assert decision.rule_set == "by hand v1"
    assert decision.sentence.startswith("By hand (desk@example.com): They have time now. – 1 shipment from NEAR for ")
    await goods.check_books()


@pytest.mark.parametrize(
    ("site", "reason", "code", "path"),
    [
        ("NOWHERE", "because", ErrorCode.NOT_FOUND, ("site",)),
        ("NEAR", " ", ErrorCode.INVALID, ("reason",)),
        ("EMPTY", "because", ErrorCode.INSUFFICIENT_STOCK, ("site",)),
    ],
)
async def test_by_hand_needs_a_site_and_a_reason(site: str, reason: str, code: ErrorCode, path: tuple[str]) -> None:
    await a_site("NEAR", {"A": 5})
    await a_site("EMPTY", {"B": 5})
    order = await an_order(line("A", 1))
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await allocate_to(DESK, order.id, site, reason)
    assert [(it.code, it.path) for it in refusal.value.problems] == [(code, path)]
    assert await goods.everything() == before

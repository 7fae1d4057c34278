"""Who sees to an order: one at a time, until they give it up, it ends, or it is taken over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from backend.actions.orders.cancel import cancel
from backend.actions.orders.claim import claim
from backend.actions.orders.note import note
from backend.actions.orders.release_claim import release_claim
from backend.actions.people.clean_up import clean_up
from backend.config import get_settings
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.log import Event
from backend.models.orders import Order, OrderClaim
from backend.rules.permissions import Actor
from backend.rules.vocabulary import OrderState, Role
from tests.actions.orders.conftest import DESK

Place = Callable[..., Awaitable[Order]]
OTHER = Actor("user:other", "other@example.com", frozenset({Role.CUSTOMER_SERVICE}))
LEAD = Actor("user:lead", "lead@example.com", frozenset({Role.MANAGER}))


async def refusal_of(action: Awaitable[object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        await action
    return refusal.value


async def happened(order: Order) -> list[tuple[str, str]]:
    events = await Event.filter(order_id=order.id, kind__in=["order.claimed", "order.released"]).order_by("sequence")
    return [(event.kind, event.message) for event in events]


async def ended(order: Order, ago: str) -> None:
    """Its claim was over this long ago."""
    sql = (
        "UPDATE order_claim SET at = now() - interval '2 days', until = now() - $2::text::interval WHERE order_id = $1"
    )
    assert await db.execute(sql, order.id, ago) == 1


async def test_a_claim_is_somebodys_until_it_is_given_up(place: Place) -> None:
    order = await place()
    await claim(DESK, order.id)
    held = await OrderClaim.get(order_id=order.id)
    assert (held.holder, held.by) == ("user:desk", "desk@example.com")
    assert held.until - held.at == timedelta(hours=get_settings().order_claim_hours)
    for action in (claim(OTHER, order.id), release_claim(OTHER, order.id), claim(LEAD, order.id)):
        refusal = await refusal_of(action)
        assert refusal.code is ErrorCode.CONFLICT
        assert str(refusal) == f"desk@example.com has claimed the order until {held.until:%Y-%m-%d %H:%M} UTC."
    assert (await OrderClaim.get(order_id=order.id)).holder == "user:desk"
    await release_claim(DESK, order.id)
    assert (await refusal_of(release_claim(DESK, order.id))).code is ErrorCode.INVALID_STATE
    await claim(OTHER, order.id)
    assert await happened(order) == [
        ("order.claimed", "Claimed."),
        ("order.released", "No longer claimed."),
        ("order.claimed", "Claimed."),
    ]


async def test_claiming_again_puts_the_end_off_and_tells_nobody(place: Place) -> None:
    order = await place()
    await claim(DESK, order.id)
    before, version = await OrderClaim.get(order_id=order.id), (await Order.get(id=order.id)).version
    await claim(DESK, order.id)
    after = await OrderClaim.get(order_id=order.id)
    assert (after.id, after.at) == (before.id, before.at)
    assert after.until > before.until
    assert (await Order.get(id=order.id)).version == version


async def test_those_who_lead_take_over(place: Place) -> None:
    order = await place()
    await claim(DESK, order.id)
    refusal = await refusal_of(claim(OTHER, order.id, take_over=True))
    assert (refusal.code, refusal.problems[0].path) == (ErrorCode.NOT_PERMITTED, ("take_over",))
    await claim(LEAD, order.id, take_over=True)
    assert (await OrderClaim.get(order_id=order.id)).by == "lead@example.com"
    assert (await refusal_of(release_claim(DESK, order.id))).code is ErrorCode.CONFLICT
    assert (await happened(order))[-1] == ("order.claimed", "Taken over from desk@example.com.")


async def test_a_claim_ends_by_itself(place: Place) -> None:
    order = await place()
    await claim(DESK, order.id)
    await ended(order, "1 second")
    assert (await refusal_of(release_claim(DESK, order.id))).code is ErrorCode.INVALID_STATE
    await claim(OTHER, order.id)
    assert (await OrderClaim.get(order_id=order.id)).by == "other@example.com"
    assert await happened(order) == [("order.claimed", "Claimed.")] * 2


async def test_what_is_long_over_is_forgotten(place: Place) -> None:
    over, recent, open_ = [await place() for _ in range(3)]
    for order in (over, recent, open_):
        await claim(DESK, order.id)
    await ended(over, "2 hours")
    await ended(recent, "1 second")
    await clean_up()
    assert {held.order_id for held in await OrderClaim.all()} == {recent.id, open_.id}


async def test_two_at_once_are_one(place: Place) -> None:
    order = await place()
    results = await asyncio.gather(claim(DESK, order.id), claim(OTHER, order.id), return_exceptions=True)
    refusals = [result for result in results if result is not None]
    assert [refusal.code for refusal in refusals if isinstance(refusal, Refused)] == [ErrorCode.CONFLICT]
    assert await happened(order) == [("order.claimed", "Claimed.")]


async def test_a_claim_forbids_nobody_anything(place: Place) -> None:
    order = await place()
    await claim(DESK, order.id)
    await note(OTHER, order.id, "called")
    await cancel(OTHER, order.id, "asked for")
    assert (await Order.get(id=order.id)).state is OrderState.CANCELLED

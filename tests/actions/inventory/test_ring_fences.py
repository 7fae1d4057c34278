"""Units kept for a channel: who sees and gets them, how they shrink and come back; nothing is promised twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.ring_fences import RingFence, SetRingFences, set_ring_fences
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.cancel import cancel
from backend.actions.reservations.create import ReservationCommand, ReservationLineCommand, create
from backend.actions.reservations.release import release, release_expired
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.channels import Channel
from backend.models.fulfillment import AllocationDecision
from backend.queries.availability import promises
from backend.queries.verify import verify
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import AllocationOutcome, ChannelKind, MovementReason, Role
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    await Channel.create(code="shop", name="Shop", kind=ChannelKind.STORE, currency="USD")


async def fence(quantity: int, channel: str = "web", sku: str = "A", site: str = "NEAR") -> None:
    await set_ring_fences(MANAGER, SetRingFences([RingFence(site, sku, quantity, channel)]))


async def fences(sku: str = "A") -> dict[str, int]:
    """By channel; they agree with the level, and all books do."""
    rows = await db.fetch(
        "SELECT c.code, f.quantity FROM ring_fence f JOIN channel c ON c.id = f.channel_id WHERE f.sku = $1", sku
    )
    await goods.check_books()
    found = {finding.name for finding in await verify() if finding.rows}
    assert {name for name in found if name.startswith("level.")} == set()
    return {row["code"]: row["quantity"] for row in rows}


async def reserve(channel: str, *lines: tuple[Any, ...], reference: str = "cart-1") -> UUID:
    given = [ReservationLineCommand(*each) for each in lines]
    return await create(DESK, ReservationCommand(reference, channel, given))


async def seen(channel: str | None, sku: str = "A", actor: Actor = DESK) -> int:
    (promise,) = await promises(actor, [sku], datetime.now(UTC), channel=channel)
    return promise.total


async def outcome_of(order_id: UUID) -> AllocationOutcome:
    decision = await AllocationDecision.get(id=await allocate(DESK, order_id))
    return decision.outcome


async def test_others_neither_see_nor_get_what_is_kept() -> None:
    await a_site("NEAR", {"A": 10}, safety_stock=1)
    await fence(6)
    assert [await seen(channel) for channel in ("web", "shop", None)] == [9, 3, 3]
    with pytest.raises(Refused) as refusal:
        await reserve("shop", ("A", 4))
    assert [(it.code, it.path) for it in refusal.value.problems] == [
        (ErrorCode.INSUFFICIENT_STOCK, ("lines", "0", "quantity"))
    ]
    order = await an_order(line("A", 4), channel="shop")
    decision = await AllocationDecision.get(id=await allocate(DESK, order.id))
    assert decision.outcome is AllocationOutcome.PARTIAL
    assert await goods.given(order.id) == [("NEAR", "A", 3)]
    assert (await fences(), await seen("web"), await seen("shop")) == ({"web": 6}, 6, 0)


async def test_the_channel_uses_its_own_first_and_what_it_has_used_is_gone() -> None:
    await a_site("NEAR", {"A": 10})
    await fence(4)
    order = await an_order(line("A", 3))
    assert await outcome_of(order.id) is AllocationOutcome.FULL
    assert (await fences(), await seen("shop")) == ({"web": 1}, 6)
    assert await outcome_of((await an_order(line("A", 3))).id) is AllocationOutcome.FULL
    assert (await fences(), await seen("shop"), await seen("web")) == ({"web": 0}, 4, 4)


async def test_what_comes_back_is_kept_again_what_was_everybodys_first() -> None:
    await a_site("NEAR", {"A": 10})
    await fence(2)
    order = await an_order(line("A", 3))
    await allocate(DESK, order.id)
    assert await fences() == {"web": 0}
    await cancel(DESK, order.id, "No more.")
    assert (await fences(), await seen("shop")) == ({"web": 2}, 8)

    lifted = await an_order(line("A", 3))
    await allocate(DESK, lifted.id)
    await fence(0)
    await cancel(DESK, lifted.id, "No more.")
    assert (await fences(), await seen("shop")) == ({}, 10)


async def test_a_site_that_rejects_keeps_its_fence() -> None:
    await a_site("NEAR", {"A": 4})
    await fence(3)
    order = await an_order(line("A", 2))
    await allocate(DESK, order.id)
    assert await fences() == {"web": 1}
    await reject(DESK, RejectCommand((await goods.to_pick(order.id)).id, "Too busy"))
    assert await fences() == {"web": 3}


async def test_reservations_take_from_the_fence_and_give_back_to_it() -> None:
    await a_site("NEAR", {"A": 5, "B": 1})
    await fence(3)
    held = await reserve("web", ("A", 2), ("A", 2), ("B", 1))
    rows = await db.fetch("SELECT sku, fenced FROM reservation_line ORDER BY position")
    assert [(row["sku"], row["fenced"]) for row in rows] == [("A", 2), ("A", 1), ("B", 0)]
    assert (await fences(), await seen("web"), await seen("shop")) == ({"web": 0}, 1, 1)
    await release(DESK, held)
    assert (await fences(), await seen("shop")) == ({"web": 3}, 2)
    await reserve("web", ("A", 4), reference="cart-2")
    await db.execute("UPDATE reservation SET expires_at = now()")
    assert await release_expired() == 1
    assert (await fences(), await seen("shop")) == ({"web": 3}, 2)


async def test_an_order_that_takes_less_than_was_reserved_for_it_gives_the_rest_back_to_the_fence() -> None:
    await a_site("NEAR", {"A": 5})
    await fence(3)
    held = await reserve("web", ("A", 4))
    order = await an_order(line("A", 2), reservation_id=held)
    assert await fences() == {"web": 0}
    await allocate(DESK, order.id)
    assert (await goods.given(order.id), await fences(), await seen("shop")) == ([("NEAR", "A", 2)], {"web": 1}, 2)
    assert await db.fetchval("SELECT fenced FROM shipping_order_line") == 2


async def test_the_decision_says_so() -> None:
    await a_site("NEAR", {"A": 2})
    await a_site("MID", {"A": 2})
    await fence(2)
    order = await an_order(line("A", 2), channel="shop")
    decision = await AllocationDecision.get(id=await allocate(DESK, order.id))
    full = decision.in_full()
    assert await goods.given(order.id) == [("MID", "A", 2)]
    assert [it["reason"] for it in full.excluded or ()] == ["RING_FENCED"]


async def test_a_backorder_waits_until_the_fence_is_lifted() -> None:
    await a_site("NEAR", {"A": 2})
    await fence(2)
    order = await an_order(line("A", 2), channel="shop")
    assert await outcome_of(order.id) is AllocationOutcome.BACKORDERED
    assert await allocate_backorders(SYSTEM, ["A"]) == 0
    await fence(0)
    event = await db.fetchrow("SELECT kind, data FROM event ORDER BY id DESC LIMIT 1")
    assert event is not None
    assert event["kind"] == "inventory.changed"
    assert await allocate_backorders(SYSTEM, ["A"]) == 1
    own = await an_order(line("A", 1))
    await allocate(DESK, own.id)
    await goods.receive("NEAR", "A", 1)
    await fence(1)
    assert await allocate_backorders(SYSTEM, ["A"]) == 1
    assert await fences() == {"web": 0}


async def test_what_is_lost_is_lost_to_the_newest_fence_first() -> None:
    await a_site("NEAR", {"A": 10})
    await fence(4)
    await fence(5, "shop")
    await set_counts(MANAGER, SetInventory([StockChange("NEAR", "A", 7)]))
    assert await fences() == {"web": 4, "shop": 3}
    await set_counts(MANAGER, SetInventory([StockChange("NEAR", "A", 2)]))
    assert await fences() == {"web": 2, "shop": 0}
    await set_counts(MANAGER, SetInventory([StockChange("NEAR", "A", 0)]))
    assert await fences() == {"web": 0, "shop": 0}


async def test_nobody_takes_away_by_hand_what_is_kept() -> None:
    await a_site("NEAR", {"A": 5})
    await fence(3)
    with pytest.raises(Refused, match="3 kept for channels"):
        await adjust(MANAGER, AdjustInventory(MovementReason.TRANSFER_OUT, [StockChange("NEAR", "A", -3)]))
    await adjust(MANAGER, AdjustInventory(MovementReason.TRANSFER_OUT, [StockChange("NEAR", "A", -2)]))
    assert (await fences(), await seen("web"), await seen("shop")) == ({"web": 3}, 3, 0)


async def test_it_is_told_once() -> None:
    site_id = await a_site("NEAR", {"A": 5})
    await fence(3)
    await fence(3)
    rows = await db.fetch("SELECT subject_id, message, data FROM event WHERE kind = 'inventory.ring_fenced'")
    assert [(row["subject_id"], row["message"]) for row in rows] == [(site_id, "NEAR: 3 × A kept for web.")]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ([RingFence("NEAR", "A", 6, "web")], ErrorCode.INSUFFICIENT_STOCK, ("fences", "0", "quantity")),
        (
            [RingFence("NEAR", "A", 3, "web"), RingFence("NEAR", "A", 3, "shop")],
            ErrorCode.INSUFFICIENT_STOCK,
            ("fences", "0", "quantity"),
        ),
        ([RingFence("NEAR", "A", -1, "web")], ErrorCode.INVALID, ("fences", "0", "quantity")),
        ([RingFence("NEAR", "A", 1, "none")], ErrorCode.NOT_FOUND, ("fences", "0", "channel")),
        ([RingFence("NONE", "A", 1, "web")], ErrorCode.NOT_FOUND, ("fences", "0", "site")),
        ([RingFence("NEAR", "A", 1, "web")] * 2, ErrorCode.DUPLICATE, ("fences", "1", "channel")),
        ([], ErrorCode.INVALID, ("fences",)),
    ],
)
async def test_refusals_change_nothing(given: list[RingFence], code: ErrorCode, path: tuple[str, ...]) -> None:
    await a_site("NEAR", {"A": 5})
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await set_ring_fences(MANAGER, SetRingFences(given))
    assert (refusal.value.problems[0].code, refusal.value.problems[0].path) == (code, path)
    assert await goods.everything() == before


async def test_channels_ask_for_themselves_alone() -> None:
    await a_site("NEAR", {"A": 5})
    await fence(2)
    shop = await Channel.get(code="shop")
    key = Actor("key:shop", "shop", frozenset({Role.CHANNEL}), channel_id=shop.id)
    assert (await seen(None, actor=key), await seen("shop", actor=key)) == (3, 3)
    for channel in ("web", "none"):
        with pytest.raises(Refused) as refusal:
            await seen(channel, actor=key)
        assert [(it.code, it.path) for it in refusal.value.problems] == [(ErrorCode.NOT_FOUND, ("channel",))]


async def test_many_of_two_channels_at_once_never_take_from_each_other() -> None:
    """Twelve checkouts of each want two of 30 units, of which 14 are kept for one: it gets at least these."""
    await a_site("NEAR", {"A": 30})
    await fence(14)

    got: Counter[str] = Counter()

    async def checkout(number: int, channel: str) -> None:
        with contextlib.suppress(Refused):
            await reserve(channel, ("A", 2), reference=f"{channel}-{number}")
            got[channel] += 2

    await asyncio.gather(*(checkout(number, channel) for number in range(12) for channel in ("shop", "web")))
    assert got.total() == 30
    assert got["web"] >= 14
    assert await fences() == {"web": 0}

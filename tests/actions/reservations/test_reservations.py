"""Reservations: all or nothing, expiry, an order that takes one over, and races for the last unit."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.orders.cancel import cancel
from backend.actions.reservations.create import ReservationCommand, ReservationLineCommand, create
from backend.actions.reservations.release import release, release_expired
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.channels import Channel
from backend.models.inventory import Reservation, ReservationLine
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import ChannelKind, Role
from tests.actions import goods
from tests.actions.goods import DESK, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()


async def reserve(*lines: tuple[Any, ...], reference: str = "cart-1", ttl: int = 900) -> UUID:
    given = [ReservationLineCommand(*each) for each in lines]
    return await create(DESK, ReservationCommand(reference, "web", given, ttl))


async def reserved(code: str, sku: str) -> int:
    return int(
        await db.fetchval(
            "SELECT l.reserved FROM inventory_level l JOIN inventory_site s ON s.id = l.site_id"
            " WHERE s.code = $1 AND l.sku = $2",
            code,
            sku,
        )
    )


async def expire(reservation_id: UUID) -> None:
    await db.execute("UPDATE reservation SET expires_at = now() WHERE id = $1", reservation_id)


async def test_units_are_held_at_one_site_if_there_is_one_that_has_all() -> None:
    await a_site("NEAR", {"A": 5}, rank=1)
    await a_site("MID", {"A": 5, "B": 5}, rank=2)
    made = await reserve(("A", 2), ("B", 1))
    assert (await reserved("NEAR", "A"), await reserved("MID", "A"), await reserved("MID", "B")) == (0, 2, 1)
    rows = await ReservationLine.filter(reservation_id=made).order_by("position")
    assert [(it.position, it.sku, it.quantity) for it in rows] == [(1, "A", 2), (2, "B", 1)]
    await goods.check_books()


async def test_else_over_sites_and_never_the_safety_stock() -> None:
    await a_site("NEAR", {"A": 3}, rank=1, safety_stock=1)
    await a_site("MID", {"A": 5}, rank=2)
    await reserve(("A", 6))
    assert (await reserved("NEAR", "A"), await reserved("MID", "A")) == (2, 4)
    await reserve(("A", 1, "MID"), reference="cart-2")
    assert await reserved("MID", "A") == 5


@pytest.mark.parametrize(
    ("lines", "code", "path"),
    [
        ([("A", 6)], ErrorCode.INSUFFICIENT_STOCK, ("lines", "0", "quantity")),
        ([("A", 1), ("B", 1)], ErrorCode.INSUFFICIENT_STOCK, ("lines", "1", "quantity")),
        ([("A", 3), ("A", 3)], ErrorCode.INSUFFICIENT_STOCK, ("lines", "1", "quantity")),
        ([("A", 1, "FAR")], ErrorCode.NOT_FOUND, ("lines", "0", "site")),
        ([("A", 0)], ErrorCode.INVALID, ("lines", "0", "quantity")),
        ([], ErrorCode.INVALID, ("lines",)),
    ],
)
async def test_all_or_nothing(lines: list[tuple[Any, ...]], code: ErrorCode, path: tuple[str, ...]) -> None:
    await a_site("NEAR", {"A": 5})
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await reserve(*lines)
    assert [(it.code, it.path) for it in refusal.value.problems] == [(code, path)]
    assert await goods.everything() == before


async def test_a_reference_is_open_once_and_a_channel_handles_its_own() -> None:
    await a_site("NEAR", {"A": 5})
    made = await reserve(("A", 1))
    other = await Channel.create(code="shop", name="Shop", kind=ChannelKind.STORE, currency="USD")
    stranger = Actor("api_key:x", "x", frozenset({Role.CHANNEL}), channel_id=other.id)
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await reserve(("A", 1))
    assert refusal.value.code is ErrorCode.DUPLICATE
    for attempt in (
        release(stranger, made),
        create(stranger, ReservationCommand("r", "web", [ReservationLineCommand("A", 1)])),
    ):
        with pytest.raises(Refused) as refusal:
            await attempt
        assert refusal.value.code is ErrorCode.NOT_FOUND
    assert await goods.everything() == before
    await release(DESK, made)
    await release(DESK, made)
    assert await reserved("NEAR", "A") == 0
    await reserve(("A", 1))
    await goods.check_books()


async def test_what_expires_goes_back_and_waiting_orders_are_told() -> None:
    await a_site("NEAR", {"A": 2})
    made = await reserve(("A", 2))
    order = await an_order(line("A", 1))
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 0, 1, 0, 0)]
    assert await release_expired() == 0
    await expire(made)
    assert await release_expired() == 1
    assert await release_expired() == 0
    assert await reserved("NEAR", "A") == 0
    jobs = [row["entrypoint"] for row in await db.fetch("SELECT entrypoint FROM pgqueuer")]
    assert "fill_backorders" in jobs
    await goods.check_books()


async def test_an_order_takes_it_over_and_gets_its_units_whoever_else_asks() -> None:
    await a_site("NEAR", {"A": 2, "B": 1})
    made = await reserve(("A", 2), ("B", 1))
    order = await an_order(line("A", 2), reservation_id=made)
    kept = await Reservation.get(id=made)
    assert kept.order_id == order.id
    assert kept.expires_at > datetime.now(UTC) + timedelta(hours=23)
    rival = await an_order(line("A", 1), line("B", 1))
    await allocate(DESK, rival.id)
    assert await goods.units(rival.id) == [("A", 0, 1, 0, 0), ("B", 0, 1, 0, 0)]
    with pytest.raises(Refused) as refusal:
        await release(DESK, made)
    assert refusal.value.code is ErrorCode.CONFLICT
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 2, 0, 0, 0)]
    assert (await reserved("NEAR", "A"), await reserved("NEAR", "B"), await goods.level("NEAR", "A")) == (0, 0, (2, 2))
    assert (await Reservation.get(id=made)).released_at is not None
    await goods.check_books()


async def test_units_held_below_a_raised_safety_stock_are_still_the_orders() -> None:
    await a_site("NEAR", {"A": 2})
    order = await an_order(line("A", 2), reservation_id=await reserve(("A", 2)))
    await db.execute("UPDATE inventory_level SET safety_stock = 2")
    await allocate(DESK, order.id)
    assert await goods.units(order.id) == [("A", 2, 0, 0, 0)]
    await goods.check_books()


async def test_a_reservation_that_is_over_makes_no_order() -> None:
    await a_site("NEAR", {"A": 2})
    made = await reserve(("A", 1))
    await expire(made)
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await an_order(line("A", 1), reservation_id=made)
    problem = refusal.value.problems[0]
    assert (problem.code, problem.path) == (ErrorCode.INVALID_STATE, ("reservation_id",))
    assert await goods.everything() == before
    assert await Order.all().count() == 0


async def test_a_cancelled_order_gives_its_reservation_back() -> None:
    await a_site("NEAR", {"A": 2})
    order = await an_order(line("A", 2), reservation_id=await reserve(("A", 2)))
    await cancel(DESK, order.id, "changed their mind")
    assert await release_expired() == 1
    assert await reserved("NEAR", "A") == 0
    await goods.check_books()


@pytest.mark.concurrency
async def test_many_checkouts_and_orders_for_the_same_units() -> None:
    await a_site("NEAR", {"A": 12, "B": 30})
    await a_site("MID", {"A": 8, "B": 30})
    orders = [await an_order(line("B", 1), line("A", 1)) for _ in range(15)]

    async def checkout(number: int) -> bool:
        with contextlib.suppress(Refused):
            await reserve(("A", 1), ("B", 1), reference=f"cart-{number}")
            return True
        return False

    got = await asyncio.gather(
        *(checkout(number) for number in range(15)), *(allocate(SYSTEM, order.id) for order in orders)
    )
    held = await db.fetchval("SELECT sum(reserved) FROM inventory_level WHERE sku = 'A'")
    given = await db.fetchval("SELECT sum(allocated) FROM inventory_level WHERE sku = 'A'")
    assert (held, held + given) == (sum(it is True for it in got), 20)
    await goods.check_books()

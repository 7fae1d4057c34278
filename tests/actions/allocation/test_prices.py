"""Scarcity prices on the database: learnt from its orders, tried beside decisions, charged, and switched off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.actions.allocation.allocate import allocate, allocate_all, allocate_to
from backend.actions.allocation.learn_prices import learn_prices
from backend.actions.allocation.prices import SetPrices, set_prices
from backend.errors import Refused
from backend.models import db
from backend.models.fulfillment import AllocationDecision
from backend.models.prices import PriceTable, ScarcityPrice
from backend.queries.allocation import preview, prices
from backend.rules.allocation_snapshot import replay
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import PriceMode
from tests.actions import goods
from tests.actions.goods import MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> dict[str, UUID]:
    """NEAR is what everybody would take A from; but B lies there alone, and who wants both would be split."""
    await goods.prepare()
    return {"NEAR": await a_site("NEAR", {"A": 3, "B": 9}), "MID": await a_site("MID", {"A": 9})}


async def _both() -> list[UUID]:
    """Orders of A alone, and of A with B, as they came in the past."""
    made = []
    for _ in range(3):
        made += [(await an_order(line("A", 1))).id, (await an_order(line("A", 1), line("B", 1))).id]
    return made


async def _learnt(mode: PriceMode) -> int:
    await set_prices(MANAGER, SetPrices(mode))
    version = await learn_prices()
    assert version is not None
    return version


async def _decision(order_id: UUID) -> AllocationDecision:
    return await AllocationDecision.filter(order_id=order_id).order_by("-id").first() or AllocationDecision()


async def test_what_is_scarce_at_a_site_is_kept_for_who_needs_it_there(world: dict[str, UUID]) -> None:
    orders = await _both()
    version = await _learnt(PriceMode.LIVE)
    [price] = await ScarcityPrice.filter(price_table_id=version)
    assert (price.site_id, price.sku) == (world["NEAR"], "A")
    tried = await preview(MANAGER, orders[0], None)
    assert (tried.price_version, tried.chosen[0]["site_id"]) == (version, str(world["MID"]))
    await allocate_all(SYSTEM, orders)
    given = [await goods.given(order_id) for order_id in orders]
    assert given == 3 * [[("MID", "A", 1)], [("NEAR", "A", 1), ("NEAR", "B", 1)]]
    decision = await _decision(orders[1])
    parts = decision.explanation["parts"]
    assert (decision.price_version, parts["scarcity"], decision.shadow) == (version, price.price, None)
    assert decision.cost == sum(parts.values()) - parts["scarcity"] - 2 * parts["credit"]
    assert f"is worth {price.price / 100:.2f} to later orders" in decision.in_full().sentence
    assert {(site, sku) for _, site, sku, _ in replay(decision.snapshot)} == {
        (world["NEAR"], "A"),
        (world["NEAR"], "B"),
    }
    await goods.check_books()


async def test_tried_beside_decisions_and_summed_up_by_day() -> None:
    orders = await _both()
    version = await _learnt(PriceMode.SHADOW)
    await allocate_all(SYSTEM, orders)
    assert await goods.given(orders[0]) == [("NEAR", "A", 1)]
    first = await _decision(orders[0])
    price = (await ScarcityPrice.get(price_table_id=version)).price
    assert (first.price_version, first.explanation["parts"]["scarcity"]) == (version, 0)
    assert first.shadow["differs"] is True
    assert first.shadow["kept"] == price > first.shadow["money"] > 0
    setting, [day] = await prices()
    assert (setting["mode"], setting["id"], setting["orders"], setting["prices"]) == ("SHADOW", version, 6, 1)
    every = [(await _decision(order_id)).shadow for order_id in orders]
    assert (day["decisions"], day["differing"]) == (6, sum(it["differs"] for it in every))
    assert (day["money"], day["kept"]) == (sum(it["money"] for it in every), sum(it["kept"] for it in every))


async def test_switched_off_with_the_next_decision_and_never_by_hand() -> None:
    orders = await _both()
    version = await _learnt(PriceMode.LIVE)
    await allocate_to(goods.DESK, orders[2], "NEAR", "the customer asks for it")
    assert (await _decision(orders[2])).price_version is None
    await set_prices(MANAGER, SetPrices(PriceMode.OFF))
    await allocate(SYSTEM, orders[0])
    decision = await _decision(orders[0])
    assert (decision.price_version, await goods.given(orders[0])) == (None, [("NEAR", "A", 1)])
    assert (await PriceTable.get()).id == version
    kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM event WHERE kind LIKE 'allocation_prices%'")]
    assert sorted(kinds) == [
        "allocation_prices.learnt",
        "allocation_prices.updated",
        "allocation_prices.updated",
    ]


@pytest.mark.parametrize(("minutes", "chosen"), [(30, "MID"), (121, "NEAR")])
async def test_old_prices_are_not_gone_by(minutes: int, chosen: str) -> None:
    orders = await _both()
    await _learnt(PriceMode.LIVE)
    await db.execute("UPDATE price_table SET made_at = now() - $1::interval", timedelta(minutes=minutes))
    await allocate(SYSTEM, orders[0])
    assert await goods.given(orders[0]) == [(chosen, "A", 1)]


async def test_learnt_when_it_is_time_and_by_one_worker() -> None:
    await _both()
    assert await learn_prices() is None, "they are off"
    first = await _learnt(PriceMode.SHADOW)
    assert await learn_prices() is None, "they are fresh"
    await db.execute("UPDATE price_table SET made_at = now() - interval '50 minutes'")
    await db.execute("UPDATE price_setting SET learning_since = now()")
    assert await learn_prices() is None, "another worker is at it"
    await db.execute("UPDATE price_setting SET learning_since = now() - interval '16 minutes'")
    assert (await learn_prices() or 0) > first
    for _ in range(3):
        await db.execute("UPDATE price_table SET made_at = now() - interval '50 minutes'")
        await learn_prices()
    tables = [table.id for table in await PriceTable.all().order_by("id")]
    kept = {price.price_table_id for price in await ScarcityPrice.all()}
    assert (len(tables), kept) == (5, set(tables[-3:]))


@pytest.mark.parametrize("given", [{"period_minutes": 4}, {"period_minutes": 10_081}, {"horizon_days": 0}])
async def test_times_out_of_range_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        await set_prices(MANAGER, SetPrices(PriceMode.LIVE, **given))
    assert [problem.path for problem in caught.value.problems] == [tuple(given)]
    assert await db.fetchval("SELECT count(*) FROM price_setting") == 0

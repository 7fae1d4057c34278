"""Sites: what is refused, and what follows from a change."""

from __future__ import annotations

from typing import Any

import pytest

from backend.actions.inventory.sites import create, update
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.inventory import InventoryLevel, InventorySite
from backend.rules.order_input import Address
from backend.rules.vocabulary import SiteCapability
from tests.actions import goods
from tests.actions.goods import MANAGER, a_site, site_command

pytestmark = pytest.mark.usefixtures("database")


def at(**changes: Any) -> Address:
    return Address(**{"line1": "1 Dock Rd", "city": "Reno", "country": "US"} | changes)


async def test_a_site_as_given() -> None:
    site_id = await create(MANAGER, site_command("NEAR", rank=5, daily_capacity=40, safety_stock=2))
    site = await InventorySite.get(id=site_id)
    assert (site.code, site.rank, site.daily_capacity, site.safety_stock, site.active) == ("NEAR", 5, 40, 2, True)
    assert (site.latitude, site.longitude) == goods.PLACES["NEAR"]
    assert site.capabilities == ["SHIP", "PICKUP", "RETURNS"]
    assert site.timezone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"timezone": "Mars/Olympus"}, ("timezone",)),
        ({"timezone": "../etc/passwd"}, ("timezone",)),
        ({"name": " "}, ("name",)),
        ({"safety_stock": -1}, ("safety_stock",)),
        ({"daily_capacity": -1}, ("daily_capacity",)),
        ({"address": at(country="XX")}, ("address", "country")),
        ({"address": at(postal_code="8950")}, ("address", "postal_code")),
        ({"address": at(latitude=91.0, longitude=0.0)}, ("address", "latitude")),
    ],
)
async def test_what_is_refused(changes: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        await create(MANAGER, site_command("NEAR", **changes))
    assert (refusal.value.code, refusal.value.problems[0].path) == (ErrorCode.INVALID, path)
    assert await InventorySite.all().count() == 0


@pytest.mark.parametrize(
    ("country", "postal_code"), [("US", "89501-1234"), ("CH", "8001"), ("GB", "sw1a 1aa"), ("AE", None), ("HK", "0")]
)
async def test_addresses_of_the_world(country: str, postal_code: str | None) -> None:
    await create(MANAGER, site_command("NEAR", address=at(country=country, postal_code=postal_code)))


async def test_a_code_is_taken_once() -> None:
    await a_site("NEAR")
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await create(MANAGER, site_command("NEAR", name="Another"))
    assert (refusal.value.code, refusal.value.problems[0].path) == (ErrorCode.DUPLICATE, ("code",))
    assert await goods.everything() == before


async def test_a_site_that_is_not_there_is_not_changed() -> None:
    with pytest.raises(Refused) as refusal:
        await update(MANAGER, site_command("NEAR"))
    assert refusal.value.code is ErrorCode.NOT_FOUND


async def test_levels_follow_the_safety_stock_but_for_those_with_their_own() -> None:
    site_id = await a_site("NEAR", {"A": 5, "B": 5}, safety_stock=2)
    await InventoryLevel.filter(sku="B").update(safety_stock=4)
    await update(MANAGER, site_command("NEAR", safety_stock=1))
    levels = await InventoryLevel.filter(site_id=site_id).order_by("sku")
    assert [(level.sku, level.safety_stock) for level in levels] == [("A", 1), ("B", 4)]
    kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM event ORDER BY id DESC LIMIT 2")]
    assert kinds == ["site.updated", "inventory.changed"]


async def test_changing_nothing_writes_nothing() -> None:
    await a_site("NEAR")
    before = await goods.everything()
    await update(MANAGER, site_command("NEAR"))
    assert await goods.everything() == before


async def test_a_site_that_opens_is_offered_to_waiting_orders() -> None:
    await a_site("NEAR", {"A": 5}, active=False, capabilities=[SiteCapability.PICKUP])
    for changes in ({"capabilities": [SiteCapability.PICKUP]}, {}):
        await update(MANAGER, site_command("NEAR", **changes))
    told = await db.fetch("SELECT data ->> 'skus' AS skus FROM event WHERE kind = 'inventory.changed' ORDER BY id")
    assert [row["skus"] for row in told] == ['["A"]', '["A"]', '["A"]']

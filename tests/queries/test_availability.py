"""What can be promised: by which sites, and when it leaves and arrives. 2 March 2026 is a Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.inventory.set_dispatch import SetDispatch, set_dispatch
from backend.errors import Refused
from backend.models import db
from backend.models.fulfillment import ShippingOrder
from backend.models.inventory import InventorySite
from backend.queries.availability import promises
from backend.rules.dispatch import Area, Destination
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import SiteCapability
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("database")

#: Noon in Reno.
NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
RENO = Destination("US", "US-NV", "89501")


def day(after: int) -> date:
    return date(2026, 3, 2) + timedelta(days=after)


async def _days(sku: str, now: datetime = NOW, there: Destination | None = RENO) -> dict[str, tuple[object, ...]]:
    """(units, leaves, arrives) by site."""
    (promise,) = await promises(SYSTEM, [sku], now, destination=there)
    return {site.code: (units, *days) for site, units, *days in promise.sites}


async def test_by_the_sites_that_ship_there_the_preferred_first() -> None:
    await a_site("NEAR", {"A": 5}, rank=2)
    await a_site("MID", {"A": 2, "B": 1}, rank=1)
    await a_site("FAR", {"A": 7}, capabilities=[SiteCapability.PICKUP])
    await set_dispatch(MANAGER, SetDispatch("NEAR", handling_days=1, areas=[Area("US", None, "895", 2), Area("CA")]))
    a, none, b = await promises(SYSTEM, ["A", "NONE", "B", "A"], NOW, destination=RENO)
    assert [(site.code, units) for site, units, *_ in a.sites] == [("MID", 2), ("NEAR", 5)]
    assert [(it.sku, it.total, it.known) for it in (a, none, b)] == [("A", 7, True), ("NONE", 0, False), ("B", 1, True)]
    assert [it.earliest for it in (a, none, b)] == [(day(0), day(3)), (None, None), (day(0), None)]
    assert await _days("A") == {"MID": (2, day(0), None), "NEAR": (5, day(1), day(3))}
    assert await _days("A", there=Destination("FR")) == {"MID": (2, day(0), None)}
    assert await _days("A", there=None) == {
        "FAR": (7, None, None), "MID": (2, day(0), None), "NEAR": (5, day(1), None),
    }  # fmt: skip


async def test_a_day_holds_as_many_shipping_orders_as_the_site_can_do() -> None:
    await goods.prepare()
    await a_site("NEAR", {"A": 9}, daily_capacity=2)
    assert await _days("A") == {"NEAR": (9, day(0), None)}
    for _ in range(2):
        await allocate(DESK, (await an_order(line("A", 1))).id)
    assert await _days("A") == {"NEAR": (7, day(1), None)}
    first = await ShippingOrder.all().order_by("id").first()
    assert first is not None
    await db.execute(
        "UPDATE shipping_order SET state = 'SHIPPED', fulfilled_at = $2 WHERE id = $1",
        first.id,
        NOW - timedelta(hours=11),
    )
    assert await _days("A") == {"NEAR": (7, day(1), None)}, "one has left today, one still waits"
    assert await _days("A", NOW + timedelta(days=1)) == {"NEAR": (7, day(1), None)}, "one still waits, one may leave"


async def test_a_destination_that_is_nowhere_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        await promises(SYSTEM, ["A"], NOW, destination=Destination("XX"))
    assert refusal.value.problems[0].path == ("destination", "country")


@pytest.mark.parametrize(
    "wrong", ["cut_off_minute = 1440", "working_days = '{}'", "working_days = '{FUNDAY}'", "handling_days = -1"]
)
async def test_the_database_holds_it_too(wrong: str) -> None:
    site_id = await a_site("NEAR")
    with pytest.raises(Exception, match=f"ck_inventory_site_{wrong.split(maxsplit=1)[0]}"):
        await db.execute(f"UPDATE inventory_site SET {wrong} WHERE id = $1", site_id)
    assert (await InventorySite.get(id=site_id)).working_days is None

"""How a site sends off: what is kept and refused, and what allocation makes of the areas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.inventory.set_dispatch import SetDispatch, set_dispatch
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.fulfillment import AllocationDecision
from backend.models.inventory import InventorySite
from backend.rules.dispatch import Area
from backend.rules.vocabulary import AllocationOutcome, Weekday
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("database")

OFFICE = [day for day in Weekday if day not in (Weekday.SATURDAY, Weekday.SUNDAY)]


async def _events() -> list[str]:
    rows = await db.fetch("SELECT kind FROM event WHERE kind IN ('site.updated', 'inventory.changed') ORDER BY id")
    return [row["kind"] for row in rows]


async def test_all_of_it_is_kept_and_taken_back() -> None:
    site_id = await a_site("NEAR")
    holidays = [date(2026, 12, 25), date(2026, 1, 1), date(2026, 1, 1)]
    given = SetDispatch("NEAR", "15:30", OFFICE[::-1], holidays, 2, [Area("US", "US-NV", "895", 1), Area("US")])
    assert await set_dispatch(MANAGER, given) == site_id
    site = await InventorySite.get(id=site_id)
    assert (site.cut_off_minute, site.working_days, site.handling_days) == (930, OFFICE, 2)
    assert site.closed_on == [date(2026, 1, 1), date(2026, 12, 25)]
    assert site.areas[0] == {"country": "US", "subdivision": "US-NV", "postal_code_prefix": "895", "transit_days": 1}
    told = ["site.updated", "inventory.changed"]
    assert await _events() == told
    await set_dispatch(MANAGER, given)
    assert await _events() == told

    await set_dispatch(MANAGER, SetDispatch("NEAR", working_days=list(Weekday), closed_on=[], areas=[]))
    site = await InventorySite.get(id=site_id)
    assert (site.cut_off_minute, site.working_days, site.closed_on, site.handling_days) == (None, None, None, 0)
    assert site.areas is None


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"site": " "}, ("site",)),
        ({"cut_off": "24:00"}, ("cut_off",)),
        ({"cut_off": "9:00"}, ("cut_off",)),
        ({"working_days": []}, ("working_days",)),
        ({"handling_days": -1}, ("handling_days",)),
        ({"handling_days": 61}, ("handling_days",)),
        ({"closed_on": [date(2026, 1, 1)] * 501}, ("closed_on",)),
        ({"areas": [Area("XX")]}, ("areas", "0", "country")),
        ({"areas": [Area("US"), Area("US", "Nevada")]}, ("areas", "1", "subdivision")),
        ({"areas": [Area("US", "CA-BC")]}, ("areas", "0", "subdivision")),
        ({"areas": [Area("US", None, "8" * 21)]}, ("areas", "0", "postal_code_prefix")),
        ({"areas": [Area("US", transit_days=-1)]}, ("areas", "0", "transit_days")),
    ],
)
async def test_what_is_refused(changes: dict[str, Any], path: tuple[str, ...]) -> None:
    await a_site("NEAR")
    with pytest.raises(Refused) as refusal:
        await set_dispatch(MANAGER, SetDispatch(**{"site": "NEAR", "cut_off": "08:00"} | changes))
    assert refusal.value.problems[0].path == path
    assert (await InventorySite.get(code="NEAR")).cut_off_minute is None


async def test_a_site_that_is_not_there() -> None:
    with pytest.raises(Refused) as refusal:
        await set_dispatch(MANAGER, SetDispatch("NONE"))
    assert (refusal.value.code, refusal.value.problems[0].path) == (ErrorCode.NOT_FOUND, ("site",))


async def test_an_order_is_given_to_sites_that_ship_there_alone_and_waits_for_one_that_will() -> None:
    await goods.prepare()
    near = await a_site("NEAR", {"A": 5})
    await a_site("MID", {"A": 1})
    await set_dispatch(MANAGER, SetDispatch("NEAR", areas=[Area("CA"), Area("US", None, "89502")]))
    order = await an_order(line("A", 3))
    decision = await AllocationDecision.get(id=await allocate(DESK, order.id))
    assert decision.outcome is AllocationOutcome.PARTIAL
    assert await goods.given(order.id) == [("MID", "A", 1)]
    assert {"site_id": str(near), "reason": "DESTINATION"} in (decision.in_full().excluded or [])

    await set_dispatch(MANAGER, SetDispatch("NEAR", areas=[Area("US", None, "89501")]))
    await allocate_backorders(DESK, ["A"])
    assert await goods.given(order.id) == [("MID", "A", 1), ("NEAR", "A", 2)]


async def test_who_collects_goes_there() -> None:
    await goods.prepare()
    await a_site("NEAR", {"A": 5})
    await set_dispatch(MANAGER, SetDispatch("NEAR", areas=[Area("CA")]))
    order = await an_order(line("A", 1, site="NEAR"))
    await allocate(DESK, order.id)
    assert await goods.given(order.id) == [("NEAR", "A", 1)]

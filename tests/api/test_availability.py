"""Availability over the API: who may set how a site sends off, and what a channel is told."""

from __future__ import annotations

import pytest

from backend.rules.vocabulary import Role, Weekday
from tests.api import world
from tests.api.conftest import Api

SET = """mutation($input: InventorySiteDispatchInput!) { inventorySiteDispatchSet(input: $input) {
  site { code dispatch { cutOff workingDays closedOn handlingDays
    areas { country subdivision postalCodePrefix transitDays } } } userErrors { code path } } }"""
ASK = """query($there: AddressInput) { availability(skus: ["TEA"], channel: "web", destination: $there) {
  sku total shipsOn deliversOn sites { available shipsOn deliversOn site { code } } } }"""
RENO = {"line1": "1 Main St", "city": "Reno", "country": "US", "subdivision": "US-NV", "postalCode": "89501"}


async def test_how_a_site_sends_off_is_set_and_told_to_channels(api: Api) -> None:
    await world.stock("TEA", quantity=7)
    area = {"country": "US", "subdivision": None, "postalCodePrefix": "895", "transitDays": 2}
    how = {"cutOff": "15:30", "workingDays": ["MONDAY"], "closedOn": ["2026-12-25"], "handlingDays": 1, "areas": [area]}
    done = (await api.do(SET, {"input": {"site": "S1"} | how}, role=Role.MANAGER))["inventorySiteDispatchSet"]
    assert done == {"site": {"code": "S1", "dispatch": how}, "userErrors": []}

    (told,) = (await api.do(ASK, {"there": RENO}, role=Role.CHANNEL))["availability"]
    (site,) = told["sites"]
    assert (told["total"], site["available"], site["site"]) == (7, 7, {"code": "S1"})
    assert told["shipsOn"] == site["shipsOn"] is not None
    assert told["deliversOn"] == site["deliversOn"] > site["shipsOn"]

    (elsewhere,) = (await api.do(ASK, {"there": RENO | {"postalCode": "10001"}}))["availability"]
    assert elsewhere == {"sku": "TEA", "total": 0, "shipsOn": None, "deliversOn": None, "sites": []}
    (anywhere,) = (await api.do(ASK))["availability"]
    assert (anywhere["total"], anywhere["deliversOn"]) == (7, None)


async def test_a_site_as_it_is_before_anybody_says_more(api: Api) -> None:
    dispatch = 'inventorySite(code: "S1") { dispatch { cutOff workingDays closedOn handlingDays areas { country } } }'
    assert (await api.do(f"{{ {dispatch} }}", role=Role.STORE_ASSOCIATE))["inventorySite"]["dispatch"] == {
        "cutOff": None, "workingDays": [day.value for day in Weekday], "closedOn": [], "handlingDays": 0, "areas": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "path"),
    [({"cutOff": "soon"}, ["cutOff"]), ({"areas": [{"country": "XX"}]}, ["areas", "0", "country"])],
)
async def test_what_is_refused_is_pointed_at(api: Api, given: dict[str, object], path: list[str]) -> None:
    done = (await api.do(SET, {"input": {"site": "S1"} | given}))["inventorySiteDispatchSet"]
    assert done == {"site": None, "userErrors": [{"code": "INVALID", "path": path}]}


async def test_a_destination_that_is_nowhere_is_refused(api: Api) -> None:
    answer = await api.ask(ASK, {"there": RENO | {"country": "XX"}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

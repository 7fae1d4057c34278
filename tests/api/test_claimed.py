"""Orders by who has claimed them, as whoever asks: with a search engine, too, which cannot know of it."""

from __future__ import annotations

from typing import Any

from backend.actions.orders.claim import claim
from backend.actions.people.authenticate import authenticate
from backend.models import db
from backend.models.orders import Order
from backend.rules.vocabulary import Role
from tests.api.conftest import Api
from tests.api.searching import ALL, FIND, both, find


async def _claim(api: Api, role: Role, name: str) -> None:
    actor = await authenticate(api_key=api.keys[role])
    assert actor is not None
    await claim(actor, (await Order.get(external_id=name)).id)


async def _found(api: Api, role: Role, **variables: Any) -> list[str]:
    found = (await api.do(FIND, variables, role=role))["orders"]
    assert (found["totalCount"], found["degraded"]) == (len(found["nodes"]), False)
    return [node["externalId"] for node in found["nodes"]]


@both
async def test_claims_are_a_criterion(api: Api, searched: dict[str, str]) -> None:
    await _claim(api, Role.ADMIN, "W-1")
    await _claim(api, Role.FINANCE, "W-2")
    await _claim(api, Role.ADMIN, "Y-3")
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"filter": {"claimedBy": "ME"}}, ["W-1", "Y-3"]),
        ({"filter": {"claimedBy": "ANYBODY"}}, ALL),
        ({"filter": {"claimedBy": "NOBODY"}}, []),
        ({"filter": {"not": {"claimedBy": "ME"}}}, ["W-2"]),
        ({"filter": {"claimedBy": "ME", "not": {"channel": ["tokyo"]}}}, ["W-1"]),
        ({"query": "claimed:me -channel:web"}, ["Y-3"]),
        ({"query": "cup claimed:me"}, ["W-1"]),
        ({"query": "cup -claimed:me"}, ["W-2"]),
        ({"query": "claimed:anybody", "filter": {"claimedBy": "ME"}}, ["W-1", "Y-3"]),
    ]
    for asked, names in cases:
        assert await find(api, **asked) == names, asked
    [tags] = (await api.do(FIND, {"query": "cup claimed:me", "facets": ["TAG"]}))["orders"]["facets"]
    assert tags == {"field": "TAG", "isCapped": False, "buckets": [{"value": "gift", "count": 1}]}

    # It is over when its time is, with no event that an index could hear of.
    await db.execute(
        "UPDATE order_claim SET at = now() - interval '1 day', until = now() - interval '1 second'"
        " WHERE order_id = (SELECT id FROM sales_order WHERE external_id = 'W-1')"
    )
    assert await find(api, query="claimed:me") == ["Y-3"]
    assert await find(api, query="cup claimed:nobody") == ["W-1"]
    assert await find(api, filter={"claimedBy": "ANYBODY"}) == ["W-2", "Y-3"]


async def test_everybody_asks_for_themselves_and_channels_are_not_told(api: Api, searched: dict[str, str]) -> None:
    await _claim(api, Role.FINANCE, "W-1")
    await _claim(api, Role.MANAGER, "W-2")
    for role, mine, anybodys, nobodys in (
        (Role.FINANCE, ["W-1"], ["W-1", "W-2"], ["Y-3"]),
        (Role.VIEWER, [], ["W-1", "W-2"], ["Y-3"]),
        (Role.STORE_ASSOCIATE, [], ["W-1"], []),
        (Role.CHANNEL, [], [], ["W-1", "W-2"]),
    ):
        for by, names in (("ME", mine), ("ANYBODY", anybodys), ("NOBODY", nobodys)):
            assert await _found(api, role, filter={"claimedBy": by}) == names, (role, by)
    assert await _found(api, Role.CHANNEL, query="-claimed:anybody") == ["W-1", "W-2"]

"""Every criterion of the order filter, free text, and facets: which orders they find."""

from __future__ import annotations

from typing import Any

import pytest

from backend.actions.orders.note import note
from backend.actions.orders.tags import tags
from backend.integrations.meilisearch import Meilisearch
from backend.models import db
from backend.models.orders import Order
from backend.queries import facets, order_engine, order_search
from backend.queries.verify import verify
from backend.reactions import search_rows
from backend.resolvers.commands import translate
from backend.resolvers.filters import order_filter
from backend.resolvers.schema import schema
from backend.rules.criteria import OrderCriteria, OrderSearch
from backend.rules.permissions import SYSTEM
from tests.api.conftest import Api, code_of
from tests.api.searching import ALL, FIND, PAGE, both, find, indexed
from tests.api.world import enter, stock, straight_through


@both
async def test_each_criterion_finds_its_orders(api: Api, searched: dict[str, str]) -> None:
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ALL),
        ({"number": searched["W-2"]}, ["W-2"]),
        ({"number": "1"}, []),
        ({"numbers": ["Y-3", f" {searched['W-1']} ", *map(str, range(998))]}, ["W-1", "Y-3"]),
        ({"numbers": []}, []),
        ({"not": {"numbers": ["Y-3"]}}, ["W-1", "W-2"]),
        ({"externalId": "Y-3"}, ["Y-3"]),
        ({"channel": ["tokyo"]}, ["Y-3"]),
        ({"channel": ["tokyo", "web"]}, ALL),
        ({"channel": []}, []),
        ({"state": ["CLOSED"]}, ["W-1"]),
        ({"paymentStatus": ["CAPTURED"]}, ["W-1"]),
        ({"fulfillmentStatus": ["FULFILLED"]}, ["W-1"]),
        ({"customerName": "ann"}, ["W-1"]),
        ({"customerName": "100%_"}, ["W-2"]),
        ({"customerName": "_"}, ["W-2"]),
        ({"email": "BO@example.COM"}, ["W-2"]),
        ({"phone": "46-40-12 34 56"}, ["W-2"]),
        ({"phone": "none"}, []),
        ({"postalCode": "21122"}, ["W-2"]),
        ({"city": "malmö"}, ["W-2"]),
        ({"country": ["SE", "NO"]}, ["W-2"]),
        ({"sku": ["TEA"]}, ["W-1", "Y-3"]),
        ({"site": ["S1"]}, ["W-1", "Y-3"]),
        ({"deliveryMethod": ["PICKUP"]}, ["Y-3"]),
        ({"trackingNumber": "TRACK-1"}, ["W-1"]),
        ({"placedAt": {"from": "2026-05-01T08:02:00Z"}}, ["W-2", "Y-3"]),
        ({"placedAt": {"to": "2026-05-01T10:02:00+02:00"}}, ["W-1"]),
        ({"updatedAt": {"to": "2026-05-01T00:00:00Z"}}, []),
        ({"promisedAt": {"from": "2020-01-01T00:00:00Z"}}, []),
        ({"total": {"min": "18.00"}}, ["W-1", "Y-3"]),
        ({"total": {"min": "18.01", "max": "5000"}}, ["Y-3"]),
        ({"total": {"max": "17.99"}}, ["W-2"]),
        ({"total": {}}, ALL),
        ({"shippingMethod": ["express"]}, ["W-2"]),
        ({"hasAlert": True}, ["W-2"]),
        ({"hasAlert": False, "sku": ["CUP"]}, ["W-1"]),
        ({"alertKind": ["order.odd"]}, ["W-2"]),
        ({"suspended": True}, ["W-2"]),
        ({"suspended": False}, ["W-1", "Y-3"]),
        ({"tag": ["vip", "gift"]}, ["W-1", "W-2"]),
        ({"not": {"country": ["SE"]}}, ["W-1", "Y-3"]),
        ({"not": {"country": ["SE"], "suspended": False}}, ALL),
        ({"not": {"not": {"country": ["SE"]}}}, ["W-2"]),
        ({"not": {}}, ALL),
        ({"sku": ["TEA"], "channel": ["web"]}, ["W-1"]),
    ]
    for criteria, names in cases:
        assert await find(api, filter=criteria) == names, criteria
        command = translate(order_filter(schema, criteria), OrderCriteria)
        answer = await order_engine.ask(SYSTEM, OrderSearch(criteria=(command,)), sort=["placed_at:asc"], limit=50)
        if answer is not None:
            rows = await Order.filter(id__in=answer.ids)
            external = {row.id: row.external_id for row in rows}
            assert [external[key] for key in answer.ids] == names, criteria


@both
async def test_free_text_finds_by_words(api: Api, searched: dict[str, str]) -> None:
    cases = {
        searched["W-1"]: ["W-1"],
        "w-": ["W-1", "W-2"],
        searched["W-2"][2:]: ["W-2"],
        searched["W-2"][1:-1]: ALL,
        "rack-1": ["W-1"],
        "green": ["Y-3"],
        '"1 main"': ["W-1"],
        "malm": ["W-2"],
        "vip": ["W-2"],
        '"at the door"': ["W-1"],
        "nn1@examp": ["W-1"],
        "ann lee": ["W-1"],
        "BO@": ["W-2"],
        "123456": ["W-2"],
        "cup": ["W-1", "W-2"],
        "ek cup": ["W-2"],
        "ek tea": [],
        "%": ["W-2"],
        "  ": ALL,
    }
    for text, names in cases.items():
        assert await find(api, query=text) == names, text
    assert await find(api, query="cup", filter={"suspended": True}) == ["W-2"]
    assert await find(api, query="cup -suspended:yes") == ["W-1"]
    assert await find(api, query="channel:web -tag:vip -city:Oslo total:>17.99") == ["W-1"]
    assert await find(api, query="total:<18", filter={"sku": ["CUP"]}) == ["W-2"]
    assert await find(api, query=f"numbers:{searched['W-1']},Y-3,nothing") == ["W-1", "Y-3"]
    assert code_of(await api.ask(FIND, {"query": "a b c d e f g h i"})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "x" * 201})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "\x01"})) == "BAD_USER_INPUT"
    (error,) = (await api.ask(FIND, {"query": "ann colour:red"}))["errors"]
    assert "colour:red (at character 5)" in error["message"]
    assert code_of(await api.ask(FIND, {"filter": {"numbers": ["1"] * 1001}})) == "BAD_USER_INPUT"


@both
async def test_facets_count_the_whole_result(api: Api, searched: dict[str, str]) -> None:
    fields = ["CHANNEL", "SITE", "DELIVERY_METHOD", "ALERT_KIND", "SUSPENDED", "TAG", "COUNTRY", "STATE"]
    found = (await api.do(FIND, {"facets": [*fields, "PAYMENT_STATUS", "FULFILLMENT_STATUS", "TAG"]}))["orders"]
    counted = {it["field"]: [(bucket["value"], bucket["count"]) for bucket in it["buckets"]] for it in found["facets"]}
    assert list(counted)[: len(fields)] == fields
    assert counted["CHANNEL"] == [("web", 2), ("tokyo", 1)]
    assert counted["SITE"] == [("S1", 2)]
    assert counted["DELIVERY_METHOD"] == [("SHIP", 2), ("PICKUP", 1)]
    assert ("order.odd", 1) in counted["ALERT_KIND"]
    assert counted["SUSPENDED"] == [("false", 2), ("true", 1)]
    assert counted["TAG"] == [("gift", 1), ("vip", 1)]
    assert counted["COUNTRY"] == [("SE", 1), ("US", 1)]
    assert ("CLOSED", 1) in counted["STATE"]
    narrowed = (await api.do(FIND, {"facets": ["CHANNEL"], "filter": {"suspended": True}}))["orders"]["facets"]
    assert narrowed == [{"field": "CHANNEL", "isCapped": False, "buckets": [{"value": "web", "count": 1}]}]


@pytest.mark.parametrize("engine", ["walking"], indirect=True)
@pytest.mark.parametrize("sortable", [0, 99])
@pytest.mark.parametrize("asked", [{"query": "tea"}, {"query": "tea channel:tokyo,web"}, {}])
async def test_of_more_than_are_counted_facets_are_of_the_newest(
    api: Api, searched: dict[str, str], asked: dict[str, Any], sortable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MAX_COUNT", 1)
    monkeypatch.setattr(facets, "MOST", 1)
    monkeypatch.setattr(order_search, "_SORTED", sortable)
    await tags(SYSTEM, (await Order.get(external_id="Y-3")).id, add=["newest"])
    [found] = (await api.do(FIND, {**asked, "facets": ["CHANNEL"]}))["orders"]["facets"]
    assert found == {"field": "CHANNEL", "isCapped": True, "buckets": [{"value": "tokyo", "count": 1}]}
    await indexed()
    assert found == (await api.do(FIND, {**asked, "facets": ["CHANNEL"]}))["orders"]["facets"][0]


async def test_the_facets_of_few_are_of_all(
    api: Api, searched: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "MAX_COUNT", 1)
    [found] = (await api.do(FIND, {"query": "tea", "facets": ["CHANNEL"]}))["orders"]["facets"]
    assert (found["isCapped"], len(found["buckets"])) == (False, 2)


@both
async def test_an_identifier_may_be_of_letters_alone(api: Api, engine: Meilisearch | None) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    await enter(1, external_id="WEBABCDEF")
    await enter(2)
    await indexed()
    for text in ("WEBABCDEF", "webabc", "tea webabcdef"):
        assert await find(api, query=text) == ["WEBABCDEF"]
    assert await find(api, query="webabcdfe") == []


@both
async def test_what_has_a_word_for_its_number_comes_first(api: Api, searched: dict[str, str]) -> None:
    newest = await Order.get(external_id="Y-3")
    await note(SYSTEM, newest.id, f"As {searched['W-1']}, and TRACK-1.")
    await indexed()
    for word in (searched["W-1"], "TRACK-1"):
        for sort, names in (("RELEVANCE", ["W-1", "Y-3"]), ("PLACED_AT_DESC", ["Y-3", "W-1"])):
            after, seen = None, []
            for _ in names:
                page = (await api.do(PAGE, {"query": word, "after": after, "sort": sort}))["orders"]
                seen += [node["externalId"] for node in page["nodes"]]
                after = page["pageInfo"]["endCursor"]
            assert (seen, page["pageInfo"]["hasNextPage"], page["totalCount"]) == (names, False, 2), (word, sort)


async def test_rows_follow_the_log(api: Api, searched: dict[str, str]) -> None:
    await search_rows.follow()
    held = await Order.get(external_id="W-2")
    await tags(SYSTEM, held.id, add=["brittle"], remove=["vip"])
    for _ in range(2):
        assert await find(api, query="brittle") == ["W-2"]
        assert await find(api, query="vip") == []
        await search_rows.follow()
    assert [finding.name for finding in await verify() if finding.rows] == []
    await db.execute("UPDATE order_search SET text = ''")
    assert await find(api, query="brittle") == []
    assert await search_rows.fill() == 3
    assert await find(api, query="brittle") == ["W-2"]


@pytest.mark.parametrize("engine", ["postgresql", "walking", "meilisearch"], indirect=True)
async def test_typos_are_forgiven_in_words_and_never_in_identifiers(api: Api, searched: dict[str, str]) -> None:
    assert await find(api, query="geren") == await find(api, query="gren tea") == ["Y-3"]
    assert await find(api, query="TRACK-2") == []
    assert await find(api, query=searched["W-1"] + "1") == []
    assert await find(api, query="ann1@exmaple.com") == []

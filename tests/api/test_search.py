"""Every criterion of the order filter, free text, and facets: which orders they find."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.orders.advance import advance
from backend.actions.orders.note import note
from backend.actions.orders.suspend import suspend
from backend.actions.orders.tags import tags
from backend.integrations import meilisearch
from backend.integrations.meilisearch import Meilisearch
from backend.models import db
from backend.models.fulfillment import Shipment
from backend.models.orders import Order
from backend.queries import order_engine, order_search
from backend.queries.order_documents import documents_after
from backend.queries.verify import verify
from backend.reactions import search_rows
from backend.reactions.index_orders import index_orders, reindex, repair_index
from backend.resolvers.commands import translate
from backend.resolvers.filters import order_filter
from backend.resolvers.schema import schema
from backend.rules.criteria import OrderCriteria, OrderSearch
from backend.rules.order_input import Address, CustomerCommand, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, DeliveryMethod, Role
from tests.api.conftest import Api, code_of
from tests.api.world import alert, enter, stock, straight_through

FIND = """query ($query: String, $filter: OrderFilter, $facets: [OrderFacet!]) {
  orders(query: $query, filter: $filter, facets: $facets, sort: PLACED_AT_ASC) {
    totalCount degraded nodes { externalId } facets { field buckets { value count } } } }"""


#: PostgreSQL with its search rows behind the log, with them made, and walking them as it does where many orders match.
POSTGRESQL = ("behind", "postgresql", "walking")
ENGINES = (*POSTGRESQL, "meilisearch")


@pytest.fixture
async def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meilisearch | None]:
    """The search engine of the test, asked from here on; None is PostgreSQL alone."""
    kind = getattr(request, "param", "postgresql")
    if kind in POSTGRESQL:
        if kind == "behind":
            monkeypatch.setattr(search_rows, "follow", _nothing)
        if kind == "walking":
            monkeypatch.setattr(order_search, "_MOST", 0)
        yield None
        return
    made = Meilisearch(request.getfixturevalue("search_server"))
    meilisearch.use(made)
    yield made
    meilisearch.use(None)


async def _nothing() -> None:
    pass


async def indexed() -> None:
    """What the worker does for searches."""
    await search_rows.follow()
    await index_orders()


both = pytest.mark.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
async def orders(api: Api, engine: Meilisearch | None) -> dict[str, str]:
    made = await enter_orders()
    await indexed()
    return made


async def enter_orders() -> dict[str, str]:
    """W-1 was shipped, W-2 is suspended and alerted, Y-3 is of another channel, in yen, and to be picked up."""
    await stock("TEA", "CUP")
    await straight_through()
    await channels.create(SYSTEM, ChannelCommand("tokyo", "Tokyo", ChannelKind.STORE, "JPY"))
    shipped = await enter(1)
    await advance(shipped.id)
    shipment = await Shipment.filter(order_id=shipped.id).first()
    assert shipment is not None
    shipment.tracking_number = "TRACK-1"
    await shipment.save(update_fields=["tracking_number"])
    held = await enter(
        2,
        skus=("CUP",),
        customer=CustomerCommand("Bo 100%_Ek", "C-2", "Bo@Example.com"),
        shipping_address=Address("2 Elm", "Malmö", "SE", name="Bo Ek", postal_code="211 22"),
        shipping_method="express",
        phone="+46 40 123456",
        tags=["vip"],
    )
    await note(SYSTEM, shipped.id, "Leave it at the door.")
    await suspend(SYSTEM, held.id, "Looks odd.")
    await alert(held.id)
    line = LineCommand(
        "TEA", 1, Decimal(5000), delivery_method=DeliveryMethod.PICKUP, pickup_site="S1", name="Green tea"
    )
    given: dict[str, Any] = {"customer": None, "shipping_address": None, "billing_address": None, "payments": []}
    pickup = await enter(3, channel="tokyo", currency="JPY", external_id="Y-3", lines=[line], tags=[], **given)
    return {"W-1": shipped.number, "W-2": held.number, "Y-3": pickup.number}


async def find(api: Api, **variables: Any) -> list[str]:
    found = (await api.do(FIND, variables))["orders"]
    assert not found["degraded"]
    names = [node["externalId"] for node in found["nodes"]]
    assert found["totalCount"] == len(names)
    return names


ALL = ["W-1", "W-2", "Y-3"]


@both
async def test_each_criterion_finds_its_orders(api: Api, orders: dict[str, str]) -> None:
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ALL),
        ({"number": orders["W-2"]}, ["W-2"]),
        ({"number": "1"}, []),
        ({"numbers": ["Y-3", f" {orders['W-1']} ", *map(str, range(998))]}, ["W-1", "Y-3"]),
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
async def test_free_text_finds_by_words(api: Api, orders: dict[str, str]) -> None:
    cases = {
        orders["W-1"]: ["W-1"],
        "w-": ["W-1", "W-2"],
        orders["W-2"][2:]: ["W-2"],
        orders["W-2"][1:-1]: ALL,
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
    assert await find(api, query=f"numbers:{orders['W-1']},Y-3,nothing") == ["W-1", "Y-3"]
    assert code_of(await api.ask(FIND, {"query": "a b c d e f g h i"})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "x" * 201})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "\x01"})) == "BAD_USER_INPUT"
    (error,) = (await api.ask(FIND, {"query": "ann colour:red"}))["errors"]
    assert "colour:red (at character 5)" in error["message"]
    assert code_of(await api.ask(FIND, {"filter": {"numbers": ["1"] * 1001}})) == "BAD_USER_INPUT"


@both
async def test_facets_count_the_whole_result(api: Api, orders: dict[str, str]) -> None:
    fields = ["CHANNEL", "SITE", "DELIVERY_METHOD", "ALERT_KIND", "SUSPENDED", "TAG", "COUNTRY", "STATE"]
    found = (await api.do(FIND, {"facets": [*fields, "PAYMENT_STATUS", "FULFILLMENT_STATUS", "TAG"]}))["orders"]
    facets = {it["field"]: [(bucket["value"], bucket["count"]) for bucket in it["buckets"]] for it in found["facets"]}
    assert list(facets)[: len(fields)] == fields
    assert facets["CHANNEL"] == [("web", 2), ("tokyo", 1)]
    assert facets["SITE"] == [("S1", 2)]
    assert facets["DELIVERY_METHOD"] == [("SHIP", 2), ("PICKUP", 1)]
    assert ("order.odd", 1) in facets["ALERT_KIND"]
    assert facets["SUSPENDED"] == [("false", 2), ("true", 1)]
    assert facets["TAG"] == [("gift", 1), ("vip", 1)]
    assert facets["COUNTRY"] == [("SE", 1), ("US", 1)]
    assert ("CLOSED", 1) in facets["STATE"]
    narrowed = (await api.do(FIND, {"facets": ["CHANNEL"], "filter": {"suspended": True}}))["orders"]["facets"]
    assert narrowed == [{"field": "CHANNEL", "buckets": [{"value": "web", "count": 1}]}]


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
async def test_what_has_a_word_for_its_number_comes_first(api: Api, orders: dict[str, str]) -> None:
    newest = await Order.get(external_id="Y-3")
    await note(SYSTEM, newest.id, f"As {orders['W-1']}, and TRACK-1.")
    await indexed()
    for word in (orders["W-1"], "TRACK-1"):
        for sort, names in (("RELEVANCE", ["W-1", "Y-3"]), ("PLACED_AT_DESC", ["Y-3", "W-1"])):
            after, seen = None, []
            for _ in names:
                page = (await api.do(PAGE, {"query": word, "after": after, "sort": sort}))["orders"]
                seen += [node["externalId"] for node in page["nodes"]]
                after = page["pageInfo"]["endCursor"]
            assert (seen, page["pageInfo"]["hasNextPage"], page["totalCount"]) == (names, False, 2), (word, sort)


async def test_rows_follow_the_log(api: Api, orders: dict[str, str]) -> None:
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


ENGINE = pytest.mark.parametrize("engine", ["meilisearch"], indirect=True)
PAGE = """query ($query: String, $after: String, $sort: OrderSort! = TOTAL_DESC) { orders(query: $query, first: 1,
  after: $after, sort: $sort) { degraded totalCount nodes { externalId } pageInfo { hasNextPage endCursor } } }"""


@pytest.mark.parametrize("engine", ["postgresql", "walking", "meilisearch"], indirect=True)
async def test_typos_are_forgiven_in_words_and_never_in_identifiers(api: Api, orders: dict[str, str]) -> None:
    assert await find(api, query="geren") == await find(api, query="gren tea") == ["Y-3"]
    assert await find(api, query="TRACK-2") == []
    assert await find(api, query=orders["W-1"] + "1") == []
    assert await find(api, query="ann1@exmaple.com") == []


@ENGINE
async def test_pages_go_on_through_the_whole_result(api: Api, orders: dict[str, str]) -> None:
    for sort, names in (("TOTAL_DESC", ["W-1", "W-2"]), ("PLACED_AT_ASC", ["W-1", "W-2"])):
        after, seen = None, []
        while True:
            page = (await api.do(PAGE, {"query": "cup", "after": after, "sort": sort}))["orders"]
            assert (page["degraded"], page["totalCount"]) == (False, 2)
            seen += [node["externalId"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == names


@ENGINE
async def test_nobody_finds_what_they_may_not_see(api: Api, orders: dict[str, str]) -> None:
    for role, names in ((Role.CHANNEL, ["W-1", "W-2"]), (Role.STORE_ASSOCIATE, ["W-1"])):
        for text in ("-", "cup", "ann", "green", "vip", '"at the door"'):
            everyone = await find(api, query=text)
            found = (await api.do(FIND, {"query": text, "facets": ["CHANNEL"]}, role=role))["orders"]
            assert [node["externalId"] for node in found["nodes"]] == [name for name in everyone if name in names]
            assert sum(bucket["count"] for bucket in found["facets"][0]["buckets"]) == len(found["nodes"])


@ENGINE
async def test_a_stale_index_shows_nothing_that_is_no_longer_so(
    api: Api, orders: dict[str, str], engine: Meilisearch
) -> None:
    held = await Order.get(external_id="W-2")
    await tags(SYSTEM, held.id, add=["late"], remove=["vip"])
    assert [node["externalId"] for node in (await api.do(FIND, {"query": "bo tag:vip"}))["orders"]["nodes"]] == []
    await index_orders()
    assert await find(api, query="bo tag:late") == ["W-2"]


@ENGINE
async def test_drift_is_put_right_and_an_index_is_filled_anew(
    api: Api, orders: dict[str, str], engine: Meilisearch
) -> None:
    assert await repair_index() == 0
    held = await Order.get(external_id="W-2")
    await engine.put([{"id": str(held.id), "version": 0}])
    assert await find(api, query="elm") == []
    assert await repair_index() == 1
    assert await find(api, query="elm") == ["W-2"]
    assert await reindex(engine) == 3
    assert await find(api, query="elm") == ["W-2"]


@ENGINE
async def test_an_index_is_filled_anew_while_orders_change_and_are_found(
    api: Api, orders: dict[str, str], engine: Meilisearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first order is in the new index already when it gets a tag, and loses one."""
    ids = [row["id"] for row in await db.fetch("SELECT id FROM sales_order ORDER BY id")]
    rounds: list[UUID] = []

    async def batches(after: UUID, limit: int) -> list[dict[str, Any]]:
        rounds.append(after)
        if after == ids[0]:
            await tags(SYSTEM, ids[0], add=["brittle"], remove=["gift"])
        elif rounds[:-1]:  # The old index answers, and knows of it.
            assert await find(api, query="brittle") == ["W-1"]
            assert await find(api, query="gift") == []
        return await documents_after(after, 1)

    monkeypatch.setattr("backend.reactions.index_orders.documents_after", batches)
    assert await reindex(engine) == 3
    assert rounds == [UUID(int=0), *ids]
    assert await find(api, query="brittle") == ["W-1"]
    assert await find(api, query="gift") == []
    assert await find(api, query="cup") == ["W-1", "W-2"]


async def answered(api: Api) -> bool:
    """Whether the search engine was what answered, of a query whose answer is the same either way."""
    found = (await api.do(FIND, {"query": "cup", "facets": ["STATE"]}))["orders"]
    assert [node["externalId"] for node in found["nodes"]] == ["W-1", "W-2"]
    return not found["degraded"]


@ENGINE
async def test_postgresql_answers_while_the_engine_is_away_and_it_comes_back_by_itself(
    api: Api, orders: dict[str, str], engine: Meilisearch
) -> None:
    now = [0.0]
    engine.clock = lambda: now[0]
    there, prefix = engine.url, engine.prefix
    assert await answered(api)
    engine.url = "http://127.0.0.1:9"
    assert not await answered(api)
    engine.url = there
    assert not await answered(api)  # left alone for a while
    now[0] += 6
    assert await answered(api)
    engine.prefix = "not_there_"
    assert not await answered(api)
    engine.prefix = prefix
    now[0] += 6
    assert await answered(api)


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b"<html>", b'{"hits": [{"id": 7}], "totalHits": 1}'])
async def test_garbage_is_no_answer(api: Api, answer: bytes) -> None:
    await enter_orders()
    async with await asyncio.start_server(partial(_say, answer), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        meilisearch.use(Meilisearch(f"http://127.0.0.1:{port}"))
        try:
            assert not await answered(api)
        finally:
            meilisearch.use(None)


async def _say(answer: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(answer)}\r\nconnection: close"
    writer.write(f"{head}\r\n\r\n".encode() + answer)
    await writer.drain()
    writer.close()


@ENGINE
async def test_two_do_not_index_at_once(api: Api, orders: dict[str, str], engine: Meilisearch) -> None:
    another = "UPDATE follower_position SET event_id = 1, updated_at = now() WHERE name = 'search.turn'"
    assert await db.execute(another) == 1
    await tags(SYSTEM, (await Order.get(external_id="W-2")).id, add=["late"])
    await index_orders()
    assert (await api.do(FIND, {"query": "late"}))["orders"]["nodes"] == []
    await db.execute("UPDATE follower_position SET updated_at = now() - interval '1 minute' WHERE name = 'search.turn'")
    await index_orders()
    assert await find(api, query="late") == ["W-2"]

"""The search engine beside PostgreSQL: pages, scope, drift, an index filled anew, and its absence."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest

from backend.actions.orders.tags import tags
from backend.integrations import meilisearch
from backend.integrations.meilisearch import Meilisearch
from backend.models import db
from backend.models.orders import Order
from backend.queries.order_documents import documents_after
from backend.reactions.index_orders import index_orders, reindex, repair_index
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from tests.api.conftest import Api
from tests.api.searching import ENGINE, FIND, PAGE, enter_orders, find
from tests.stack import until


@ENGINE
async def test_pages_go_on_through_the_whole_result(api: Api, searched: dict[str, str]) -> None:
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
async def test_nobody_finds_what_they_may_not_see(api: Api, searched: dict[str, str]) -> None:
    for role, names in ((Role.CHANNEL, ["W-1", "W-2"]), (Role.STORE_ASSOCIATE, ["W-1"])):
        for text in ("-", "cup", "ann", "green", "vip", '"at the door"'):
            everyone = await find(api, query=text)
            found = (await api.do(FIND, {"query": text, "facets": ["CHANNEL"]}, role=role))["orders"]
            assert [node["externalId"] for node in found["nodes"]] == [name for name in everyone if name in names]
            assert sum(bucket["count"] for bucket in found["facets"][0]["buckets"]) == len(found["nodes"])


@ENGINE
async def test_a_stale_index_shows_nothing_that_is_no_longer_so(
    api: Api, searched: dict[str, str], engine: Meilisearch
) -> None:
    held = await Order.get(external_id="W-2")
    await tags(SYSTEM, held.id, add=["late"], remove=["vip"])
    assert [node["externalId"] for node in (await api.do(FIND, {"query": "bo tag:vip"}))["orders"]["nodes"]] == []
    await index_orders()
    assert await find(api, query="bo tag:late") == ["W-2"]


@ENGINE
async def test_drift_is_put_right_and_an_index_is_filled_anew(
    api: Api, searched: dict[str, str], engine: Meilisearch
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
    api: Api, searched: dict[str, str], engine: Meilisearch, monkeypatch: pytest.MonkeyPatch
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
    assert rounds == [UUID(int=0), *ids[:-1]]
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
    api: Api, searched: dict[str, str], engine: Meilisearch
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
async def test_two_do_not_index_at_once(api: Api, searched: dict[str, str], engine: Meilisearch) -> None:
    another = "UPDATE follower_position SET event_id = 1, updated_at = now() WHERE name = 'search.turn'"
    assert await db.execute(another) == 1
    held = await Order.get(external_id="W-2")
    await tags(SYSTEM, held.id, add=["late"])
    changed = (await Order.get(id=held.id)).version
    await index_orders()
    assert await engine.versions([held.id]) != {held.id: changed}
    await db.execute("UPDATE follower_position SET updated_at = now() - interval '1 minute' WHERE name = 'search.turn'")
    await index_orders()
    assert await engine.versions([held.id]) == {held.id: changed}


@ENGINE
async def test_what_the_index_has_not_heard_of_is_found_and_what_has_gone_is_not(
    api: Api, searched: dict[str, str], engine: Meilisearch
) -> None:
    """Nothing is indexed meanwhile: PostgreSQL says what there is of the orders that the log tells more of."""
    held = await Order.get(external_id="W-1")
    await tags(SYSTEM, held.id, add=["brittle"], remove=["gift"])
    page = (await api.do(FIND, {"query": "brittle"}))["orders"]
    assert ([node["externalId"] for node in page["nodes"]], page["degraded"]) == (["W-1"], False)
    assert await find(api, query="gift") == []
    assert await find(api, query="cup") == ["W-1", "W-2"]
    assert await find(api, query="dooor") == ["W-1"]  # typos are forgiven as the index does
    assert (await engine.versions([held.id]))[held.id] < (await Order.get(id=held.id)).version


@ENGINE
async def test_an_index_that_is_gone_or_is_another_s_is_filled_anew(
    api: Api, searched: dict[str, str], engine: Meilisearch
) -> None:
    for harm in ("DELETE", "PATCH"):
        async with httpx.AsyncClient(base_url=engine.url) as http:
            where = "/indexes/crossdock_orders" + ("/settings" if harm == "PATCH" else "")
            done = await http.request(harm, where, json={"filterableAttributes": ["id"]})
            assert done.status_code == 202
        await until(partial(_is_not_made, engine), "the harm is done", 10)
        assert not await answered(api)
        engine.clock = partial(sum, [engine.clock(), 6])
        assert await repair_index() == 3
        assert await find(api, query="elm") == ["W-2"]
        assert await answered(api)


async def _is_not_made(engine: Meilisearch) -> bool:
    return not await engine.is_made()

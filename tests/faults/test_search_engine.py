"""The search engine stops, hangs, forgets everything and talks nonsense while orders come in and people search."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.integrations.meilisearch import EngineFailed, Meilisearch
from backend.models import db
from tests.search_engine.run import Engine
from tests.shop import ORDER_CREATE, Clients, open_shop, order_of
from tests.stack import Stack, at_rest, free_port, until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.alone]

#: Seconds of each fault, and of the time between them.
_EACH = 20.0 if os.environ.get("CROSSDOCK_TEST_FAULTS") == "long" else 1.5
_ORDERS = 30_000
_SEARCH = "query($query: String!) { orders(first: 5, query: $query) { degraded nodes { externalId } } }"


class Traffic:
    """Orders, each with a name of its own, and searches for one of the last of them by that name."""

    def __init__(self, url: str, key: str) -> None:
        self.clients = Clients([url], key)
        self.names = itertools.count()
        self.placed: list[tuple[str, str]] = []
        self.searches, self.degraded, self.slowest = 0, 0, 0.0
        self.over = asyncio.Event()

    async def order(self) -> None:
        while not self.over.is_set():
            number = next(self.names)
            name = "Zora" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")
            order = order_of(("A", 1), external_id=f"order-{number}")
            order["shippingAddress"] = {**order["shippingAddress"], "name": f"{name} Quist"}
            payload = await self.clients.do(ORDER_CREATE, order)  # without a key: it may not go wrong once
            assert payload["userErrors"] == []
            self.placed.append((order["externalId"], name))
            await asyncio.sleep(0.1)

    async def search(self) -> None:
        while not self.over.is_set():
            if self.placed:
                external_id, name = self.placed[-1]
                begun = time.monotonic()
                found = await self._ask(name)
                self.slowest = max(self.slowest, time.monotonic() - begun)
                assert external_id in [node["externalId"] for node in found["nodes"]], name
                self.searches += 1
                self.degraded += found["degraded"]
            await asyncio.sleep(0.03)

    async def _ask(self, text: str) -> Any:
        headers = {"authorization": f"Bearer {self.clients.key}"}
        body = {"query": _SEARCH, "variables": {"query": text}}
        response = await self.clients.http.post(f"{self.clients.urls[0]}/graphql", json=body, headers=headers)
        answer = response.json()
        assert (response.status_code, "errors" in answer) == (200, False), answer
        return answer["data"]["orders"]

    async def is_answered(self) -> bool:
        """By the engine."""
        return not (await self._ask(self.placed[-1][1]))["degraded"]


async def test_orders_come_in_and_every_search_is_answered(database: str, open_dir: Path) -> None:
    folder = open_dir / "search_engine"
    folder.mkdir()
    folder.chmod(0o755)
    key, port = await open_shop({"NORTH": {"A": _ORDERS}}), free_port()
    with Engine() as engine, Stack(database, folder, {"CROSSDOCK_MEILI_URL": engine.url}) as stack:
        await asyncio.to_thread(stack.serve, port)
        stack.worker()
        traffic = Traffic(f"http://127.0.0.1:{port}", key)
        async with asyncio.TaskGroup() as tasks:
            for work in (traffic.order, traffic.order, traffic.search, traffic.search):
                tasks.create_task(work())
            await until(lambda: _is_followed(traffic), "the engine answers", 30)
            await _torment(engine)
            traffic.over.set()
        assert not traffic.clients.faults
        assert traffic.degraded > 0
        await at_rest(120)
        begun = time.monotonic()
        await until(lambda: _is_whole(engine), "the index has every order as it is", 30)
        await until(traffic.is_answered, "the engine answers", 30)
        print(
            f"{len(traffic.placed)} orders, {traffic.searches} searches, {traffic.degraded} of them by PostgreSQL in"
            f" place of the engine, the slowest after {traffic.slowest:.2f} s; whole after"
            f" {time.monotonic() - begun:.1f} s."
        )


async def _is_followed(traffic: Traffic) -> bool:
    return bool(traffic.placed) and await traffic.is_answered()


async def _torment(engine: Engine) -> None:
    await asyncio.sleep(_EACH)
    await asyncio.to_thread(engine.hold)
    await asyncio.sleep(_EACH)
    engine.let_go()
    await asyncio.sleep(_EACH)
    engine.kill()
    await asyncio.sleep(_EACH)
    async with await asyncio.start_server(_talk_nonsense, "127.0.0.1", engine.port):
        await asyncio.sleep(_EACH)
    await asyncio.to_thread(engine.start)
    await asyncio.sleep(_EACH)
    engine.kill()
    engine.wipe()
    await asyncio.to_thread(engine.start)
    await asyncio.sleep(_EACH)


async def _talk_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = b'{"hits": 7, "status": ["enqueued"], "results": null}'
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close"
    writer.write(f"{head}\r\n\r\n".encode() + body)
    await writer.drain()
    writer.close()


async def _is_whole(engine: Engine) -> bool:
    rows = await db.fetch("SELECT id, version FROM sales_order")
    asked, known = Meilisearch(engine.url), dict[UUID, int]()
    try:
        for start in range(0, len(rows), 500):
            known |= await asked.versions([row["id"] for row in rows[start : start + 500]])
    except EngineFailed:
        return False
    return known == {row["id"]: row["version"] for row in rows}

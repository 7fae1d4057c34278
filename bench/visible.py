"""How soon a change is seen while orders come in: `python -m bench.visible [--rate 100] [--seconds 30] [--engine]`.

One server, one worker, and with `--engine` a Meilisearch, on a durable PostgreSQL of this machine, which all share its
cores with the clients. RATE orders a second come in over HTTP, evenly, and go as far as their workflow takes them.
Meanwhile, twice a second, an order of the last seconds is tagged and looked for by its tag until the search has it; the
event is waited for at an open feed; and one more order is suspended, until the dashboard's queue says so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import uvloop
import websockets

from backend.actions.orders.suspend import suspend
from backend.actions.orders.tags import tags
from backend.models import db
from backend.rules.permissions import SYSTEM
from backend.schema.common import split_id
from bench import databases, load
from bench.intake import CLIENTS, an_order, body_of
from bench.table import show
from tests.search_engine.run import meilisearch
from tests.shop import open_shop
from tests.stack import Stack, free_port

_SKUS = [f"SKU-{number:03}" for number in range(200)]
_SITES = ("NORTH", "SOUTH", "EAST", "WEST")
_FEEDS = {
    "event": "subscription { orderEvents { event { kind data } } }",
    "queue": "subscription { queues { name count } }",
}
_FIND = "query($query: String) { orders(query: $query, first: 50) { degraded nodes { id } } }"
_PROBES_A_SECOND = 2
#: A change that is not seen by then is counted as missed.
_PATIENCE = 30.0


@dataclass
class Seen:
    """Seconds from the commit of a change until it was seen, by where."""

    took: dict[str, list[float]] = field(default_factory=dict)
    missed: int = 0

    async def wait(self, where: str, committed: float, there: Callable[[], Awaitable[bool]], pause: float) -> None:
        while time.perf_counter() - committed < _PATIENCE:
            if await there():
                self.took.setdefault(where, []).append(time.perf_counter() - committed)
                return
            await asyncio.sleep(pause)
        self.missed += 1


class Watch:
    """An open dashboard and an open feed of all orders."""

    def __init__(self) -> None:
        self.tags: set[str] = set()
        self.suspended = 0

    async def read(self, port: int, key: str) -> None:
        protocols = [websockets.Subprotocol("graphql-transport-ws")]
        async with websockets.connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=protocols) as socket:
            start = {"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}
            await socket.send(json.dumps(start))
            await socket.recv()
            for feed, query in _FEEDS.items():
                await socket.send(json.dumps({"type": "subscribe", "id": feed, "payload": {"query": query}}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "next":
                    self._hear(message["id"], message["payload"]["data"])

    def _hear(self, feed: str, data: Any) -> None:
        if feed == "event":
            event = data["orderEvents"]["event"]
            if event["kind"] == "order.tags_changed":
                self.tags.update(event["data"]["to"])
        else:
            for queue in data["queues"]:
                if queue["name"] == "orders.suspended":
                    self.suspended = queue["count"]


async def _come_in(port: int, key: str, rate: int, seconds: float, made: list[Any]) -> list[float]:
    """Orders at an even pace, whatever the answers take; seconds of each answer."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CLIENTS)]
    free: asyncio.Queue[load.Connection] = asyncio.Queue()
    for reader, writer in opened:
        free.put_nowait(load.Connection(reader, writer))
    took: list[float] = []

    async def one(number: int) -> None:
        due = time.perf_counter()
        connection = await free.get()
        request = load.request(port, key, body_of(an_order(number, "visible")), f"visible-{number}")
        answer = json.loads(await connection.post(request))
        free.put_nowait(connection)
        made.append(split_id(answer["data"]["orderCreate"]["order"]["id"])[1])
        took.append(time.perf_counter() - due)

    tasks = [asyncio.create_task(one(number)) async for number in _pace(rate, seconds)]
    await asyncio.gather(*tasks)
    for _, writer in opened:
        writer.close()
    return took


async def _pace(rate: float, seconds: float) -> AsyncIterator[int]:
    started = time.perf_counter()
    for number in itertools.count():
        due = started + number / rate
        if due >= started + seconds:
            return
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        yield number


async def _probe(port: int, key: str, seconds: float, made: Sequence[Any], watch: Watch, seen: Seen) -> None:
    client = load.Connection(*await asyncio.open_connection("127.0.0.1", port))
    asking = asyncio.Lock()

    async def found(word: str) -> bool:
        body = json.dumps({"query": _FIND, "variables": {"query": f"tag:{word}"}}).encode()
        async with asking:
            answer = json.loads(await client.post(load.request(port, key, body)))
        assert not answer["data"]["orders"]["degraded"], "The search engine has not answered."
        return bool(answer["data"]["orders"]["nodes"])

    async def heard(word: str) -> bool:
        return word in watch.tags

    waits: list[asyncio.Task[None]] = []
    async for number in _pace(_PROBES_A_SECOND, seconds):
        if len(made) < 2:
            continue
        word = f"probe-{number}"
        await tags(SYSTEM, made[-1], add=[word])
        committed = time.perf_counter()
        waits.append(asyncio.create_task(seen.wait("a search", committed, lambda word=word: found(word), 0.02)))
        waits.append(asyncio.create_task(seen.wait("an open feed", committed, lambda word=word: heard(word), 0.002)))
        await suspend(SYSTEM, made[-2], "Probed.")
        wanted, committed = await db.fetchval("SELECT count(*) FROM sales_order WHERE suspended"), time.perf_counter()

        async def counted(wanted: int = wanted) -> bool:
            return watch.suspended >= wanted

        waits.append(asyncio.create_task(seen.wait("the dashboard's queue", committed, counted, 0.002)))
    await asyncio.gather(*waits)
    client.writer.close()


async def measure(rate: int, seconds: float, *, engine: bool) -> None:
    with contextlib.ExitStack() as held:
        kept = held.enter_context(databases.folder())
        url = held.enter_context(databases.server(kept))
        environment = {"CROSSDOCK_MEILI_URL": held.enter_context(meilisearch())} if engine else {}
        stack = held.enter_context(Stack(url, kept, environment))
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        try:
            await _measure(stack, rate, seconds, "Meilisearch" if engine else "PostgreSQL alone")
        finally:
            await db.disconnect()


async def _measure(stack: Stack, rate: int, seconds: float, who: str) -> None:
    key = await open_shop({site: dict.fromkeys(_SKUS, 1_000_000) for site in _SITES})
    if who == "Meilisearch":
        await asyncio.to_thread(stack.run, "reindex", timeout=300)
    port = free_port()
    server = await asyncio.to_thread(stack.serve, port)
    worker = stack.worker()
    watch, seen, made = Watch(), Seen(), list[Any]()
    reading = asyncio.create_task(watch.read(port, key))
    cpu, started = (server.cpu(), worker.cpu()), time.perf_counter()
    took, _ = await asyncio.gather(
        _come_in(port, key, rate, seconds, made), _probe(port, key, seconds, made, watch, seen)
    )
    passed = time.perf_counter() - started
    behind = await db.fetchval(
        "SELECT extract(epoch FROM now() - min(created)) FROM pgqueuer WHERE execute_after <= now()"
    )
    used = [(now.cpu() - before) / passed for now, before in zip((server, worker), cpu, strict=True)]
    reading.cancel()
    rows = [
        [where, len(times), *(round(part * 1_000) for part in _shares(times))]
        for where, times in [*sorted(seen.took.items()), ("the answer to an order", took)]
    ]
    print(f"{len(took) / passed:.0f} orders a second for {passed:.0f} s; {who} searches\n")
    print(show(["seen in", "changes", "p50, ms", "p95, ms", "p99, ms"], rows))
    print(
        f"\n{seen.missed} changes were not seen within {_PATIENCE:.0f} s. The server computed {used[0]:.2f} s a second,"
        f" the worker {used[1]:.2f}; its oldest job waited {timedelta(seconds=round(behind or 0))}."
    )


def _shares(took: Sequence[float]) -> list[float]:
    """p50, p95, p99."""
    cuts = statistics.quantiles(took, n=100)
    return [cuts[49], cuts[94], cuts[98]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--engine", action="store_true")
    given = parser.parse_args()
    uvloop.run(measure(given.rate, given.seconds, engine=given.engine))


if __name__ == "__main__":
    main()

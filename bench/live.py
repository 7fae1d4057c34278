"""Many who watch: `python -m bench.live [--sockets 1000] [--rate 20] [--seconds 30]`.

One server process, a worker, and as many connections as asked, each with what an open desk has: the queues, the alerts,
and the events of one order. RATE notes a second are written on orders that are watched, an alert is raised every other
second, and two orders a second come in. A message's time is from the change's transaction to the client.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import uvloop
import websockets

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.alerts.raise_ import raise_alert
from backend.actions.orders.create import create
from backend.actions.orders.note import note
from backend.actions.people import api_keys
from backend.actions.people.api_keys import ApiKeyCommand
from backend.commands.demo.orders import fresh
from backend.commands.demo.world import make_world
from backend.models import db
from backend.models.db import transaction
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity, Role
from backend.schema.common import encode_id
from bench import databases
from bench.table import show
from tests.stack import Process, Stack, free_port

_FEEDS = {
    "event": "subscription($order: ID) { orderEvents(orderId: $order) { event { at kind } } }",
    "alert": "subscription { alerts { alert { raisedAt kind } } }",
    "queue": "subscription { queues { name count } }",
}
_ORDERS = 60
_NEW_ORDERS_A_SECOND = 2
_SECONDS_AN_ALERT = 2.0
#: All messages that are under way have come.
_REST = 5.0


@dataclass
class Heard:
    """Seconds that the messages of each feed took, in the order in which they came."""

    took: dict[str, list[float]] = field(default_factory=lambda: {"event": [], "alert": []})
    queues: int = 0

    def message(self, feed: str, data: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        if feed == "queue":
            self.queues += 1
        else:
            at = data["orderEvents"]["event"]["at"] if feed == "event" else data["alerts"]["alert"]["raisedAt"]
            self.took[feed].append((now - datetime.fromisoformat(at)).total_seconds())


@dataclass
class Desk:
    socket: websockets.ClientConnection
    heard: Heard
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, key: str, order: str) -> None:
        await self.socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}))
        await self.socket.recv()
        for feed, query in _FEEDS.items():
            payload = {"query": query, "variables": {"order": order} if feed == "event" else {}}
            await self.socket.send(json.dumps({"type": "subscribe", "id": feed, "payload": payload}))

    async def read(self) -> None:
        async for text in self.socket:
            message = json.loads(text)
            if message["type"] == "next":
                self.heard.message(message["id"], message["payload"]["data"])
                self.ready.set()


async def _connect(port: int, **options: Any) -> websockets.ClientConnection:
    return await websockets.connect(
        f"ws://127.0.0.1:{port}/graphql", subprotocols=[websockets.Subprotocol("graphql-transport-ws")], **options
    )


async def _desks(port: int, key: str, orders: Sequence[UUID], sockets: int, heard: Heard) -> list[Desk]:
    """Opened one after the other; each has heard its first message."""
    made = []
    for place in range(sockets):
        desk = Desk(await _connect(port), heard)
        await desk.open(key, encode_id("Order", orders[place % len(orders)]))
        made.append(desk)
    return made


async def _change(orders: Sequence[UUID], rate: int, seconds: float) -> tuple[int, int]:
    """Notes and alerts that were made."""
    ends, notes, alerts = time.monotonic() + seconds, itertools.count(), itertools.count()
    chance = random.Random(7)

    async def every(pause: float, act: Any) -> None:
        due = time.monotonic()
        while due < ends:
            await act()
            due += pause
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def write() -> None:
        await note(SYSTEM, orders[next(notes) % len(orders)], "Somebody has called.")

    async def warn() -> None:
        key = f"bench.live:{next(alerts)}:{time.time_ns()}"
        async with transaction() as tx:
            await raise_alert(tx, SYSTEM, "order.odd", AlertSeverity.WARNING, "Odd.", key=key)

    async def enter() -> None:
        await create(SYSTEM, fresh(chance, f"LIVE-{time.time_ns()}", datetime.now(UTC)))

    await asyncio.gather(every(1 / rate, write), every(_SECONDS_AN_ALERT, warn), every(1 / _NEW_ORDERS_A_SECOND, enter))
    return next(notes), next(alerts)


async def measure(sockets: int, rate: int, seconds: float) -> None:
    with contextlib.ExitStack() as held:
        kept = held.enter_context(databases.folder())
        url = held.enter_context(databases.server(kept))
        stack = held.enter_context(Stack(url, kept))
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        try:
            await _measure(stack, sockets, rate, seconds)
        finally:
            await db.disconnect()


async def _measure(stack: Stack, sockets: int, rate: int, seconds: float) -> None:
    await make_world(2 * _ORDERS)
    watched = await db.fetch("SELECT id FROM sales_order WHERE closed_at IS NULL ORDER BY id LIMIT $1", _ORDERS)
    orders = [row["id"] for row in watched]
    key = (await api_keys.create(SYSTEM, ApiKeyCommand("bench", Role.ADMIN))).secret
    port = free_port()
    server = stack.serve(port)
    stack.worker()
    empty, heard = _memory(server), Heard()
    desks = await _desks(port, key, orders, sockets, heard)
    readers = [asyncio.create_task(desk.read()) for desk in desks]
    await asyncio.gather(*(desk.ready.wait() for desk in desks))
    full, cpu = _memory(server), server.cpu()
    for took in heard.took.values():
        took.clear()
    heard.queues = 0
    notes, alerts = await _change(orders, rate, seconds)
    cpu = (server.cpu() - cpu) / seconds
    await asyncio.sleep(_REST)
    lost = sum(reader.done() for reader in readers)
    expected = {"event": _expected(notes, sockets, len(orders)), "alert": alerts * sockets}
    rows: list[list[object]] = [
        [feed, expected[feed], len(took), *(round(part * 1000) for part in _shares(took))]
        for feed, took in heard.took.items()
    ]
    head = ["message", "changes × who watches", "came", "p50, ms", "p95, ms", "p99, ms"]
    print(f"{sockets:,} sockets, {len(_FEEDS)} feeds each; {rate} notes a second for {seconds:.0f} s\n")
    print(show(head, rows))
    print(
        f"\n{heard.queues / sockets / seconds:.2f} messages of queues a second and socket; {lost} sockets were lost.\n"
        f"The server computed {cpu:.2f} s a second; a socket takes {(full - empty) / sockets:,.0f} kB."
    )
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*(desk.socket.close() for desk in desks))


def _expected(notes: int, sockets: int, orders: int) -> int:
    """Messages of notes alone: an order's other events come on top."""
    return sum(len(range(place % orders, notes, orders)) for place in range(sockets))


def _shares(took: Sequence[float]) -> list[float]:
    """p50, p95, p99."""
    cuts = statistics.quantiles(took, n=100)
    return [cuts[49], cuts[94], cuts[98]]


def _memory(process: Process) -> int:
    """Resident, kB (Linux)."""
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    uvloop.run(measure(given.sockets, given.rate, given.seconds))


if __name__ == "__main__":
    main()

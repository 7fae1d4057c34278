"""Feeds over real sockets: whoever comes and goes, and a database that crashes, miss nothing and see nothing twice.

`CROSSDOCK_TEST_FAULTS=long`: 10,000 messages, more than 100 connections, three crashes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import websockets

from backend.actions.orders.note import note
from backend.integrations.postgres import EmbeddedPostgres
from backend.models import db
from backend.rules.permissions import SYSTEM
from tests.faults.crashing import crash
from tests.shop import ORDER_CREATE, Clients, open_shop, order_of
from tests.stack import Stack, free_port

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.alone]

LONG = os.environ.get("CROSSDOCK_TEST_FAULTS") == "long"
FEED = "subscription($after: String) { orderEvents(after: $after) { cursor event { sequence } } }"
ALL = "SELECT xid || '.' || id AS cursor FROM event WHERE order_id IS NOT NULL ORDER BY xid, id"
BEGINNING = "0.0"


async def test_nothing_is_missed_over_reconnects_and_a_crash_of_the_database(open_dir: Path) -> None:
    notes, connections, crashes, seconds = (10_000, 100, 3, 60.0) if LONG else (300, 10, 1, 4.0)
    patience = 900 if LONG else 90
    folder = open_dir / "feeds"
    folder.mkdir(mode=0o755)
    with EmbeddedPostgres(folder / "postgres") as postgres, Stack(postgres.start(), folder) as stack:
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(stack.database_url)
        try:
            key, port = await open_shop({"NORTH": {"A": 100}}), free_port()
            await asyncio.to_thread(stack.serve, port)
            order = await Clients([f"http://127.0.0.1:{port}"], key).do(ORDER_CREATE, order_of(("A", 1)), "one")
            order_id: UUID = await db.fetchval("SELECT id FROM sales_order")
            assert order["userErrors"] == []
            writing = asyncio.create_task(_write(order_id, notes, seconds))
            watching = asyncio.create_task(_watch(port, key, writing, notes // connections))
            await crash(postgres, crashes, seconds)
            seen, opened = await asyncio.wait_for(watching, patience)
            known = [row["cursor"] for row in await db.fetch(ALL)]
            assert len(known) > notes
            assert opened >= connections
            assert seen == known
        finally:
            await db.disconnect()


async def _write(order_id: UUID, notes: int, seconds: float) -> str:
    """The cursor of the last event. A note whose answer was lost is written again: what counts is what is there."""
    for number in range(notes):
        while True:
            try:
                await note(SYSTEM, order_id, f"Note {number}")
                break
            except Exception:  # noqa: BLE001 - the database is away
                await asyncio.sleep(0.1)
        await asyncio.sleep(seconds / notes / 2)
    return str([row["cursor"] for row in await db.fetch(ALL)][-1])


async def _watch(port: int, key: str, writing: asyncio.Task[str], most: int) -> tuple[list[str], int]:
    """The cursors that came, and how many connections it took; each hears at most so many messages."""
    seen: list[str] = []
    chance, opened = random.Random(3), 0
    while not (writing.done() and seen and seen[-1] == writing.result()):
        opened += 1
        with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
            await _listen(port, key, seen, chance.randint(1, most))
    return seen, opened


async def _listen(port: int, key: str, seen: list[str], most: int) -> None:
    """Until enough was heard, the feed ends, or nothing comes for a second."""
    protocols = [websockets.Subprotocol("graphql-transport-ws")]
    # What has come and is not wanted must not stand before the answer to our leaving.
    patient: Any = {"subprotocols": protocols, "max_queue": None, "close_timeout": 1}
    async with websockets.connect(f"ws://127.0.0.1:{port}/graphql", **patient) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}}))
        await socket.recv()
        payload = {"query": FEED, "variables": {"after": seen[-1] if seen else BEGINNING}}
        await socket.send(json.dumps({"type": "subscribe", "id": "feed", "payload": payload}))
        for _ in range(most):
            message: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 1))
            if message["type"] != "next" or "errors" in message["payload"]:
                return
            seen.append(message["payload"]["data"]["orderEvents"]["cursor"])

"""What asking for availability costs: `python -m bench.availability [SKUS SITES]`, 50 SKUs at 500 sites by default.

Every site holds every SKU, has a capacity, a cut-off and areas that it ships to. One client at a time, in turns in one
run: the statements alone, the query, and HTTP with the answer read, for what a basket needs (units, first days) and
with every site of every SKU. `process`: CPU milliseconds of this process, or of the server, for one answer.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import uvloop

from backend.models import db
from backend.queries import availability
from backend.rules.dispatch import Destination
from backend.rules.permissions import SYSTEM
from bench import databases, load
from bench.table import show
from tests.shop import open_shop
from tests.stack import Process, Stack, free_port

_ROUNDS = 150
_THERE = Destination("US", "US-NV", "89501")

_SITES = """
INSERT INTO inventory_site (id, code, name, kind, active, address, timezone, capabilities, rank, safety_stock,
                            daily_capacity, cut_off_minute, areas, created_at)
SELECT gen_random_uuid(), 'S' || n, 'Site ' || n, 'STORE', TRUE, '{}', 'America/Los_Angeles', '{SHIP,PICKUP}'::text[],
       100, 0, 50, 900, '[{"country": "US", "transit_days": 3}]', now()
  FROM generate_series(1, $1::int) n
"""
_LEVELS = """
INSERT INTO inventory_level (site_id, sku, on_hand)
SELECT s.id, 'SKU-' || n, 5 + n % 7 FROM generate_series(1, $1::int) n, inventory_site s WHERE s.kind = 'STORE'
"""
_ARGUMENTS = 'skus: $skus, destination: {line1: "-", city: "Reno", country: "US", subdivision: "US-NV"}'
_QUERIES = {
    "HTTP, units and first days": "sku total shipsOn deliversOn",
    "HTTP, with every site": "sku total sites { available shipsOn deliversOn site { code } }",
}


async def measure(skus: int, sites: int) -> list[list[object]]:
    wanted = [f"SKU-{number}" for number in range(1, skus + 1)]
    with databases.folder() as folder, databases.server(folder) as url, Stack(url, folder) as stack:
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        bare = await asyncpg.connect(url)
        try:
            key = await open_shop({"S0": {"OTHER": 1}})
            await db.execute(_SITES, sites)
            await db.execute(_LEVELS, 2 * skus)
            await db.execute("VACUUM ANALYZE")
            now = datetime.now(UTC)
            found = await availability.promises(SYSTEM, wanted, now, destination=_THERE)
            assert all(len(promise.sites) == sites for promise in found)
            keys = await bare.fetch("SELECT id FROM inventory_site ORDER BY rank, code")
            ids = [row["id"] for row in keys]
            rows = [
                await _timed("the statement alone", lambda: bare.fetch(availability.AVAILABLE, wanted, ids, None)),
                await _timed("the query", lambda: availability.promises(SYSTEM, wanted, now, destination=_THERE)),
            ]
            port = free_port()
            server = await asyncio.to_thread(stack.serve, port)
            for name, selected in _QUERIES.items():
                query = f"query ($skus: [String!]!) {{ availability({_ARGUMENTS}) {{ {selected} }} }}"
                body = json.dumps({"query": query, "variables": {"skus": wanted}}).encode()
                rows.append(await _over_http(name, server, port, load.request(port, key, body)))
            return rows
        finally:
            await bare.close()
            await db.disconnect()


async def _over_http(name: str, server: Process, port: int, request: bytes) -> list[object]:
    connection = load.Connection(*await asyncio.open_connection("127.0.0.1", port))

    async def ask() -> None:
        assert b'"data":{"availability":[{' in await connection.post(request)

    try:
        return await _timed(name, ask, server.cpu)
    finally:
        connection.writer.close()


async def _timed(
    name: str, ask: Callable[[], Awaitable[Any]], used: Callable[[], float] = time.process_time
) -> list[object]:
    """Median and p99 of the time that passed, and the mean of the CPU time."""
    took = []
    for _ in range(10):
        await ask()
    before = used()
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - started) * 1_000)
    spent = (used() - before) * 1_000 / _ROUNDS
    return [name, statistics.median(took), statistics.quantiles(took, n=100)[-1], spent]


def main(arguments: Sequence[str]) -> None:
    skus, sites = [int(word) for word in arguments] or (50, 500)
    rows = uvloop.run(measure(skus, sites))
    head = [f"{skus} SKUs at {sites} sites", "median, ms", "p99, ms", "process, ms"]
    sys.stdout.write(show(head, rows) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""How fast orders come in: `python -m bench.intake`.

One server process (uvloop) and 16 clients over HTTP, on a durable PostgreSQL of this machine: `orderCreate` with 4
lines, a customer, one card and an Idempotency-Key. Beside it the machine's limit in the same run; the statements that
an operation takes; the import; and the worker, from entry to where somebody can pick. CPU is shared by all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2 as httpx
import uvloop

from backend.actions.imports.loaders import Kind
from backend.app import create_app
from backend.config import Settings
from backend.models import db
from backend.observability import configure_logging
from bench import databases, load, raw
from bench.import_trial import rate_of
from bench.table import show
from tests.shop import ORDER_CREATE, open_shop, order_of
from tests.stack import Stack, free_port, until

CLIENTS = 16
FLOOR = 200
_ORDERS = 1_000
_ROUNDS = 3
_IMPORTED = 1_000
_PRODUCTS = 10_000
_SKUS = [f"SKU-{number:03}" for number in range(200)]
_EXPECTED = b'"userErrors":[]'


def an_order(number: int, name: str, lines: int = 4) -> dict[str, Any]:
    chosen = [(_SKUS[(number * 7 + place * 13) % len(_SKUS)], 1 + place % 2) for place in range(lines)]
    customer = {"externalId": f"C-{number % 500}", "name": "Ann Example", "email": f"ann.{number % 500}@example.com"}
    return order_of(*chosen, external_id=f"{name}-{number}") | {"customer": customer}


def body_of(order: dict[str, Any]) -> bytes:
    return json.dumps({"query": ORDER_CREATE, "variables": {"input": order}}).encode()


async def measure() -> None:
    with databases.folder() as folder, databases.server(folder) as url, Stack(url, folder) as stack:
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        key = await open_shop({site: dict.fromkeys(_SKUS, 1_000_000) for site in ("NORTH", "SOUTH", "EAST", "WEST")})
        speeds, limits, cost = await _intake(stack, url, key)
        await db.disconnect()
        statements = await _statements(url, key)
        rows = await asyncio.to_thread(_import, stack, folder)
        await db.connect(url)
        try:
            worker = await _worker(stack)
        finally:
            await db.disconnect()
    _tell(speeds, limits, cost, statements, rows, worker)


async def _intake(stack: Stack, url: str, key: str) -> tuple[list[float], list[float], float]:
    """Orders a second, of ours and of the limit, in turns; the server's CPU seconds an order. Round 0 warms up."""
    port = free_port()
    server = await asyncio.to_thread(stack.serve, port)
    speeds, limits, costs = [], [], []
    for turn in range(_ROUNDS + 1):
        name = f"round-{turn}"
        requests = [
            load.request(port, key, body_of(an_order(number, name)), f"{name}-{number}") for number in range(_ORDERS)
        ]
        before = server.cpu()
        speeds.append(await load.drive(port, requests, CLIENTS, _EXPECTED))
        costs.append((server.cpu() - before) / _ORDERS)
        limits.append(await _limit(url, name))
    assert await asyncio.to_thread(server.stop) == 0
    return speeds[1:], limits[1:], statistics.median(costs[1:])


async def _limit(url: str, name: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        order_id = await connection.fetchval("SELECT id FROM sales_order WHERE external_id = $1", f"{name}-7")
        rows = await raw.rows_of(connection, order_id)
        made = await raw.insert(url, rows, _ORDERS, CLIENTS, name)
        # The worker is measured on real orders alone.
        await connection.execute(
            "DELETE FROM pgqueuer WHERE convert_from(payload, 'UTF8')::jsonb ->> 'order_id' IN"
            " (SELECT id::text FROM sales_order WHERE number LIKE 'number-%')"
        )
        return made
    finally:
        await connection.close()


async def _statements(url: str, key: str) -> dict[int, float]:
    """SQL statements (BEGIN and COMMIT too) of one orderCreate, by its number of lines. Counted in this process."""
    heard: Counter[str] = Counter()

    async def listen(connection: asyncpg.Connection) -> None:
        connection.add_query_logger(lambda record: heard.update([record.query]))

    await db.connect(url, init=listen)
    found = {}
    try:
        settings = Settings(database_url=url, log_level="warning")
        configure_logging(settings)
        transport = httpx.ASGITransport(app=create_app(settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
            for lines in (4, 4, 40):
                heard.clear()
                for number in range(10):
                    name = f"counted-{lines}-{len(found)}-{number}"
                    headers = {"authorization": f"Bearer {key}", "idempotency-key": name}
                    body = body_of(an_order(number, name, lines))
                    answer = await http.post(
                        "/graphql", content=body, headers=headers | {"content-type": "application/json"}
                    )
                    assert _EXPECTED in answer.content, answer.text
                found[lines] = heard.total() / 10
    finally:
        await db.disconnect()
    return found


def _import(stack: Stack, folder: Path) -> dict[Kind, float]:
    """Rows a second, as the command says."""
    products = ({"sku": f"P-{number}", "name": f"Product {number}", "weightGrams": 100} for number in range(_PRODUCTS))
    counts = ({"site": "NORTH", "sku": f"P-{number}", "quantity": 5} for number in range(_PRODUCTS))
    orders = (an_order(number, "imported") for number in range(_IMPORTED))
    found = {}
    for kind, rows in ((Kind.PRODUCTS, products), (Kind.INVENTORY, counts), (Kind.ORDERS, orders)):
        path = folder / f"{kind}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        found[kind] = rate_of(stack.run("import", kind, str(path)))[1]
    return found


async def _worker(stack: Stack) -> tuple[float, float]:
    """Orders a second, from the first taken up until all wait to be picked; CPU seconds of the worker an order."""
    await db.execute(
        "DELETE FROM pgqueuer WHERE id NOT IN"
        " (SELECT id FROM pgqueuer WHERE entrypoint = 'advance_order' ORDER BY id LIMIT $1)",
        _ORDERS,
    )
    before = await db.fetchval("SELECT max(id) FROM event")
    worker = stack.worker()

    async def idle() -> bool:
        return not await db.fetchval("SELECT count(*) FROM pgqueuer WHERE execute_after < now() + interval '1 hour'")

    await until(idle, "all jobs are done", 280)
    cost = worker.cpu() / _ORDERS
    assert await asyncio.to_thread(worker.stop) == 0
    row = await db.fetchrow(
        "SELECT count(DISTINCT order_id) AS orders, max(at) - min(at) AS took FROM event WHERE id > $1", before
    )
    waiting = await db.fetchval("SELECT count(DISTINCT order_id) FROM shipping_order WHERE state = 'WAITING_PICK'")
    assert row is not None
    assert waiting == row["orders"] == _ORDERS, (waiting, row["orders"])
    return float(waiting / (row["took"] / timedelta(seconds=1))), cost


def _tell(
    speeds: Sequence[float],
    limits: Sequence[float],
    cost: float,
    statements: dict[int, float],
    rows: dict[Kind, float],
    worker: tuple[float, float],
) -> None:
    speed, limit = statistics.median(speeds), statistics.median(limits)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(speeds, limits, strict=True))
    table = [
        (
            "`orderCreate` over HTTP: 4 lines, customer, card, Idempotency-Key",
            speed,
            f"{ratio:.2f}",
            f"{cost * 1000:.1f}",
        ),
        ("the same rows inserted by asyncpg, one transaction an order", limit, "1.00", ""),
        ("orders imported from a file", rows[Kind.ORDERS], f"{rows[Kind.ORDERS] / limit:.2f}", ""),
        ("products imported", rows[Kind.PRODUCTS], "", ""),
        ("inventory counts imported", rows[Kind.INVENTORY], "", ""),
        ("orders from entry to waiting for a picker", worker[0], f"{worker[0] / limit:.2f}", f"{worker[1] * 1000:.1f}"),
    ]
    print(show((f"{CLIENTS} clients; one process", "a second", "of the limit", "its CPU, ms each"), table))
    counts = [(f"{lines} lines", count) for lines, count in statements.items()]
    print("\n" + show(("`orderCreate` with", "SQL statements"), counts))
    print(f"\nRounds, orders a second: {', '.join(f'{value:,.0f}' for value in speeds)}; {_machine()}.")
    print(f"The floor is {FLOOR}: {'reached' if speed >= FLOOR else 'NOT REACHED'}.")
    assert len(set(statements.values())) == 1, f"The statements grow with the order: {statements}"


def _machine() -> str:
    """What else the machine had to do tells how far the absolute figures can be trusted."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        started = time.monotonic()
        runner.run(measure())
    print(f"Took {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()

"""How fast allocations are committed: `python -m bench.commits`.

One process (uvloop) on a durable PostgreSQL of this machine: orders of 4 lines over 60 SKUs and 6 sites, and the same
where every order wants one SKU; in batches as the worker commits them, and one at a time. Beside them, in the same
round, the machine's limit: what an allocation writes, written by asyncpg in the same batches without deciding anything.
In the end the books are verified.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import uvloop

from backend.actions.allocation.allocate import BATCH, allocate, allocate_all
from backend.actions.orders.approve import approve
from backend.actions.orders.complete import complete
from backend.actions.orders.create import create
from backend.actions.rule_sets.install import install_rule_sets
from backend.models import db
from backend.models.base import uuid7
from backend.queries.verify import MOVING, verify
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import PaymentMethodKind
from bench import databases, raw
from bench.table import show
from tests.shop import open_shop

_SKUS, _LINES, _ROUNDS = 60, 4, 3
_ORDERS, _SINGLE = 1_000, 200
_CLIENTS = 2
#: An order without what the worker would take up, and what stands for a request.
_COPIED = {table: rows for table, rows in raw.OF_ORDER.items() if table not in ("pgqueuer", "idempotency_key")}
#: What an allocation leaves behind of its own.
_LEFT = {
    "allocation_decision": "order_id = $1",
    "shipping_order": "order_id = $1",
    "shipping_order_line": "order_id = $1",
    "event": "order_id = $1 AND kind IN ('order.allocated', 'shipping_order.created')",
    "pgqueuer": "convert_from(payload, 'UTF8')::jsonb ->> 'order_id' = $1::text",
}
_SITES = ("NORTH", "SOUTH", "EAST", "WEST", "CENTRE", "HARBOUR")

Chosen = Callable[[int, int], int]
#: By table.
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Speed:
    """Orders a second by round; seconds of each order where they go one at a time; CPU of this process an order."""

    rates: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def _uniform(number: int, place: int) -> int:
    return (number * 7 + place * 13) % _SKUS


def _hot(number: int, place: int) -> int:
    return _uniform(number, place) if place else 0


async def measure() -> None:
    with databases.folder() as folder, databases.server(folder) as url:
        await db.migrate(url)
        await db.connect(url)
        try:
            await open_shop({site: {f"P{sku:02}": 1_000_000 for sku in range(_SKUS)} for site in _SITES})
            await install_rule_sets()
            speeds: dict[str, Speed] = {}
            for turn in range(_ROUNDS + 1):
                for name, chosen in (("uniform", _uniform), ("one hot SKU", _hot)):
                    await _batches(url, chosen, speeds.setdefault(f"{name}, in batches of {BATCH}", Speed()))
                    await _one_by_one(url, chosen, speeds.setdefault(f"{name}, one at a time", Speed()))
                if turn == 0:
                    speeds.clear()  # It only warms up.
            broken = [finding.name for finding in await verify() if finding.rows and finding.name != MOVING]
        finally:
            await db.disconnect()
    _tell(speeds)
    assert not broken, f"The books do not agree: {broken}"


async def _batches(url: str, chosen: Chosen, speed: Speed) -> None:
    order_ids = await _waiting(url, _ORDERS, chosen)
    batches = [order_ids[start : start + BATCH] for start in range(0, len(order_ids), BATCH)]

    async def commit(batch: Sequence[UUID]) -> None:
        results = await allocate_all(SYSTEM, batch)
        assert all(isinstance(result, UUID) for result in results.values()), results

    cpu = time.process_time()
    speed.rates.append(len(order_ids) / await _drive(batches, commit))
    speed.cpu.append((time.process_time() - cpu) / len(order_ids))
    left = await _left(url, order_ids[0])
    speed.limits.append(await _limit(url, left, await _waiting(url, _ORDERS, chosen)))


async def _one_by_one(url: str, chosen: Chosen, speed: Speed) -> None:
    order_ids = await _waiting(url, _SINGLE, chosen)

    async def commit(order_id: UUID) -> None:
        started = time.perf_counter()
        await allocate(SYSTEM, order_id)
        speed.took.append(time.perf_counter() - started)

    cpu = time.process_time()
    speed.rates.append(len(order_ids) / await _drive(order_ids, commit, clients=1))
    speed.cpu.append((time.process_time() - cpu) / len(order_ids))


async def _drive(work: Sequence[Any], commit: Callable[[Any], Awaitable[None]], clients: int = _CLIENTS) -> float:
    """Seconds until all is done."""
    waiting = iter(work)

    async def client() -> None:
        for one in waiting:
            await commit(one)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return time.perf_counter() - started


async def _waiting(url: str, count: int, chosen: Chosen) -> list[UUID]:
    """Orders that wait for allocation: one that came in as all do, and copies of it that want other SKUs."""
    lines = [LineCommand(f"LINE-{place}", 1, Decimal(10)) for place in range(_LINES)]
    paid = PaymentCommand("manual", PaymentMethodKind.CASH, Decimal(10 * _LINES))
    reno = Address(line1="1 Main St", city="Reno", country="US", latitude=39.53, longitude=-119.81)
    name = secrets.token_hex(6)
    command = CreateOrder("web", "USD", lines, external_id=name, email="a@b.cc", shipping_address=reno, payments=[paid])
    made = await create(SYSTEM, command)
    await complete(SYSTEM, made.order_id)
    await approve(SYSTEM, made.order_id)
    connection = await asyncpg.connect(url)
    try:
        rows = await raw.rows_of(connection, made.order_id, _COPIED)
        copies = raw.Copies(rows, name)
        statement = raw.statement(rows)
        async with connection.transaction():
            for number in range(count):
                text = copies.next()
                for place in range(_LINES):
                    text = text.replace(f'"LINE-{place}"', f'"P{chosen(number, place):02}"')
                await connection.execute(statement, text)
        found = await connection.fetch(
            "SELECT id FROM sales_order WHERE number LIKE $1 ORDER BY id", f"number-{name}-%"
        )
        await connection.execute("TRUNCATE pgqueuer")
        await connection.execute("VACUUM ANALYZE sales_order, order_line, inventory_level")
        return [row["id"] for row in found]
    finally:
        await connection.close()


_UPDATES = """
, stock AS (
    UPDATE inventory_level l SET allocated = l.allocated + w.units
      FROM unnest($2::uuid[], $3::text[], $4::int[]) AS w(site_id, sku, units)
     WHERE l.site_id = w.site_id AND l.sku = w.sku
), line AS (
    UPDATE order_line SET allocated = quantity WHERE order_id = ANY($5)
)
UPDATE sales_order SET state = 'WAITING_FULFILLMENT', fulfillment_status = 'ALLOCATED', state_since = now(),
       version = version + 1, event_sequence = event_sequence + 2, updated_at = now() WHERE id = ANY($5)
"""


async def _left(url: str, order_id: UUID) -> Rows:
    connection = await asyncpg.connect(url)
    try:
        return await raw.rows_of(connection, order_id, _LEFT)
    finally:
        await connection.close()


async def _limit(url: str, rows: Rows, waiting: Sequence[UUID]) -> float:
    """Orders a second: what one of them left behind, written for those that wait."""
    connections = [await asyncpg.connect(url) for _ in range(_CLIENTS)]
    free = connections.copy()
    text = raw.statement(rows).removesuffix(" SELECT 1") + _UPDATES
    found = await connections[0].fetch(
        "SELECT l.id, l.order_id, l.sku, o.number FROM order_line l JOIN sales_order o ON o.id = l.order_id"
        " WHERE l.order_id = ANY($1) ORDER BY l.order_id, l.position",
        waiting,
    )
    batches = [_prepared(rows, found[start : start + BATCH * _LINES]) for start in range(0, len(found), BATCH * _LINES)]

    async def commit(values: Sequence[Any]) -> None:
        connection = free.pop()
        async with connection.transaction():
            await connection.execute(text, *values)
        free.append(connection)

    seconds = await _drive(batches, commit)
    for connection in connections:
        await connection.close()
    return len(waiting) / seconds


def _prepared(rows: Rows, lines: Sequence[asyncpg.Record]) -> tuple[Any, ...]:
    """The parameters of a batch: `rows` again for each of its orders. Keys in order, so that nobody deadlocks."""
    made: dict[str, list[dict[str, Any]]] = {table: [] for table in rows}
    (decision,), (shipping_order,) = rows["allocation_decision"], rows["shipping_order"]
    for start in range(0, len(lines), _LINES):
        order_id, its_id, decision_id = lines[start]["order_id"], uuid7(), uuid7()
        subject = {"Order": order_id, "ShippingOrder": its_id}
        order, own = {"order_id": order_id}, {"order_id": order_id, "decision_id": decision_id}
        made["allocation_decision"].append(decision | order | {"id": decision_id})
        number = f"{lines[start]['number']}-1"
        made["shipping_order"].append(shipping_order | own | {"id": its_id, "number": number})
        for row, line in zip(rows["shipping_order_line"], lines[start : start + _LINES], strict=True):
            ids = {"id": uuid7(), "shipping_order_id": its_id, "order_line_id": line["id"], "sku": line["sku"]}
            made["shipping_order_line"].append(row | order | ids)
        made["event"] += [row | order | {"subject_id": subject[row["subject_type"]]} for row in rows["event"]]
        made["pgqueuer"] += rows["pgqueuer"]
    units = sorted(Counter(line["sku"] for line in lines).items())
    sites = [shipping_order["site_id"]] * len(units)
    order_ids = sorted({line["order_id"] for line in lines})
    return (db.jsonb(made), sites, [sku for sku, _ in units], [count for _, count in units], order_ids)


def _tell(speeds: Mapping[str, Speed]) -> None:
    table = []
    for name, speed in speeds.items():
        of_limit = [rate / limit for rate, limit in zip(speed.rates, speed.limits, strict=False)]
        took = sorted(speed.took)
        table.append(
            (
                name,
                statistics.median(speed.rates),
                statistics.median(speed.limits) if speed.limits else "",
                f"{statistics.median(of_limit):.2f}" if of_limit else "",
                f"{statistics.median(speed.cpu) * 1000:.2f}",
                f"{took[len(took) // 2] * 1000:.1f}, {took[len(took) * 99 // 100] * 1000:.1f}" if took else "",
            )
        )
    head = ("orders of 4 lines", "a second", "the limit", "of it", "CPU, ms each", "took, ms: p50, p99")
    print(show(head, table))
    for name, speed in speeds.items():
        print(f"{name}: rounds {', '.join(f'{rate:,.0f}' for rate in speed.rates)}")


def main() -> None:
    uvloop.run(measure())


if __name__ == "__main__":
    main()

"""How long a search takes: `python -m bench.search ORDERS [FOLDER] [--engine]`.

The files of FOLDER (tests/data without one) go through `crossdock import` and a worker, and are multiplied to ORDERS
(bench/orders.py). One client then asks one server process over HTTP for the list page, 50 rows with the fields of the
admin's list and the capped total, as people ask: for a part of a name, the tail of a telephone number, a number, goods
and a state. Each question is asked with the words of several orders. First PostgreSQL answers alone; with `--engine` a
Meilisearch does so too, from an index that `crossdock reindex` fills. Beside it: how soon a change is found.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop

from backend.actions.orders.tags import tags
from backend.actions.people import api_keys
from backend.actions.people.api_keys import ApiKeyCommand
from backend.models import db
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from bench import databases, load
from bench.import_trial import SAMPLE
from bench.orders import bring_in, make_searchable, multiply
from bench.table import show
from tests.search_engine.run import meilisearch
from tests.stack import Stack, free_port, until

_ASKED = 30
_PAGE = """query ($query: String, $filter: OrderFilter, $sort: OrderSort!, $facets: [OrderFacet!]) {
  orders(first: 50, query: $query, filter: $filter, sort: $sort, facets: $facets) {
    degraded totalCount pageInfo { hasNextPage endCursor } facets { field buckets { value count } }
    nodes { id number externalId version state paymentStatus fulfillmentStatus suspended priority placedAt promisedAt
      updatedAt tags channel { id code name } customer { id name } shippingAddress { city country }
      totals { total { amount currency } } } } }"""
_FACETS = ["STATE", "CHANNEL", "PAYMENT_STATUS", "FULFILLMENT_STATUS", "COUNTRY", "SUSPENDED"]
_SOME = """
SELECT o.number, o.email, o.phone, u.name, o.shipping_address ->> 'postalCode' AS postal,
       o.shipping_address ->> 'city' AS city, (SELECT l.sku FROM order_line l WHERE l.order_id = o.id LIMIT 1) AS sku
  FROM sales_order o TABLESAMPLE SYSTEM (10) JOIN customer u ON u.id = o.customer_id
 WHERE o.phone IS NOT NULL AND o.shipping_address IS NOT NULL ORDER BY random() LIMIT $1
"""

Asked = Mapping[str, Any]
#: What people ask, of an order that they look for.
QUESTIONS: Mapping[str, Callable[[db.Row], Asked]] = {
    "nothing: the newest": lambda _: {},
    "a state, 30 days": lambda _: {"query": "state:waiting_allocation placed:>2026-10-01"},
    "number": lambda row: {"query": row["number"], "sort": "RELEVANCE"},
    "three letters of a name": lambda row: {"query": row["name"].split()[1][:3]},
    "first and last name": lambda row: {"query": row["name"]},
    "tail of a telephone number": lambda row: {"query": row["phone"][-7:]},
    "part of an e-mail address": lambda row: {"query": row["email"].partition("@")[0]},
    "postal code": lambda row: {"query": row["postal"]},
    "SKU": lambda row: {"query": row["sku"]},
    "SKU as a criterion, waiting": lambda row: {"query": f"sku:{row['sku']} state:waiting_allocation"},
    "name, city, SKU": lambda row: {"query": f'{row["name"].split()[0]} "{row["city"]}" {row["sku"]}'},
    "a name with a typo": lambda row: {"query": _mistyped(row["name"].split()[1])},
    "what is nowhere": lambda _: {"query": "qzxv-77"},
    "name as a criterion": lambda row: {"filter": {"customerName": row["name"]}},
    "three letters, six facets": lambda row: {"query": row["name"].split()[1][:3], "facets": _FACETS},
}


def _mistyped(word: str) -> str:
    return f"{word[:2]}{word[3:2:-1]}{word[2]}{word[4:]}" if len(word) > 4 else word


async def measure(wanted: int, folder: Path, engine: bool) -> None:
    with contextlib.ExitStack() as held:
        kept = held.enter_context(databases.folder())
        url = held.enter_context(databases.server(kept))
        environment = {"CROSSDOCK_MEILI_URL": held.enter_context(meilisearch())} if engine else {}
        stack = held.enter_context(Stack(url, kept))
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        try:
            await bring_in(stack, folder)
            begun = time.perf_counter()
            orders = await multiply(wanted)
            print(f"{orders:,} orders, multiplied in {time.perf_counter() - begun:,.0f} s", flush=True)
            begun = time.perf_counter()
            await make_searchable()
            print(f"PostgreSQL's search rows: filled in {time.perf_counter() - begun:,.0f} s", flush=True)
            await _tell(stack, "PostgreSQL alone")
            if engine:
                await _with_engine(held.enter_context(Stack(url, kept, environment)))
        finally:
            await db.disconnect()


async def _with_engine(stack: Stack) -> None:
    begun = time.perf_counter()
    await asyncio.to_thread(stack.run, "reindex", timeout=3000)
    print(f"\n`crossdock reindex`: {time.perf_counter() - begun:,.0f} s", flush=True)
    await _tell(stack, "Meilisearch")


async def _tell(stack: Stack, who: str) -> None:
    print(f"\n## {who}\n\n{await _ask_all(stack)}", flush=True)
    worker = stack.worker()
    print(f"\nA change is found after {await _found_after(stack):,.2f} s (median of 5).", flush=True)
    worker.stop()


async def _ask_all(stack: Stack) -> str:
    port = free_port()
    server = await asyncio.to_thread(stack.serve, port)
    client = await _Client.open(port)
    rows = await db.fetch(_SOME, _ASKED)
    assert len(rows) == _ASKED
    table = []
    for name, question in QUESTIONS.items():
        await client.ask(question(rows[0]))
        times, found = [], []
        for row in rows:
            begun = time.perf_counter()
            answer = await client.ask(question(row))
            times.append((time.perf_counter() - begun) * 1000)
            found.append(answer["totalCount"])
        times.sort()
        p95 = times[int(len(times) * 0.95)]
        table.append([name, int(statistics.median(found)), statistics.median(times), p95])
    client.close()
    assert await asyncio.to_thread(server.stop) == 0
    return show(["question", "found (median, to 10,001)", "p50, ms", "p95, ms"], table)


async def _found_after(stack: Stack) -> float:
    """Seconds from the commit of a new tag to the answer that has the order."""
    port = free_port()
    server = await asyncio.to_thread(stack.serve, port)
    client = await _Client.open(port)
    seconds = []
    for number, row in enumerate(await db.fetch("SELECT id FROM sales_order ORDER BY id DESC LIMIT 5")):
        word = f"soon{number}{time.time_ns()}"
        await tags(SYSTEM, row["id"], add=[word])
        begun = time.perf_counter()

        async def there(word: str = word) -> bool:
            return bool((await client.ask({"query": word}))["nodes"])

        await until(there, "the change is found", 30)
        seconds.append(time.perf_counter() - begun)
    client.close()
    server.stop()
    return statistics.median(seconds)


class _Client:
    def __init__(self, port: int, key: str, connection: load.Connection) -> None:
        self.port, self.key, self.connection = port, key, connection

    @classmethod
    async def open(cls, port: int) -> _Client:
        made = await api_keys.create(SYSTEM, ApiKeyCommand(f"bench-{port}", Role.MANAGER))
        return cls(port, made.secret, load.Connection(*await asyncio.open_connection("127.0.0.1", port)))

    async def ask(self, asked: Asked) -> Any:
        variables = {"sort": "PLACED_AT_DESC", **asked}
        body = json.dumps({"query": _PAGE, "variables": variables}).encode()
        answer = json.loads(await self.connection.post(load.request(self.port, self.key, body)))
        assert "errors" not in answer, answer
        assert not answer["data"]["orders"]["degraded"], "The search engine has not answered."
        return answer["data"]["orders"]

    def close(self) -> None:
        self.connection.writer.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("orders", type=int)
    parser.add_argument("folder", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--engine", action="store_true")
    given = parser.parse_args(arguments)
    uvloop.run(measure(given.orders, given.folder, given.engine))


if __name__ == "__main__":
    main()

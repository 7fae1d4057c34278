"""The machine's limit: the rows that an order leaves behind, inserted again by asyncpg, one transaction an order."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from backend.models.base import uuid7

#: Table → its rows of one order.
OF_ORDER = {
    "sales_order": "id = $1",
    "order_key": "order_id = $1",
    "order_line": "order_id = $1",
    "payment": "order_id = $1",
    "payment_transaction": "order_id = $1",
    "event": "order_id = $1",
    "pgqueuer": "convert_from(payload, 'UTF8')::jsonb ->> 'order_id' = $1::text",
    "idempotency_key": "subject_id = $1",
}
#: Numbered by the database.
_NUMBERED = frozenset({"order_key", "event", "pgqueuer", "idempotency_key"})


async def rows_of(
    connection: asyncpg.Connection, order_id: UUID, tables: Mapping[str, str] = OF_ORDER
) -> dict[str, list[dict[str, Any]]]:
    """What `orderCreate` wrote, or what stands in these tables."""
    found = {}
    for table, condition in tables.items():
        given = str(order_id) if table == "pgqueuer" else order_id
        rows = await connection.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE {condition}", given)
        found[table] = [json.loads(row["row"]) for row in rows]
        assert found[table], f"The order left nothing in {table}."
    return found


def statement(rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """All inserts in one statement: the least number of round trips that there can be."""
    parts = []
    for table, of_table in rows.items():
        columns = [name for name in of_table[0] if not (table in _NUMBERED and name == "id")]
        listed = ", ".join(f'"{name}"' for name in columns)
        parts.append(
            f'"{table}_rows" AS (INSERT INTO {table} ({listed}) SELECT {listed}'
            f" FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb -> '{table}'))"
        )
    return f"WITH {', '.join(parts)} SELECT 1"


class Copies:
    """The same order again and again, under new ids, numbers and keys."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]], name: str) -> None:
        self.text = json.dumps(rows)
        order = rows["sales_order"][0]
        self.ids = [
            row["id"]
            for table in ("sales_order", "order_line", "payment", "payment_transaction")
            for row in rows[table]
        ]
        self.told = {order["number"]: "number", order["external_id"]: "external"}
        self.told |= {row["key"]: "key" for row in rows.get("idempotency_key", ())}
        self.name = name
        self.count = 0

    def next(self) -> str:
        self.count += 1
        text = self.text
        for known in self.ids:
            text = text.replace(known, str(uuid7()))
        for known, what in self.told.items():
            text = text.replace(f'"{known}"', f'"{what}-{self.name}-{self.count}"')
        return text


async def insert(url: str, rows: Mapping[str, list[dict[str, Any]]], count: int, clients: int, name: str) -> float:
    """Orders a second."""
    copies = Copies(rows, name)
    waiting = iter([copies.next() for _ in range(count)])
    inserts = statement(rows)
    connections = [await asyncpg.connect(url) for _ in range(clients)]

    async def client(connection: asyncpg.Connection) -> None:
        for text in waiting:
            async with connection.transaction():
                await connection.execute(inserts, text)

    started = time.perf_counter()
    await asyncio.gather(*(client(connection) for connection in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        await connection.close()
    return count / seconds

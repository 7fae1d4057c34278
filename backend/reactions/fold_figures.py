"""Sales and service levels, folded order by order: what an order adds now takes the place of what it added before."""

from __future__ import annotations

from uuid import UUID

from backend.models.db import Transaction
from backend.queries.figures import ALL, Figures

_BATCH = 5_000
_NEXT = "SELECT id FROM sales_order WHERE id > $1 ORDER BY id LIMIT $2"


def _statement(figures: Figures) -> str:
    names, memory = figures.names, figures.memory
    sums = ", ".join(f"sum(sign * {value})::bigint AS {value}" for value in figures.values)
    changes = " OR ".join(f"sum(sign * {value}) <> 0" for value in figures.values)
    added = ", ".join(f"{value} = f.{value} + excluded.{value}" for value in figures.values)
    kept = ", ".join("parts" if each.memory == memory else "'[]'::jsonb" for each in ALL)
    return f"""
WITH fresh AS MATERIALIZED ({figures.of("$1::uuid[]")}
), stands AS (
    SELECT o.id AS order_id, coalesce(jsonb_agg(to_jsonb(p) - 'order_id' ORDER BY {names}) FILTER (
               WHERE p.order_id IS NOT NULL), '[]') AS parts
      FROM unnest($1::uuid[]) o(id) LEFT JOIN fresh p ON p.order_id = o.id GROUP BY o.id
), changed AS MATERIALIZED (
    SELECT s.order_id, s.parts, coalesce(k.{memory}, '[]') AS before
      FROM stands s LEFT JOIN order_figures k ON k.order_id = s.order_id
     WHERE s.parts <> coalesce(k.{memory}, '[]')
), noted AS (
    INSERT INTO order_figures (order_id, {", ".join(each.memory for each in ALL)})
    SELECT order_id, {kept} FROM changed ON CONFLICT (order_id) DO UPDATE SET {memory} = excluded.{memory}
)
INSERT INTO {figures.table} AS f ({names}, {", ".join(figures.values)})
SELECT {names}, {sums} FROM (
    SELECT 1 AS sign, p.* FROM changed, jsonb_to_recordset(parts) AS p({figures.columns})
    UNION ALL SELECT -1, p.* FROM changed, jsonb_to_recordset(before) AS p({figures.columns})) p
 GROUP BY {names} HAVING {changes} ORDER BY {names}
    ON CONFLICT ({names}) DO UPDATE SET {added}
"""


FOLDS = [_statement(figures) for figures in ALL]


async def fold_figures(tx: Transaction, orders: list[UUID]) -> None:
    for statement in FOLDS:
        await tx.execute(statement, orders)


async def refill_figures(tx: Transaction) -> None:
    """Everything anew, from the tables as they stand."""
    for table in ("order_figures", *(figures.table for figures in ALL)):
        await tx.execute(f"DELETE FROM {table}")
    after = UUID(int=0)
    while rows := await tx.fetch(_NEXT, after, _BATCH):
        await fold_figures(tx, [row["id"] for row in rows])
        after = rows[-1]["id"]

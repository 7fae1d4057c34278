"""A database of many orders, quickly: those of the demonstration world, copied by SQL with keys of their own."""

from __future__ import annotations

from backend.actions.workflows.install import install_ready
from backend.commands.demo.world import make_world
from backend.models import db
from backend.models.db import transaction

_MADE = 200
#: Table → its columns that hold keys of the same order's rows; `number` is made different, too.
_COPIED = {
    "sales_order": ("id",),
    "order_line": ("id", "order_id"),
    "payment": ("id", "order_id"),
    "shipping_order": ("id", "order_id"),
    "shipping_order_line": ("id", "order_id", "order_line_id", "shipping_order_id"),
    "return_order": ("id", "order_id"),
    "alert": ("id", "order_id", "shipping_order_id", "payment_id"),
}
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position"


async def make_orders(count: int) -> int:
    """About so many, over the last year, in the states of the demonstration; how many there are then."""
    await install_ready()
    await make_world(_MADE)
    copies = max(0, count // _MADE - 1)
    async with transaction() as tx:
        await tx.execute("SET LOCAL session_replication_role = replica")
        for table, keys in _COPIED.items():
            names = [row["column_name"] for row in await tx.fetch(_COLUMNS, table)]
            values = ", ".join(_copied(name, keys) for name in names)
            await tx.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, generate_series(1, $1) n",
                copies,
            )
    for table in _COPIED:
        await db.execute(f"ANALYZE {table}")
    total: int = await db.fetchval("SELECT count(*) FROM sales_order")
    return total


def _copied(column: str, keys: tuple[str, ...]) -> str:
    if column in keys:
        return f"md5(t.{column}::text || n)::uuid"
    if column in ("number", "key"):
        return f"t.{column} || '-' || n"
    if column == "placed_at":
        return "t.placed_at - (n % 365) * interval '1 day'"
    return "NULL" if column in ("external_id", "exchange_order_id", "exchange_for_id", "rma_id") else f"t.{column}"

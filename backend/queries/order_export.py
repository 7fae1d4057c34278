"""All the orders that a search finds, as flat rows for a table, a batch at a time: memory does not grow with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.money import to_decimal
from backend.queries.order_pages import SORTS
from backend.queries.orders import found
from backend.queries.paging import Sort, Window, bounds, ordering
from backend.rules.criteria import OrderCriteria, OrderSort
from backend.rules.permissions import Actor

#: What a sheet can hold, a line for the names left.
MAX_ROWS = 1_000_000
_BATCH = 1_000


class Column(NamedTuple):
    sql: str
    show: Callable[[Any, db.Row], Any] = lambda value, _: value


def _money(value: int, row: db.Row) -> Any:
    return to_decimal(value, row["in currency"])


#: By the names of the API.
COLUMNS: Mapping[str, Column] = {
    "number": Column("t.number"),
    "externalId": Column("t.external_id"),
    "channel": Column("c.code"),
    "state": Column("t.state"),
    "paymentStatus": Column("t.payment_status"),
    "fulfillmentStatus": Column("t.fulfillment_status"),
    "suspended": Column("t.suspended"),
    "priority": Column("t.priority"),
    "placedAt": Column("t.placed_at"),
    "promisedAt": Column("t.promised_at"),
    "closedAt": Column("t.closed_at"),
    "customer": Column("u.name"),
    "email": Column("t.email"),
    "phone": Column("t.phone"),
    "city": Column("t.shipping_address->>'city'"),
    "country": Column("t.shipping_address->>'country'"),
    "shippingMethod": Column("t.shipping_method"),
    "currency": Column("t.currency"),
    "total": Column("t.total", _money),
    "captured": Column("t.captured", _money),
    "refunded": Column("t.refunded", _money),
    "units": Column("(SELECT sum(l.quantity - l.cancelled) FROM order_line l WHERE l.order_id = t.id)"),
    "skus": Column("(SELECT string_agg(l.sku, ' ' ORDER BY l.position) FROM order_line l WHERE l.order_id = t.id)"),
    "tags": Column("array_to_string(t.tags, ' ')"),
}


def columns_of(names: Sequence[str]) -> list[str]:
    """The columns asked for, all of them where none is; refuses one that is not known."""
    for place, name in enumerate(names):
        if name not in COLUMNS:
            raise refused(ErrorCode.INVALID, f"There is no column {name!r}: {', '.join(COLUMNS)}.", "columns", place)
    return list(dict.fromkeys(names)) or list(COLUMNS)


async def batches(
    actor: Actor, text: str | None, criteria: OrderCriteria, sort: OrderSort, columns: Sequence[str]
) -> AsyncIterator[list[list[Any]]]:
    """Rows of cells in the order of `columns`, at most MAX_ROWS; at least one batch, which may be empty.

    By keyset, so an order that moves within the sort meanwhile may be missed or come twice.
    """
    after: str | None = None
    for _ in range(MAX_ROWS // _BATCH):
        rows = await _batch(actor, text, criteria, SORTS[sort], columns, after)
        yield [[_cell(name, row) for name in columns] for row in rows]
        if len(rows) < _BATCH:
            return
        after = _cursor(SORTS[sort], rows[-1])


async def _batch(
    actor: Actor, text: str | None, criteria: OrderCriteria, sort: Sort, columns: Sequence[str], after: str | None
) -> list[db.Row]:
    where = (await found(actor, text, criteria)).where
    where.add(bounds(where, sort, Window(after=after)))
    order = ordering(sort)
    cells = [f'{COLUMNS[name].sql} AS "{name}"' for name in columns]
    keys = [f't.{column} AS "by {column}"' for column, _ in sort.columns]
    return await db.fetch(
        f'SELECT {", ".join([*cells, *keys])}, t.currency AS "in currency"'
        f" FROM (SELECT t.* FROM sales_order t WHERE {where} ORDER BY {order} LIMIT {where.bind(_BATCH)}) t"
        f" JOIN channel c ON c.id = t.channel_id LEFT JOIN customer u ON u.id = t.customer_id ORDER BY {order}",
        *where.args,
    )


def _cell(name: str, row: db.Row) -> Any:
    return None if row[name] is None else COLUMNS[name].show(row[name], row)


def _cursor(sort: Sort, row: db.Row) -> str:
    return sort.cursor(SimpleNamespace(**{column: row[f"by {column}"] for column, _ in sort.columns}))

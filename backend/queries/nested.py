"""Pages within rows: the orders of customers, the levels of sites. One statement for all the rows of a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.models import Model

from backend.models import db
from backend.models.inventory import InventoryLevel, InventoryMovement
from backend.models.log import Event
from backend.models.orders import Order
from backend.models.recurring import RecurringRun
from backend.queries.paging import Page, Sort, Window, bounds, cut, ordering
from backend.queries.scope import scope
from backend.queries.sql import Where, columns_of, row_of, table_of
from backend.rules.criteria import MAX_COUNT
from backend.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Nested:
    """Rows of `model` by `column`, their parent; `filters` are conditions by argument, {a} its value."""

    model: type[Model]
    column: str
    sort: Sort
    filters: Mapping[str, str]


_NEWEST = (("placed_at", "timestamptz"), ("id", "uuid"))
LISTS: Mapping[str, Nested] = {
    "orders_of_customer": Nested(Order, "customer_id", Sort("placed", _NEWEST, descending=True), {}),
    "orders_of_recurring": Nested(Order, "recurring_order_id", Sort("placed", _NEWEST, descending=True), {}),
    "runs_of_recurring": Nested(
        RecurringRun,
        "recurring_order_id",
        Sort("due", (("due_at", "timestamptz"), ("id", "uuid")), descending=True),
        {},
    ),
    "events_of_order": Nested(Event, "order_id", Sort("event", (("sequence", "int"),)), {}),
    "levels_of_site": Nested(
        InventoryLevel, "site_id", Sort("sku", (("sku", "text"),)), {"skus": "t.sku = ANY({a}::text[])"}
    ),
    "movements_of_site": Nested(
        InventoryMovement, "site_id", Sort("movement", (("id", "uuid"),), descending=True), {"sku": "t.sku = {a}"}
    ),
}
Arguments = Mapping[str, Any]
Counter = Callable[[UUID], Awaitable[int]]


async def pages(
    actor: Actor, name: str, keys: Sequence[UUID], arguments: Arguments, count: Counter
) -> dict[UUID, Page[Any]]:
    """The same page of each parent's list. `arguments` are `first`, `after` and the list's own filters."""
    nested = LISTS[name]
    window = Window(first=arguments.get("first"), after=arguments.get("after"))
    where = _where(actor, nested, keys, arguments)
    where.add(bounds(where, nested.sort, window))
    order, table = ordering(nested.sort), table_of(nested.model)
    sql = (
        f"SELECT x.key AS parent, t.* FROM unnest($1::uuid[]) AS x(key) CROSS JOIN LATERAL (SELECT"
        f" {columns_of(nested.model)} FROM {table} t WHERE t.{nested.column} = x.key AND {where} ORDER BY {order}"
        f" LIMIT {where.bind(window.size + 1)}) t ORDER BY {order}"
    )
    found: dict[UUID, list[Any]] = {key: [] for key in keys}
    for record in await db.fetch(sql, *where.args):
        found[record["parent"]].append(row_of(nested.model, record))
    return {key: cut(listed, nested.sort, window, _counts(count, key)) for key, listed in found.items()}


def _counts(count: Counter, key: UUID) -> Callable[[], Awaitable[int]]:
    return lambda: count(key)


async def counts(actor: Actor, name: str, keys: Sequence[UUID], arguments: Arguments) -> dict[UUID, int]:
    """How long each parent's list is, exactly up to 10,000."""
    nested = LISTS[name]
    where = _where(actor, nested, keys, arguments)
    sql = (
        f"SELECT x.key, (SELECT count(*) FROM (SELECT 1 FROM {table_of(nested.model)} t"
        f" WHERE t.{nested.column} = x.key AND {where} LIMIT {MAX_COUNT + 1}) found) FROM unnest($1::uuid[]) AS x(key)"
    )
    return {record[0]: record[1] for record in await db.fetch(sql, *where.args)}


def _where(actor: Actor, nested: Nested, keys: Sequence[UUID], arguments: Arguments) -> Where:
    where = Where()
    where.bind(list(keys))
    scope(where, actor, nested.model)
    for argument, condition in nested.filters.items():
        if arguments.get(argument) is not None:
            where.add(condition.format(a=where.bind(arguments[argument])))
    return where

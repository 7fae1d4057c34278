"""Pages of an order search: who is asked, and what the two say together.

PostgreSQL finds identifiers, phrases and criteria; words of letters, and facets, are the search engine's where there is
one. The engine is a little behind the log: orders that it has not heard the last of are asked of PostgreSQL as well.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from backend.integrations.meilisearch import EngineFailed
from backend.models import db
from backend.models.orders import Order
from backend.queries import order_engine, order_search
from backend.queries.order_documents import microseconds
from backend.queries.order_search import Wording
from backend.queries.orders import asked, condition
from backend.queries.paging import Page, Sort, Window, counter, page
from backend.rules.criteria import MAX_COUNT, OrderCriteria, OrderSearch, OrderSort
from backend.rules.permissions import Actor

_ID = ("id", "uuid")
SORTS: Mapping[OrderSort, Sort] = {
    OrderSort.PLACED_AT_DESC: Sort("placed", (("placed_at", "timestamptz"), _ID), descending=True),
    OrderSort.PLACED_AT_ASC: Sort("placed", (("placed_at", "timestamptz"), _ID)),
    OrderSort.UPDATED_AT_DESC: Sort("updated", (("updated_at", "timestamptz"), _ID), descending=True),
    OrderSort.TOTAL_DESC: Sort("total", (("total", "bigint"), _ID), descending=True),
    OrderSort.TOTAL_ASC: Sort("total", (("total", "bigint"), _ID)),
    # What has a word for its number comes before it (`_ExactFirst`); otherwise no match is better than another.
    OrderSort.RELEVANCE: Sort("placed", (("placed_at", "timestamptz"), _ID), descending=True),
}
#: Beyond the page: orders that the cursor's instant is shared with, or that have changed since they were indexed.
_SPARE = 30


@dataclass(frozen=True)
class _ExactFirst(Sort):
    """These orders before the others, and the newest first."""

    name: str = "exact"
    columns: tuple[tuple[str, str], ...] = (("exact", "int"), ("placed_at", "timestamptz"), _ID)
    descending: bool = True
    orders: frozenset[UUID] = frozenset()

    def value(self, row: Any, column: str) -> Any:
        return int(row.id in self.orders) if column == "exact" else getattr(row, column)


async def search(
    actor: Actor, text: str | None, criteria: OrderCriteria, sort: OrderSort, window: Window
) -> Page[Order]:
    """A page of the orders that match both the text and the criteria; what is found is as fresh as the tables."""
    wanted = asked(text, criteria)
    degraded = False
    exact = await order_search.exact(wanted.words) if sort is OrderSort.RELEVANCE else []
    known = await looked_up(wanted)
    if wanted.words and not window.backward and not exact and known is None and order_engine.there():
        try:
            made = await _by_engine(actor, wanted, sort, window)
        except EngineFailed:
            degraded = True
        else:
            if made is not None:
                return made
    where, selective, many = await condition(actor, wanted, known)
    by, source = SORTS[sort], None
    if exact:
        by = _ExactFirst(orders=frozenset(exact))
        source = f"(SELECT o.*, (o.id = ANY({where.bind(exact)}::uuid[]))::int AS exact FROM sales_order o)"
    # Where many have the words, walking the list meets enough of them.
    fetch = partial(db.fetch_planned, sorting=many is None or bool(exact)) if where.conditions else db.fetch
    made = await page(Order, where, by, window, selective=selective, cap=MAX_COUNT, source=source, fetch=fetch)
    count = order_search.counter(many, MAX_COUNT) if many else made.count
    return replace(made, count=count, degraded=degraded)


async def looked_up(wanted: OrderSearch) -> list[UUID] | None:
    """The orders that have the parts of identifiers and the phrases; None where these are many, or there are no such.

    PostgreSQL has few of them at once, where the engine would walk through all identifiers. Without an engine there is
    nothing to choose.
    """
    odd = [[word] for word in wanted.words if not word.isalpha()]
    if not odd or not order_engine.there():
        return None
    return await order_search.few(Wording(odd), await order_search.fresh())


async def _by_engine(actor: Actor, wanted: OrderSearch, sort: OrderSort, window: Window) -> Page[Order] | None:
    """The page with the engine's ids and PostgreSQL's rows; None where the engine cannot give it."""
    newer = await order_engine.unheard()
    by = SORTS[sort]
    limit = window.size + 1 + _SPARE + len(newer)
    direction = "desc" if by.descending else "asc"
    names = [{"total": "total_minor"}.get(column, column) for column, _ in by.columns]
    bounds = [
        f"{names[0]} {'<=' if by.descending == ahead else '>='} {_plain(by.values(cursor, argument)[0])}"
        for argument, cursor, ahead in (("after", window.after, True), ("before", window.before, False))
        if cursor is not None
    ]
    order = [f"{name}:{direction}" for name in names]
    answer = await order_engine.ask(actor, wanted, sort=order, bound=" AND ".join(bounds), limit=limit)
    if answer is None:
        return None
    ids = set(answer.ids)
    ids = ids.difference(newer) | await order_search.among(newer, wanted.words, ids)
    where = (await condition(actor, replace(wanted, words=()))).where
    where.add(f"t.id = ANY({where.bind(list(ids))}::uuid[])")
    made = await page(Order, where, by, window, selective=True)
    if len(answer.ids) == limit and len(made.rows) < window.size:
        return None
    if answer.total < limit and not bounds:
        return made
    total = None if bounds else answer.total

    async def count() -> int:
        with contextlib.suppress(EngineFailed):
            known = total if total is not None else await order_engine.count(actor, wanted)
            if known is not None:
                return known
        return await counter("sales_order", (await condition(actor, wanted)).where, MAX_COUNT)()

    return replace(made, count=count)


def _plain(value: Any) -> int:
    return microseconds(value) if isinstance(value, datetime) else int(value)

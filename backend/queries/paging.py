"""Pages by key, not by offset: a cursor holds the sort values of its row, so that new rows shift nothing."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from tortoise.models import Model

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.queries.sql import Where, columns_of, row_of, table_of

M = TypeVar("M", bound=Model)
Fetch: TypeAlias = Callable[..., Awaitable[list[db.Row]]]

DEFAULT_SIZE = 20
MAX_SIZE = 100
_READ: dict[str, Callable[[Any], Any]] = {
    "timestamptz": datetime.fromisoformat,
    "uuid": UUID,
    "bigint": int,
    "int": int,
    "text": str,
}


@dataclass(frozen=True, slots=True)
class Sort:
    """By these columns, none of them nullable, the last one unique; pairs of name and SQL type."""

    name: str
    columns: tuple[tuple[str, str], ...]
    descending: bool = False

    def cursor(self, row: Any) -> str:
        values = [self.value(row, column) for column, _ in self.columns]
        shown = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
        return base64.urlsafe_b64encode(json.dumps([self.name, *shown]).encode()).decode().rstrip("=")

    def value(self, row: Any, column: str) -> Any:
        return getattr(row, column)

    def values(self, cursor: str, argument: str) -> list[Any]:
        """What the cursor's row is sorted by; refuses what is not a cursor of this list in this order."""
        try:
            name, *shown = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
            if name == self.name:
                return [_READ[kind](value) for (_, kind), value in zip(self.columns, shown, strict=True)]
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            pass
        raise refused(ErrorCode.INVALID, "This is not a cursor of this list.", argument)


@dataclass(frozen=True, slots=True)
class Window:
    """`first` after `after`, or `last` before `before`; 20 where neither is said, 100 at most."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not 0 <= size <= MAX_SIZE:
                raise refused(ErrorCode.INVALID, f"{name} is 0 to {MAX_SIZE}.", name)
        if self.first is not None and self.last is not None:
            raise refused(ErrorCode.INVALID, "first and last do not go together.", "last")

    @property
    def backward(self) -> bool:
        return self.last is not None

    @property
    def size(self) -> int:
        asked = self.last if self.backward else self.first
        return DEFAULT_SIZE if asked is None else asked


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """`count` is of the whole list, and asks the database only when it is called.

    `degraded`: the search engine should have answered, and could not.
    """

    rows: Sequence[M]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    count: Callable[[], Awaitable[int]]
    degraded: bool = False


async def page(
    model: type[M],
    where: Where,
    sort: Sort,
    window: Window,
    *,
    selective: bool = False,
    cap: int | None = None,
    source: str | None = None,
    fetch: Fetch = db.fetch,
) -> Page[M]:
    """One page of the rows that `where` finds, in one statement; `source` is the table with columns to sort by.

    `selective` says that few rows are found: they are looked up before they are sorted, lest PostgreSQL walk the index
    of the sort in search of them. `count` stops at `cap` + 1.
    """
    source = source or table_of(model)
    count = counter(source, where, cap, fetch)
    limits = bounds(where, sort, window)
    order = ordering(sort, backward=window.backward)
    names = ", ".join(f"t.{column}" for column, _ in dict.fromkeys((*sort.columns, ("id", "uuid"))))
    limit = where.bind(window.size + 1)
    if selective:
        sql = (
            f"WITH found AS MATERIALIZED (SELECT {names} FROM {source} t WHERE {where}),"
            f" part AS (SELECT t.id FROM found t WHERE {limits} ORDER BY {order} LIMIT {limit})"
            f" SELECT {columns_of(model)} FROM part JOIN {source} t ON t.id = part.id ORDER BY {order}"
        )
    else:
        sql = f"SELECT {columns_of(model)} FROM {source} t WHERE {where} AND {limits} ORDER BY {order} LIMIT {limit}"
    found = [row_of(model, record) for record in await fetch(sql, *where.args)]
    return cut(found, sort, window, count)


def bounds(where: Where, sort: Sort, window: Window) -> str:
    """The condition that a row lies within the window's cursors; their values are bound in `where`."""
    names = ", ".join(f"t.{column}" for column, _ in sort.columns)
    limits = []
    for argument, cursor, ahead in (("after", window.after, True), ("before", window.before, False)):
        if cursor is not None:
            values = sort.values(cursor, argument)
            given = [f"{where.bind(value)}::{kind}" for value, (_, kind) in zip(values, sort.columns, strict=True)]
            limits.append(f"({names}) {'<' if sort.descending == ahead else '>'} ({', '.join(given)})")
    return " AND ".join(limits) or "TRUE"


def ordering(sort: Sort, *, backward: bool = False) -> str:
    direction = "DESC" if sort.descending != backward else "ASC"
    return ", ".join(f"t.{column} {direction}" for column, _ in sort.columns)


def cut(found: list[M], sort: Sort, window: Window, count: Callable[[], Awaitable[int]]) -> Page[M]:
    """The page of rows that were read in the window's direction, one more than asked for."""
    more, found = len(found) > window.size, found[: window.size]
    if window.backward:
        found.reverse()
    return Page(
        rows=found,
        cursors=[sort.cursor(row) for row in found],
        has_next=window.before is not None if window.backward else more,
        has_previous=more if window.backward else window.after is not None,
        count=count,
    )


def counter(source: str, where: Where, cap: int | None, fetch: Fetch = db.fetch) -> Callable[[], Awaitable[int]]:
    """Counts what `where` finds as it stands now, once."""
    sql = f"SELECT 1 FROM {source} t WHERE {where}"
    if cap is not None:
        sql += f" LIMIT {cap + 1}"
    return once(f"SELECT count(*) FROM ({sql}) found", list(where.args), fetch)


def once(sql: str, args: Sequence[Any], fetch: Fetch = db.fetch) -> Callable[[], Awaitable[int]]:
    """The number that the statement gives, asked when it is first wanted."""
    known: list[int] = []
    asking = asyncio.Lock()

    async def count() -> int:
        async with asking:
            if not known:
                [row] = await fetch(sql, *args)
                known.append(int(row[0]))
        return known[0]

    return count

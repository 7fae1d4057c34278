"""Returns."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models.returns import Return
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, columns_of, rows
from backend.rules.criteria import ReturnCriteria
from backend.rules.permissions import Actor

#: The oldest work first.
_OLDEST = Sort("created", (("created_at", "timestamptz"), ("id", "uuid")))
_CRITERIA: Mapping[str, str] = {
    "state": "t.state = ANY({0})",
    "site": "t.site_id IN (SELECT i.id FROM inventory_site i WHERE i.code = ANY({0}))",
    "method": "t.method = ANY({0})",
}


def conditions(where: Where, criteria: ReturnCriteria) -> list[str]:
    """Conditions over the return `t`, all of which must hold."""
    given = ((condition, getattr(criteria, name)) for name, condition in _CRITERIA.items())
    return [condition.format(where.bind(value)) for condition, value in given if value is not None]


async def returns(actor: Actor, criteria: ReturnCriteria, window: Window) -> Page[Return]:
    where = Where()
    scope(where, actor, Return)
    where.add(*conditions(where, criteria))
    return await page(Return, where, _OLDEST, window)


async def return_(actor: Actor, key: UUID | None, number: str | None) -> Return | None:
    where = Where()
    if (key is None) == (number is None):
        raise refused(ErrorCode.INVALID, "Ask by id or by number.")
    where.add(f"t.id = {where.bind(key)}" if key is not None else f"t.number = {where.bind(number)}")
    scope(where, actor, Return)
    sql = f"SELECT {columns_of(Return)} FROM return_order t WHERE {where}"
    return next(iter(await rows(Return, sql, *where.args)), None)

"""Returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.errors import not_found
from backend.models.orders import Order, OrderLine
from backend.models.returns import Return, expected_units
from backend.queries import orders, related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of
from backend.rules.criteria import ReturnCriteria
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import LineCommand, Problems, check_lines
from backend.rules.permissions import Actor
from backend.rules.returns import Asked, Preview, amounts, check_asked

#: The oldest work first.
_OLDEST = Sort("created", (("created_at", "timestamptz"), ("id", "uuid")))
_CRITERIA: Mapping[str, str] = {
    "state": "t.state = ANY({0})",
    "site": "t.site_id IN (SELECT i.id FROM inventory_site i WHERE i.code = ANY({0}))",
    "method": "t.method = ANY({0})",
}


def conditions(where: Where, criteria: ReturnCriteria) -> list[str]:
    """Conditions over the return `t`, all of which must hold."""
    return conditions_of(where, criteria, _CRITERIA)


async def returns(actor: Actor, criteria: ReturnCriteria, window: Window) -> Page[Return]:
    where = Where()
    scope(where, actor, Return)
    where.add(*conditions(where, criteria))
    return await page(Return, where, _OLDEST, window)


async def return_(actor: Actor, key: UUID | None, number: str | None) -> Return | None:
    return await related.one(actor, Return, key, number=number)


async def preview(
    actor: Actor, order_id: UUID, asked: Sequence[Asked], exchange: Sequence[LineCommand]
) -> tuple[Order, Preview]:
    """What the return would come to, were it asked for now and all of it came back; refused as it would be."""
    order = await orders.one(actor, order_id)
    if order is None:
        raise not_found("order", "order_id")
    check_verb(ORDER_VERBS["returnCreate"], state=order.state, suspended=order.suspended)
    lines = {line.id: line for line in await OrderLine.filter(order_id=order.id)}
    claimed = await expected_units(lines)
    check_asked(asked, lines, claimed)
    problems = Problems()
    total = check_lines(problems, exchange, order.currency, order.prices_include_tax, "exchange_lines")
    problems.check()
    return order, Preview(amounts(asked, lines, claimed, prices_include_tax=order.prices_include_tax), total)

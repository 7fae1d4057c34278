"""Orders that come again."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.models.recurring import RecurringOrder
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of
from backend.rules.criteria import RecurringCriteria
from backend.rules.permissions import Actor

_NEWEST = Sort("created", (("created_at", "timestamptz"), ("id", "uuid")), descending=True)
_CRITERIA: Mapping[str, str] = {
    "state": "t.state = ANY({0})",
    "channel": "t.channel_id IN (SELECT c.id FROM channel c WHERE c.code = ANY({0}))",
    "failing": "(t.problem IS NOT NULL) = {0}",
}


async def recurring_orders(actor: Actor, criteria: RecurringCriteria, window: Window) -> Page[RecurringOrder]:
    where = Where()
    scope(where, actor, RecurringOrder)
    where.add(*conditions_of(where, criteria, _CRITERIA))
    return await page(RecurringOrder, where, _NEWEST, window)


async def recurring_order(actor: Actor, key: UUID | None, number: str | None) -> RecurringOrder | None:
    return await related.one(actor, RecurringOrder, key, number=number)

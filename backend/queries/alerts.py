"""Alerts."""

from __future__ import annotations

from backend.models.log import Alert, AlertRule
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.criteria import AlertCriteria
from backend.rules.permissions import Actor

_NEWEST = Sort("alert", (("raised_at", "timestamptz"), ("id", "uuid")), descending=True)


async def alerts(actor: Actor, criteria: AlertCriteria, window: Window) -> Page[Alert]:
    """Newest first."""
    where = Where()
    scope(where, actor, Alert)
    if criteria.kind is not None:
        where.add(f"t.kind = ANY({where.bind(criteria.kind)})")
    if criteria.severity is not None:
        where.add(f"t.severity = ANY({where.bind(criteria.severity)})")
    if criteria.cleared is not None:
        where.add(f"t.cleared_at IS {'NOT ' if criteria.cleared else ''}NULL")
    return await page(Alert, where, _NEWEST, window)


async def alert_rules(actor: Actor) -> list[AlertRule]:
    """Every version, the active ones first."""
    where = Where()
    scope(where, actor, AlertRule)
    sql = f"SELECT t.* FROM alert_rule t WHERE {where} ORDER BY t.active DESC, t.name, t.version DESC"
    return await rows(AlertRule, sql, *where.args)

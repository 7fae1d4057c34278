"""Alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.models import db
from backend.models.log import Alert, AlertRule
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of, rows
from backend.rules.criteria import AlertCriteria
from backend.rules.permissions import Actor
from backend.rules.vocabulary import AlertSeverity

_NEWEST = Sort("alert", (("raised_at", "timestamptz"), ("id", "uuid")), descending=True)


_AT_SITE = "site_id IN (SELECT i.id FROM inventory_site i WHERE i.code = ANY({0}))"
_CRITERIA: Mapping[str, str] = {
    "kind": "t.kind = ANY({0})",
    "severity": "t.severity = ANY({0})",
    "cleared": "(t.cleared_at IS NOT NULL) = {0}",
    "order_id": "t.order_id = {0}",
    "shipping_order_id": "t.shipping_order_id = {0}",
    "return_id": "t.rma_id = {0}",
    "site": f"(t.{_AT_SITE}"
    f" OR EXISTS (SELECT 1 FROM shipping_order s WHERE s.id = t.shipping_order_id AND s.{_AT_SITE})"
    f" OR EXISTS (SELECT 1 FROM return_order r WHERE r.id = t.rma_id AND r.{_AT_SITE}))",
    "sku": "(t.sku = ANY({0}) OR t.order_id IN"
    " (SELECT l.order_id FROM order_line l WHERE l.sku = ANY({0}) AND l.backordered > 0))",
    "snoozed": "coalesce(t.snoozed_until > now(), FALSE) = {0}",
    "assignee_id": "t.assignee_id = {0}",
    "unassigned": "(t.assignee_id IS NULL) = {0}",
}
MAX_GROUPS = 200


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts of one kind; `severity` is the worst of them."""

    kind: str
    severity: AlertSeverity
    count: int
    oldest_at: datetime
    newest_at: datetime


async def alerts(actor: Actor, criteria: AlertCriteria, window: Window) -> Page[Alert]:
    """Newest first."""
    return await page(Alert, _where(actor, criteria), _NEWEST, window)


async def alert_groups(actor: Actor, criteria: AlertCriteria) -> list[AlertGroup]:
    """By kind, the worst and then the largest first."""
    where = _where(actor, criteria)
    worst = ", ".join(f"'{severity.value}'" for severity in AlertSeverity)
    sql = f"""
SELECT t.kind, max(array_position(ARRAY[{worst}], t.severity)) AS rank, count(*) AS count,
       min(t.raised_at) AS oldest_at, max(t.raised_at) AS newest_at
  FROM alert t WHERE {where} GROUP BY t.kind ORDER BY rank DESC, count DESC, t.kind LIMIT {MAX_GROUPS}"""
    return [
        AlertGroup(row["kind"], list(AlertSeverity)[row["rank"] - 1], row["count"], row["oldest_at"], row["newest_at"])
        for row in await db.fetch(sql, *where.args)
    ]


def _where(actor: Actor, criteria: AlertCriteria) -> Where:
    where = Where()
    scope(where, actor, Alert)
    where.add(*conditions_of(where, criteria, _CRITERIA))
    return where


async def alert_rules(actor: Actor) -> list[AlertRule]:
    """Every version, the active ones first."""
    where = Where()
    scope(where, actor, AlertRule)
    sql = f"SELECT t.* FROM alert_rule t WHERE {where} ORDER BY t.active DESC, t.name, t.version DESC"
    return await rows(AlertRule, sql, *where.args)

"""Rule sets of allocation, and what a decision would be."""

from __future__ import annotations

from uuid import UUID

from backend.errors import ErrorCode, not_found, refused
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Row, transaction
from backend.models.facts import load
from backend.models.fulfillment import AllocationDecision, AllocationRuleSet
from backend.models.supply import look_only, question_of
from backend.queries import orders
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.allocation import plan
from backend.rules.allocation_record import columns, explain
from backend.rules.permissions import Actor


async def rule_sets(actor: Actor) -> list[AllocationRuleSet]:
    """Every version, the active one first."""
    where = Where()
    scope(where, actor, AllocationRuleSet)
    sql = f"SELECT t.* FROM allocation_rule_set t WHERE {where} ORDER BY t.active DESC, t.name, t.version DESC"
    return await rows(AllocationRuleSet, sql, *where.args)


_PRICES = """
SELECT s.mode, s.period_minutes, s.horizon_days, t.*
  FROM (SELECT 1) one LEFT JOIN price_setting s ON TRUE
  LEFT JOIN (SELECT id, made_at, rule_set, orders, prices, seconds FROM price_table ORDER BY id DESC LIMIT 1) t ON TRUE
"""
_SHADOW = """
SELECT (at AT TIME ZONE 'UTC')::date AS day, count(*) AS decisions,
       count(*) FILTER (WHERE (shadow ->> 'differs')::bool) AS differing,
       sum((shadow ->> 'money')::bigint)::bigint AS money, sum((shadow ->> 'kept')::bigint)::bigint AS kept
  FROM allocation_decision WHERE shadow IS NOT NULL AND at >= now() - interval '31 days'
 GROUP BY 1 ORDER BY 1 DESC
"""


async def prices() -> tuple[Row, list[Row]]:
    """The setting and the newest table (nulls where there is none), and what they would have changed, by day."""
    row = await db.fetchrow(_PRICES)
    assert row is not None
    return row, await db.fetch(_SHADOW)


_MAX_PRICES = 500


async def unit_prices(version: int, site: str | None, sku: str | None, first: int) -> list[Row]:
    """The highest first, of a site and an SKU where they are named: site_id, sku, price in hundredths."""
    if not 1 <= first <= _MAX_PRICES:
        raise refused(ErrorCode.INVALID, f"first is 1 to {_MAX_PRICES}.", "first")
    where = Where()
    where.add(f"p.price_table_id = {where.bind(version)}")
    if site is not None:
        where.add(f"p.site_id = (SELECT i.id FROM inventory_site i WHERE i.code = {where.bind(site)})")
    if sku is not None:
        where.add(f"p.sku = {where.bind(sku)}")
    sql = f"SELECT p.site_id, p.sku, p.price FROM scarcity_price p WHERE {where}"
    return await db.fetch(f"{sql} ORDER BY p.price DESC, p.sku, p.site_id LIMIT {where.bind(first)}", *where.args)


async def preview(actor: Actor, order_id: UUID, rule_set_id: UUID | None) -> AllocationDecision:
    """The decision about the units that no site gives yet, with this rule set or the active one. Nothing is written."""
    order = await orders.one(actor, order_id, None, None, None)
    if order is None:
        raise not_found("order", "order_id")
    if rule_set_id is not None and not await AllocationRuleSet.exists(id=rule_set_id):
        raise not_found("rule set", "rule_set_id")
    async with transaction() as tx:
        facts = await load(order.id)
        supply = await look_only([facts], rule_set_id)
        question = question_of(facts, supply)
        now = tx.now
    chosen = plan(question)
    found = columns(supply.rule_set, chosen, explain(question, chosen))
    return AllocationDecision(id=uuid7(), order_id=order.id, at=now, price_version=supply.prices.version, **found)

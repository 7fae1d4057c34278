"""The orders of a period and the stock of that time, for a simulation."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.db import Row
from backend.models.facts import load_facts
from backend.models.supply import all_sites, demand_of, point_of, read_rule_set
from backend.rules import dispatch
from backend.rules.allocation_model import Level, Site
from backend.rules.assessment import order_context
from backend.rules.price_learning import Window
from backend.rules.prices_by_day import ORDERS, WINDOWS, PricesByDay
from backend.rules.replay import Arrival, Case
from backend.rules.rule_sets import LEAST_COST, RuleSet
from backend.rules.scarcity import HORIZON_DAYS

_BATCH = 500

_PLACED = "o.placed_at >= $1 AND o.placed_at < $2 AND o.state <> 'DRAFT'"
_HAS_GOODS = "EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.kind = 'PHYSICAL')"
_ORDERS = f"""
SELECT o.id, o.number, o.placed_at, o.currency, o.shipping_address, o.promised_at,
       json_agg(json_build_array(l.id, l.sku, l.quantity, l.delivery_method, l.pickup_site_id,
                                 l.unit_price * l.quantity - l.discount, l.attributes) ORDER BY l.position) AS lines
  FROM sales_order o JOIN order_line l ON l.order_id = o.id AND l.kind = 'PHYSICAL'
 WHERE {_PLACED}
 GROUP BY o.id ORDER BY o.placed_at, o.id
"""
_SAMPLE = _ORDERS.replace(
    f"WHERE {_PLACED}",
    "WHERE o.id IN (SELECT id FROM (SELECT o.id, row_number() OVER (ORDER BY o.placed_at, o.id) AS place"
    " FROM sales_order o WHERE " + _PLACED + " AND " + _HAS_GOODS + ") n WHERE mod(place - 1, $3) = 0)",
)
_STOCK = """
SELECT site_id, sku, on_hand - allocated - reserved AS free, safety_stock
  FROM inventory_level WHERE sku = ANY($1) AND on_hand - allocated - reserved > 0
"""
_COUNT = f"""
SELECT count(*) FROM sales_order o WHERE {_PLACED} AND {_HAS_GOODS}
"""
_OPENING = """
SELECT m.site_id, m.sku, sum(m.quantity)::int AS units, coalesce(max(l.safety_stock), 0) AS safety
  FROM inventory_movement m LEFT JOIN inventory_level l ON l.site_id = m.site_id AND l.sku = m.sku
 WHERE m.at < $1 GROUP BY 1, 2
"""
_ARRIVALS = """
SELECT at, site_id, sku, quantity FROM inventory_movement
 WHERE at >= $1 AND at < $2 AND quantity > 0 AND order_id IS NULL ORDER BY at, id
"""


@dataclass(frozen=True, slots=True)
class History:
    cases: list[Case]
    sites: tuple[Site, ...]
    opening: dict[tuple[UUID, str], Level]
    arrivals: list[Arrival]


async def count_orders(since: datetime, until: datetime) -> int:
    """Those that `history` gives."""
    return int(await db.fetchval(_COUNT, since, until))


async def history(since: datetime, until: datetime, stock_at: datetime | None = None) -> History:
    """The orders placed in the period, and what sites had on hand when it began, or at `stock_at`; what came later."""
    began = stock_at or since
    opening = {
        (row["site_id"], row["sku"]): Level(row["units"], row["safety"]) for row in await db.fetch(_OPENING, began)
    }
    arrivals = [Arrival(*tuple(row)) for row in await db.fetch(_ARRIVALS, began, until)]
    cases = await _cases(await db.fetch(_ORDERS, since, until))
    return History(cases, await all_sites(), opening, arrivals)


async def sample(since: datetime, until: datetime, most: int) -> tuple[list[Case], int]:
    """Every n-th order placed in the period, so that there are not more than `most`; and n."""
    step = max(1, math.ceil(await count_orders(since, until) / most))
    return await _cases(await db.fetch(_SAMPLE, since, until, step)), step


async def windows_before(now: datetime, horizon: timedelta, count: int, most: int) -> list[Window]:
    """So many, each as long as the horizon and of at most so many orders; those that have any, the latest first."""
    windows = []
    for back in range(count):
        cases, weight = await sample(now - (back + 1) * horizon, now - back * horizon, most)
        if cases:
            windows.append(Window(cases, weight))
    return windows


async def prices_by_day(rule_set: RuleSet, sites: Sequence[Site], since: datetime) -> PricesByDay:
    """For a replay of the orders from `since` on, with the horizon of the prices that decisions are charged."""
    horizon = timedelta(days=await db.fetchval("SELECT horizon_days FROM price_setting") or HORIZON_DAYS)
    return PricesByDay(rule_set, sites, await windows_before(since, horizon, WINDOWS, ORDERS), horizon)


async def stock_now(skus: Sequence[str]) -> dict[tuple[UUID, str], Level]:
    """Where anything is free."""
    rows = await db.fetch(_STOCK, list(skus))
    return {(row["site_id"], row["sku"]): Level(row["free"], row["safety_stock"]) for row in rows}


async def active_rule_set() -> RuleSet:
    row = await db.fetchval("SELECT json_build_array(id, name, version, rules) FROM allocation_rule_set WHERE active")
    return read_rule_set(row) if row else LEAST_COST


async def _cases(rows: Sequence[Row]) -> list[Case]:
    cases = []
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        facts = await load_facts([row["id"] for row in batch])
        for row in batch:
            address = json.loads(row["shipping_address"]) if row["shipping_address"] else None
            case = Case(
                number=row["number"],
                at=row["placed_at"],
                demands=tuple(demand_of(values, row["currency"]) for values in json.loads(row["lines"])),
                destination=point_of(address),
                ship_to=dispatch.destination_of(address),
                order=order_context(facts[row["id"]]),
                promised_at=row["promised_at"],
            )
            cases.append(case)
    return cases


async def rule_sets_of(ids: Sequence[UUID]) -> list[RuleSet]:
    """Any versions, in the order of the ids; those that there are."""
    rows = await db.fetch(
        "SELECT json_build_array(id, name, version, rules) AS row FROM allocation_rule_set WHERE id = ANY($1)", ids
    )
    return sorted((read_rule_set(row["row"]) for row in rows), key=lambda rule_set: ids.index(_id(rule_set)))


def _id(rule_set: RuleSet) -> UUID:
    assert rule_set.id is not None
    return rule_set.id


async def named_rule_sets(names: Sequence[str]) -> list[RuleSet]:
    """The active or newest version of each name, in their order; without names of all, the active one first."""
    rows = await db.fetch(
        "SELECT json_build_array(id, name, version, rules) AS row FROM ("
        " SELECT DISTINCT ON (name) * FROM allocation_rule_set WHERE $1::text[] = '{}' OR name = ANY($1)"
        " ORDER BY name, active DESC, version DESC) t ORDER BY active DESC, name",
        list(names),
    )
    found = [read_rule_set(row["row"]) for row in rows]
    unknown = set(names) - {rule_set.name for rule_set in found}
    if unknown:
        raise refused(ErrorCode.NOT_FOUND, f"There is no rule set {min(unknown)!r}.", "rule_set")
    return sorted(found, key=lambda rule_set: names.index(rule_set.name)) if names else found

"""What an allocation looks at, in one statement: an order's open lines, sites and what they hold, the active rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.models import db
from backend.models.facts import load
from backend.models.orders import Order
from backend.money import exponent
from backend.rules.allocation import Question
from backend.rules.allocation_model import Demand, Level, Point, Site
from backend.rules.assessment import order_context
from backend.rules.rule_sets import LEAST_COST, RuleSet, rules_from_json
from backend.rules.vocabulary import DeliveryMethod, SiteCapability, SiteKind


@dataclass(frozen=True, slots=True)
class Supply:
    """`last_position` is the number of the order's newest shipping order. `exclusions`: sites not to ask again.

    `own`: units of a level that are reserved for this order; they count as free.
    """

    demands: tuple[Demand, ...]
    sites: tuple[Site, ...]
    levels: Mapping[tuple[UUID, str], Level]
    own: Mapping[tuple[UUID, str], int]
    exclusions: Mapping[UUID, str]
    scarcity: Mapping[tuple[UUID, str], int]
    rule_set: RuleSet
    last_position: int


_SITES = """
SELECT json_agg(json_build_array(id, code, kind, active, capabilities, rank, latitude, longitude,
                address ->> 'country', address ->> 'subdivision') ORDER BY rank, code) FROM inventory_site
"""
_LOOK = f"""
WITH line AS MATERIALIZED (
    SELECT id, position, sku, quantity - cancelled - fulfilled - allocated AS open, delivery_method, pickup_site_id,
           unit_price, quantity, discount, attributes
      FROM order_line WHERE order_id = $1 AND kind = 'PHYSICAL'
), held AS MATERIALIZED (
    SELECT n.site_id, n.sku, n.quantity FROM reservation r JOIN reservation_line n ON n.reservation_id = r.id
     WHERE r.order_id = $1 AND r.released_at IS NULL /*hold*/
), own AS (
    SELECT site_id, sku, sum(quantity)::int AS units FROM held GROUP BY 1, 2
), level AS MATERIALIZED (
    SELECT l.site_id, l.sku, l.on_hand - l.allocated - l.reserved + coalesce(o.units, 0) AS free,
           least(l.safety_stock, l.on_hand - l.allocated - l.reserved) AS safety
      FROM inventory_level l LEFT JOIN own o USING (site_id, sku)
     WHERE l.sku IN (SELECT sku FROM line WHERE open > 0)
       AND l.on_hand - l.allocated - l.reserved + coalesce(o.units, 0) > 0
)
SELECT (SELECT json_agg(json_build_array(id, sku, open, delivery_method, pickup_site_id,
                        (unit_price * quantity - discount) * open / quantity, attributes) ORDER BY position)
          FROM line WHERE open > 0) AS lines,
       (SELECT json_agg(json_build_array(site_id, sku, free, safety)) FROM level) AS levels,
       (SELECT json_agg(json_build_array(site_id, sku, units)) FROM own) AS own,
       (SELECT json_object_agg(site_id, reason) FROM order_site_exclusion WHERE order_id = $1) AS exclusions,
       ({_SITES}) AS sites,
       (SELECT json_build_array(id, name, version, rules) FROM allocation_rule_set
         WHERE CASE WHEN $2::uuid IS NULL THEN active ELSE id = $2 END) AS rule_set,
       (SELECT coalesce(max(position), 0) FROM shipping_order WHERE order_id = $1) AS last_position
"""
_LOOK_TO_ACT = _LOOK.replace("/*hold*/", "FOR NO KEY UPDATE OF r")


async def look(order_id: UUID, currency: str) -> Supply:
    """To act on it, in a transaction that has locked the order: its reservation is locked too."""
    return await _look(_LOOK_TO_ACT, order_id, currency, None)


async def look_only(order_id: UUID, currency: str, rule_set_id: UUID | None) -> Supply:
    """With this rule set, or the active one; locks nothing."""
    return await _look(_LOOK, order_id, currency, rule_set_id)


async def _look(sql: str, order_id: UUID, currency: str, rule_set_id: UUID | None) -> Supply:
    row = await db.fetchrow(sql, order_id, rule_set_id)
    assert row is not None
    return Supply(
        demands=tuple(demand_of(values, currency) for values in _list(row["lines"])),
        sites=_sites(row["sites"] or "[]"),
        levels={(UUID(site_id), sku): Level(free, safety) for site_id, sku, free, safety in _list(row["levels"])},
        own={(UUID(site_id), sku): units for site_id, sku, units in _list(row["own"])},
        exclusions={UUID(site_id): reason for site_id, reason in json.loads(row["exclusions"] or "{}").items()},
        scarcity={},
        rule_set=read_rule_set(row["rule_set"]) if row["rule_set"] else LEAST_COST,
        last_position=row["last_position"],
    )


async def all_sites() -> tuple[Site, ...]:
    """By rank and code."""
    return _sites(await db.fetchval(_SITES) or "[]")


async def question_of(order: Order, supply: Supply) -> Question:
    """What the planner is asked; the order's other facts are read only where the rules speak of them."""
    return Question(
        demands=supply.demands,
        sites=supply.sites,
        levels=supply.levels,
        rule_set=supply.rule_set,
        destination=destination_of(order.shipping_address),
        exclusions=supply.exclusions,
        order=order_context(await load(order.id)) if supply.rule_set.speaks_of_order else {},
        scarcity=supply.scarcity,
    )


def destination_of(address: Mapping[str, Any] | None) -> Point | None:
    """Where an order goes to, where its address says so."""
    latitude, longitude = (address or {}).get("latitude"), (address or {}).get("longitude")
    return None if latitude is None or longitude is None else (float(latitude), float(longitude))


def demand_of(values: list[Any], currency: str) -> Demand:
    """From (id, SKU, units, delivery method, pick-up site, their value in minor units, attributes)."""
    places = 2 - exponent(currency)
    line_id, sku, units, method, pickup_site_id, value, attributes = values
    return Demand(
        UUID(line_id),
        sku,
        units,
        DeliveryMethod(method),
        UUID(pickup_site_id) if pickup_site_id else None,
        value * 10**places if places >= 0 else value // 10**-places,
        attributes or {},
    )


@lru_cache(maxsize=8)
def _sites(rows: str) -> tuple[Site, ...]:
    """Read once for as long as they stay the same."""
    return tuple(
        Site(
            id=UUID(identity),
            code=code,
            kind=SiteKind(kind),
            active=active,
            capabilities=frozenset(SiteCapability(word) for word in capabilities),
            rank=rank,
            place=None if latitude is None or longitude is None else (latitude, longitude),
            country=country or "",
            subdivision=subdivision or "",
        )
        for identity, code, kind, active, capabilities, rank, latitude, longitude, country, subdivision in json.loads(
            rows
        )
    )


@lru_cache(maxsize=32)
def read_rule_set(row: str) -> RuleSet:
    identity, name, version, rules = json.loads(row)
    return RuleSet(name, rules_from_json(rules), version, UUID(identity))


def _list(aggregate: str | None) -> list[list[Any]]:
    return json.loads(aggregate) if aggregate else []

"""What allocations look at, in one statement: open lines of orders, sites and what they hold, the active rules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.models import db
from backend.models.db import Row
from backend.models.dispatch import dispatch_of, loads
from backend.money import exponent
from backend.rules import dispatch
from backend.rules.allocation import Question
from backend.rules.allocation_model import Claim, Demand, Levels, Point, Site, Stock, deliveries
from backend.rules.assessment import order_context
from backend.rules.dispatch import Delivery, Departures, areas_of
from backend.rules.facts import Facts
from backend.rules.rule_sets import LEAST_COST, RuleSet, rules_from_json
from backend.rules.scarcity import NO_PRICES, Prices, in_force
from backend.rules.sourcing.model import Policy
from backend.rules.vocabulary import DeliveryMethod, PriceMode, SiteCapability, SiteKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one order wants. `last_position` is the number of its newest shipping order.

    `claim`: its channel, and what is reserved for it. `exclusions`: sites not to ask again, and why.
    """

    demands: tuple[Demand, ...] = ()
    claim: Claim = field(default_factory=Claim)
    exclusions: Mapping[UUID, str] = field(default_factory=dict)
    last_position: int = 0
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """Orders, and all that they may be given from. `stock` goes down as they are decided.

    `departures`: when sites send off, where the rule set speaks of that; more is given to them meanwhile.
    """

    wanted: Mapping[UUID, Wanted]
    stock: Stock
    sites: tuple[Site, ...]
    rule_set: RuleSet
    prices: Prices = NO_PRICES
    departures: Departures | None = None


_SITES = """
SELECT json_agg(json_build_array(id, code, kind, active, capabilities, rank, latitude, longitude,
                address ->> 'country', address ->> 'subdivision', areas, timezone, cut_off_minute, working_days,
                closed_on, handling_days, daily_capacity) ORDER BY rank, code) FROM inventory_site
"""
LOOK = f"""
WITH /*given*/ line AS MATERIALIZED (
    SELECT order_id, id, position, sku, quantity - cancelled - fulfilled - allocated /*+ given*/ AS open,
           delivery_method, pickup_site_id, unit_price, quantity, discount, attributes
      FROM order_line WHERE order_id = ANY($1) AND kind = 'PHYSICAL'
), held AS MATERIALIZED (
    SELECT r.order_id, n.site_id, n.sku, n.quantity, n.fenced
      FROM reservation r JOIN reservation_line n ON n.reservation_id = r.id
     WHERE r.order_id = ANY($1) AND r.released_at IS NULL ORDER BY r.id /*hold*/
), own AS (
    SELECT order_id, site_id, sku, sum(quantity)::int AS units, sum(fenced)::int AS fenced
      FROM (SELECT * FROM held /*or given*/) h GROUP BY 1, 2, 3
), level AS MATERIALIZED (
    SELECT l.site_id, l.sku, l.on_hand - l.allocated - l.reserved AS free, l.safety_stock, l.fenced
      FROM inventory_level l
     WHERE l.sku IN (SELECT sku FROM line WHERE open > 0 UNION SELECT sku FROM own)
       AND (l.on_hand - l.allocated - l.reserved > 0 OR (l.site_id, l.sku) IN (SELECT site_id, sku FROM own))
)
SELECT now() AS now,
       (SELECT json_agg(json_build_array(order_id, id, sku, open, delivery_method, pickup_site_id,
                        (unit_price * quantity - discount) * open / quantity, attributes) ORDER BY position)
          FROM line WHERE open > 0) AS lines,
       (SELECT json_agg(json_build_array(site_id, sku, free, safety_stock)) FROM level) AS levels,
       (SELECT json_agg(json_build_array(order_id, site_id, sku, units, fenced)) FROM own) AS own,
       (SELECT json_agg(json_build_array(f.site_id, f.sku, c.code, f.quantity))
          FROM level v JOIN ring_fence f USING (site_id, sku) JOIN channel c ON c.id = f.channel_id
         WHERE v.fenced > 0 OR (v.site_id, v.sku) IN (SELECT site_id, sku FROM own WHERE fenced > 0)) AS fences,
       (SELECT json_agg(json_build_array(order_id, site_id, reason)) FROM order_site_exclusion
         WHERE order_id = ANY($1)) AS exclusions,
       (SELECT json_agg(json_build_array(order_id, position)) FROM
           (SELECT order_id, max(position) AS position FROM shipping_order WHERE order_id = ANY($1) GROUP BY 1) s)
           AS positions,
       (SELECT json_agg(json_build_array(id, promised_at)) FROM sales_order
         WHERE id = ANY($1) AND promised_at IS NOT NULL) AS promises,
       ({_SITES}) AS sites,
       (SELECT json_build_array(id, name, version, rules) FROM allocation_rule_set
         WHERE CASE WHEN $2::uuid IS NULL THEN active ELSE id = $2 END) AS rule_set,
       (SELECT json_build_array(s.mode, t.id, extract(epoch FROM now() - t.made_at), s.period_minutes * 60,
               (SELECT json_agg(json_build_array(p.site_id, p.sku, p.price)) FROM scarcity_price p
                 WHERE p.price_table_id = t.id AND p.sku IN (SELECT sku FROM line WHERE open > 0)))
          FROM price_setting s, LATERAL (SELECT id, made_at FROM price_table ORDER BY id DESC LIMIT 1) t
         WHERE s.mode <> 'OFF') AS prices
"""
_LOOK_TO_ACT = LOOK.replace("/*hold*/", "FOR NO KEY UPDATE OF r")
#: PostgreSQL keeps one plan for a single order; for a list it would plan anew each time.
_ONE = "= ($1::uuid[])[1]"


async def look(orders: Sequence[Facts]) -> Supply:
    """To act on it, in a transaction that has locked the orders: their reservations are locked too."""
    return await look_by(_LOOK_TO_ACT, orders, None)


async def look_only(orders: Sequence[Facts], rule_set_id: UUID | None) -> Supply:
    """With this rule set, or the active one; locks nothing."""
    return await look_by(LOOK, orders, rule_set_id)


async def look_by(sql: str, orders: Sequence[Facts], rule_set_id: UUID | None) -> Supply:
    """By `LOOK`, or a statement that is made of it."""
    if len(orders) == 1:
        sql = sql.replace("= ANY($1)", _ONE)
    row = await db.fetchrow(sql, [order.id for order in orders], rule_set_id)
    assert row is not None
    rule_set = read_rule_set(row["rule_set"]) if row["rule_set"] else LEAST_COST
    sites = _sites(row["sites"] or "[]")
    return Supply(
        wanted=_wanted(row, orders),
        stock=Stock(
            ((UUID(site), sku, free, safety) for site, sku, free, safety in _list(row["levels"])),
            ((UUID(site), sku, channel, units) for site, sku, channel, units in _list(row["fences"])),
        ),
        sites=sites,
        rule_set=rule_set,
        prices=_prices(row["prices"]) if rule_set.policy is Policy.LEAST_COST else NO_PRICES,
        departures=await _departures(sites, row["now"]) if rule_set.speaks_of_delivery else None,
    )


async def _departures(sites: Sequence[Site], now: datetime) -> Departures:
    return Departures(now, await loads([(site.id, site.dispatch) for site in sites], now))


def _prices(aggregate: str | None) -> Prices:
    if aggregate is None:
        return NO_PRICES
    mode, version, age, period, rows = json.loads(aggregate)
    learnt = {(UUID(site), sku): price for site, sku, price in rows or ()}
    return in_force(PriceMode(mode), version, age, period, learnt)


def _wanted(row: Row, orders: Sequence[Facts]) -> dict[UUID, Wanted]:
    known = {str(order.id): order for order in orders}
    demands: dict[str, list[Demand]] = {}
    for order_id, *values in _list(row["lines"]):
        demands.setdefault(order_id, []).append(demand_of(values, known[order_id].currency))
    own: dict[str, dict[tuple[UUID, str], int]] = {}
    fenced: dict[str, dict[tuple[UUID, str], int]] = {}
    for order_id, site_id, sku, units, from_fence in _list(row["own"]):
        own.setdefault(order_id, {})[UUID(site_id), sku] = units
        fenced.setdefault(order_id, {})[UUID(site_id), sku] = from_fence
    exclusions: dict[str, dict[UUID, str]] = {}
    for order_id, site_id, reason in _list(row["exclusions"]):
        exclusions.setdefault(order_id, {})[UUID(site_id)] = reason
    positions = dict(_list(row["positions"]))
    promises = {order_id: datetime.fromisoformat(at) for order_id, at in _list(row["promises"])}
    return {
        UUID(key): Wanted(
            tuple(demands.get(key, ())),
            Claim(order.channel, own.get(key, {}), fenced.get(key, {})),
            exclusions.get(key, {}),
            positions.get(key, 0),
            promises.get(key),
        )
        for key, order in known.items()
    }


async def all_sites() -> tuple[Site, ...]:
    """By rank and code."""
    return _sites(await db.fetchval(_SITES) or "[]")


def question_of(order: Facts, supply: Supply) -> Question:
    """What the planner is asked about one of the orders, with the stock that is left."""
    wanted = supply.wanted[order.id]
    levels = supply.stock.seen_by([demand.sku for demand in wanted.demands], wanted.claim)
    ship_to = dispatch.destination_of(order.shipping_address)
    return Question(
        demands=wanted.demands,
        sites=supply.sites,
        levels=levels,
        rule_set=supply.rule_set,
        destination=point_of(order.shipping_address),
        exclusions=wanted.exclusions,
        order=order_context(order) if supply.rule_set.speaks_of_order else {},
        scarcity=supply.prices.live,
        ship_to=ship_to,
        deliveries=_deliveries(supply, levels, ship_to, wanted.promised_at),
    )


def _deliveries(
    supply: Supply, levels: Levels, ship_to: dispatch.Destination | None, promised_at: datetime | None
) -> dict[UUID, Delivery | None]:
    """From those that have any of it, where it is asked for."""
    if supply.departures is None:
        return {}
    holding = {site_id for site_id, _ in levels}
    return deliveries(supply.departures, [it for it in supply.sites if it.id in holding], ship_to, promised_at)


def point_of(address: Mapping[str, Any] | None) -> Point | None:
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
            areas=areas_of(areas),
            dispatch=dispatch_of(timezone, cut_off, working, [date.fromisoformat(it) for it in closed or ()], *rest),
        )
        for (
            identity,
            code,
            kind,
            active,
            capabilities,
            rank,
            latitude,
            longitude,
            country,
            subdivision,
            areas,
            timezone,
            cut_off,
            working,
            closed,
            *rest,
        ) in json.loads(rows)
    )


@lru_cache(maxsize=32)
def read_rule_set(row: str) -> RuleSet:
    identity, name, version, rules = json.loads(row)
    return RuleSet(name, rules_from_json(rules), version, UUID(identity))


def _list(aggregate: str | None) -> list[list[Any]]:
    return json.loads(aggregate) if aggregate else []

"""Sales and service levels, from the figures that the log's follower keeps (reactions/fold_figures.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.queries.sql import Where
from backend.rules.permissions import Actor
from backend.rules.vocabulary import SalesBy, ServiceStep

MAX_DAYS = 366
MAX_ROWS = 500


@dataclass(frozen=True, slots=True)
class Sales:
    """One day in UTC and one currency; `revenue` in minor units."""

    start: datetime
    end: datetime
    orders: int
    units: int
    revenue: int
    currency: str


@dataclass(frozen=True, slots=True)
class SalesRow:
    """Of a day, a channel, a site or an item (by its code or SKU), in one currency; `revenue` in minor units."""

    name: str
    orders: int
    units: int
    revenue: int
    currency: str


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """`p50` and `p95` are seconds, to within a tenth; of `done`, `due` had a time and `in_time` kept it."""

    step: ServiceStep
    done: int
    due: int
    in_time: int
    p50: int | None
    p95: int | None


_SOLD = """
SELECT day, coalesce(s.currency, m.currency, 'USD') AS currency,
       coalesce(s.orders, 0) AS orders, coalesce(s.units, 0) AS units, coalesce(s.revenue, 0) AS revenue
  FROM generate_series(0, $1::int - 1) AS back
 CROSS JOIN LATERAL (SELECT date_trunc('day', now(), 'UTC') - back * interval '24 hours' AS day) d
  LEFT JOIN LATERAL (
      SELECT t.currency, sum(t.orders)::bigint AS orders, sum(t.units)::bigint AS units,
             sum(t.revenue)::bigint AS revenue
        FROM sales_figure t WHERE t.day = (d.day AT TIME ZONE 'UTC')::date AND {sees}
       GROUP BY t.currency HAVING sum(t.orders) > 0) s ON TRUE
  LEFT JOIN LATERAL (SELECT c.currency FROM channel c GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) m ON TRUE
 ORDER BY day, currency
"""
#: The figures of the last days, today in UTC among them.
_SINCE = "t.day > (now() AT TIME ZONE 'UTC')::date - {0}::int"
_NAMED = {
    SalesBy.DAY: "t.day::text",
    SalesBy.CHANNEL: "(SELECT c.code FROM channel c WHERE c.id = t.channel_id)",
    SalesBy.SITE: "(SELECT i.code FROM inventory_site i WHERE i.id::text = t.site)",
    SalesBy.ITEM: "t.sku",
}


async def sales(actor: Actor, days: int) -> list[Sales]:
    """Orders placed on each of the last days, drafts and cancelled ones apart; an entry for a day without any."""
    _check(days)
    where = Where()
    where.bind(days)
    _sees(where, actor, SalesBy.DAY)
    found = await db.fetch(_SOLD.format(sees=where), *where.args)
    return [
        Sales(
            start=row["day"],
            end=row["day"] + timedelta(days=1),
            orders=row["orders"],
            units=row["units"],
            revenue=row["revenue"],
            currency=row["currency"],
        )
        for row in found
    ]


async def sales_by(
    actor: Actor, by: SalesBy, days: int, channel: Sequence[str] | None = None, first: int = 50
) -> list[SalesRow]:
    """The most revenue first, currency by currency; days in their order."""
    _check(days)
    if not 1 <= first <= MAX_ROWS:
        raise refused(ErrorCode.INVALID, f"first is 1 to {MAX_ROWS}.", "first")
    where = Where()
    where.add(_SINCE.format(where.bind(days)))
    _sees(where, actor, by)
    _of_channel(where, channel)
    order = "name, currency" if by is SalesBy.DAY else "currency, revenue DESC, name"
    sql = f"""
SELECT coalesce({_NAMED[by]}, '') AS name, t.currency, sum(t.orders)::bigint AS orders, sum(t.units)::bigint AS units,
       sum(t.revenue)::bigint AS revenue
  FROM sales_figure t WHERE {where} GROUP BY 1, t.currency HAVING sum(t.orders) > 0 ORDER BY {order}
 LIMIT {where.bind(first)}"""
    return [SalesRow(**row) for row in await db.fetch(sql, *where.args)]


async def service_levels(actor: Actor, days: int, channel: Sequence[str] | None = None) -> list[ServiceLevel]:
    """Each step that was done in the last days, whenever its order was placed."""
    _check(days)
    where = Where()
    where.add(_SINCE.format(where.bind(days)))
    _sees(where, actor)
    _of_channel(where, channel)
    sql = f"""
SELECT t.step, t.bucket, sum(t.done)::bigint AS done, sum(t.due)::bigint AS due, sum(t.in_time)::bigint AS in_time
  FROM service_figure t WHERE {where} GROUP BY t.step, t.bucket HAVING sum(t.done) > 0 ORDER BY t.bucket"""
    found = await db.fetch(sql, *where.args)
    return [_level(step, [row for row in found if row["step"] == step]) for step in ServiceStep]


def _level(step: ServiceStep, rows: Sequence[db.Row]) -> ServiceLevel:
    return ServiceLevel(
        step=step,
        done=sum(row["done"] for row in rows),
        due=sum(row["due"] for row in rows),
        in_time=sum(row["in_time"] for row in rows),
        p50=_percentile(rows, 50),
        p95=_percentile(rows, 95),
    )


def _percentile(rows: Sequence[db.Row], percent: int) -> int | None:
    """The middle of the bucket in which it lies."""
    left = sum(row["done"] for row in rows) * percent / 100
    for row in rows:
        left -= row["done"]
        if left <= 0:
            return round(2 ** ((row["bucket"] + 0.5) / 4))
    return None


def _check(days: int) -> None:
    if not 1 <= days <= MAX_DAYS:
        raise refused(ErrorCode.INVALID, f"days is 1 to {MAX_DAYS}.", "days")


def _of_channel(where: Where, codes: Sequence[str] | None) -> None:
    if codes is not None:
        where.add(f"t.channel_id IN (SELECT c.id FROM channel c WHERE c.code = ANY({where.bind(list(codes))}))")


def _sees(where: Where, actor: Actor, by: SalesBy | None = None) -> None:
    """Who works at sites sees what those ship, a channel what is its own; of sales, those figures that cut them so."""
    at_sites = not actor.sees_all_orders and actor.channel_id is None
    if by is not None:
        cut = SalesBy.DAY if by is SalesBy.CHANNEL else by
        where.add(f"t.cut = '{SalesBy.SITE if at_sites and by is not SalesBy.ITEM else cut}'")
    if at_sites:
        where.add(f"t.site = ANY({where.bind([str(site) for site in actor.site_ids])})")
    elif not actor.sees_all_orders:
        where.add(f"t.channel_id = {where.bind(actor.channel_id)}")

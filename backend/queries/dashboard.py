"""The dashboard: what was sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.orders import Order
from backend.queries.scope import scope
from backend.queries.sql import Where
from backend.rules.permissions import Actor

MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Sales:
    """One day in UTC and one currency; `revenue` in minor units."""

    start: datetime
    end: datetime
    orders: int
    units: int
    revenue: int
    currency: str


_SOLD = """
SELECT day, coalesce(s.currency, m.currency, 'USD') AS currency,
       coalesce(s.orders, 0) AS orders, coalesce(s.units, 0) AS units, coalesce(s.revenue, 0) AS revenue
  FROM generate_series(0, $1::int - 1) AS back
 CROSS JOIN LATERAL (SELECT date_trunc('day', now(), 'UTC') - back * interval '24 hours' AS day) d
  LEFT JOIN LATERAL (
      SELECT t.currency, count(*) AS orders, sum(t.total)::bigint AS revenue,
             sum((SELECT coalesce(sum(l.quantity - l.cancelled), 0) FROM order_line l WHERE l.order_id = t.id))::bigint
             AS units
        FROM sales_order t
       WHERE t.placed_at >= day AND t.placed_at < day + interval '24 hours' AND t.state NOT IN ('DRAFT', 'CANCELLED')
         AND {scope}
       GROUP BY t.currency) s ON TRUE
  LEFT JOIN LATERAL (SELECT c.currency FROM channel c GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) m ON TRUE
 ORDER BY day, currency
"""


async def sales(actor: Actor, days: int) -> list[Sales]:
    """Orders placed on each of the last days, drafts and cancelled ones apart; an entry for a day without any."""
    if not 1 <= days <= MAX_DAYS:
        raise refused(ErrorCode.INVALID, f"days is 1 to {MAX_DAYS}.", "days")
    where = Where()
    where.bind(days)
    scope(where, actor, Order)
    found = await db.fetch(_SOLD.format(scope=where), *where.args)
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

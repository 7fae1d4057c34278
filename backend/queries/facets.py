"""Facets of an order search: how many orders of the whole result have each value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.integrations.meilisearch import EngineFailed
from backend.models import db
from backend.queries import order_engine, order_search
from backend.queries.order_pages import looked_up
from backend.queries.orders import Found, asked, condition
from backend.queries.sql import Where
from backend.rules.criteria import MAX_COUNT, OrderCriteria, OrderFacet
from backend.rules.permissions import Actor

MAX_BUCKETS = 50
#: Of more than can be counted in the time of a search, the newest orders are.
MOST = 3_000
#: What of an order `t` is counted: an expression, or the values `v` of a lateral row set.
_VALUES: Mapping[OrderFacet, str] = {
    OrderFacet.STATE: "(VALUES (t.state))",
    OrderFacet.CHANNEL: "(SELECT c.code FROM channel c WHERE c.id = t.channel_id)",
    OrderFacet.PAYMENT_STATUS: "(VALUES (t.payment_status))",
    OrderFacet.FULFILLMENT_STATUS: "(VALUES (t.fulfillment_status))",
    OrderFacet.SITE: "(SELECT i.code FROM shipping_order s JOIN inventory_site i ON i.id = s.site_id"
    " WHERE s.order_id = t.id UNION SELECT i.code FROM order_line l JOIN inventory_site i ON i.id = l.pickup_site_id"
    " WHERE l.order_id = t.id)",
    OrderFacet.DELIVERY_METHOD: "(SELECT DISTINCT l.delivery_method FROM order_line l WHERE l.order_id = t.id)",
    OrderFacet.ALERT_KIND: "(SELECT DISTINCT a.kind FROM alert a WHERE a.order_id = t.id AND a.cleared_at IS NULL)",
    OrderFacet.SUSPENDED: "(VALUES (t.suspended::text))",
    OrderFacet.TAG: "(SELECT DISTINCT unnest(t.tags))",
    OrderFacet.COUNTRY: "(VALUES (t.country))",
}


_FOUND = """
SELECT t.id, t.state, t.channel_id, t.payment_status, t.fulfillment_status, t.suspended, t.tags,
       t.shipping_address->>'country' AS country FROM sales_order t
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """Value and count by facet, the most frequent first, at most 50 of each.

    `capped`: only the newest orders were counted. `degraded`: the search engine let us down.
    """

    facets: Mapping[OrderFacet, list[tuple[str, int]]] = field(default_factory=dict)
    capped: bool = False
    degraded: bool = False


async def facets(
    actor: Actor,
    text: str | None,
    criteria: OrderCriteria,
    wanted: Sequence[OrderFacet],
    total: Callable[[], Awaitable[int]],
) -> Counted:
    """Of all that the search finds, which is `total`; where PostgreSQL answers and they are many, of the newest."""
    distinct = list(dict.fromkeys(wanted))
    if not distinct:
        return Counted()
    degraded = False
    search = asked(text, criteria)
    known = await looked_up(search)
    if known is None:
        try:
            counted = await order_engine.facets(actor, search, distinct)
        except EngineFailed:
            degraded = True
        else:
            if counted is not None:
                return Counted(counted)
    found = await condition(actor, search, known)
    capped = not found.selective and await total() > MAX_COUNT
    where = await _newest(found) if capped else found.where
    return Counted(await _counts(where, distinct, MOST if capped else None), capped, degraded)


async def _newest(found: Found) -> Where:
    if found.many is None:
        return found.where
    where = Where()
    where.add(f"t.id = ANY({where.bind(await order_search.newest(found.many, MOST))}::uuid[])")
    return where


async def _counts(
    where: Where, wanted: Sequence[OrderFacet], most: int | None
) -> dict[OrderFacet, list[tuple[str, int]]]:
    """All in one statement: the orders are found once."""
    parts = [
        f"(SELECT '{facet.value}' AS facet, f.v, count(*) AS orders FROM found t CROSS JOIN LATERAL {_VALUES[facet]}"
        f" AS f(v) WHERE f.v IS NOT NULL GROUP BY f.v ORDER BY count(*) DESC, f.v LIMIT {MAX_BUCKETS})"
        for facet in wanted
    ]
    order = "" if most is None else f"ORDER BY t.placed_at DESC, t.id DESC LIMIT {most}"
    sql = f"WITH found AS MATERIALIZED ({_FOUND} WHERE {where} {order}) {' UNION ALL '.join(parts)}"
    counted: dict[OrderFacet, list[tuple[str, int]]] = {facet: [] for facet in wanted}
    for row in await db.fetch_planned(sql, *where.args):
        counted[OrderFacet(row["facet"])].append((row["v"], row["orders"]))
    return {facet: sorted(values, key=lambda it: (-it[1], it[0])) for facet, values in counted.items()}

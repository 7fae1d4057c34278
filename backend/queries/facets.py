"""Facets of an order search: how many orders of the whole result have each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.integrations.meilisearch import EngineFailed
from backend.models import db
from backend.queries import order_engine
from backend.queries.order_pages import looked_up
from backend.queries.orders import asked, condition
from backend.rules.criteria import OrderCriteria, OrderFacet, OrderSearch
from backend.rules.permissions import Actor

MAX_BUCKETS = 50
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


async def facets(
    actor: Actor, text: str | None, criteria: OrderCriteria, wanted: Sequence[OrderFacet]
) -> tuple[dict[OrderFacet, list[tuple[str, int]]], bool]:
    """Value and count, the most frequent first, at most 50 of each facet; and whether the search engine let us down."""
    distinct = list(dict.fromkeys(wanted))
    degraded = False
    search = asked(text, criteria)
    known = await looked_up(search) if distinct else None
    if distinct and known is None:
        try:
            counted = await order_engine.facets(actor, search, distinct)
        except EngineFailed:
            degraded = True
        else:
            if counted is not None:
                return counted, False
    return await _counts(actor, search, known, distinct) if distinct else {}, degraded


async def _counts(
    actor: Actor, search: OrderSearch, known: Sequence[UUID] | None, wanted: Sequence[OrderFacet]
) -> dict[OrderFacet, list[tuple[str, int]]]:
    """All in one statement: the orders are found once."""
    where, _ = await condition(actor, search, known)
    parts = [
        f"(SELECT '{facet.value}' AS facet, f.v, count(*) AS orders FROM found t CROSS JOIN LATERAL {_VALUES[facet]}"
        f" AS f(v) WHERE f.v IS NOT NULL GROUP BY f.v ORDER BY count(*) DESC, f.v LIMIT {MAX_BUCKETS})"
        for facet in wanted
    ]
    sql = f"WITH found AS MATERIALIZED ({_FOUND} WHERE {where}) {' UNION ALL '.join(parts)}"
    counted: dict[OrderFacet, list[tuple[str, int]]] = {facet: [] for facet in wanted}
    for row in await db.fetch(sql, *where.args):
        counted[OrderFacet(row["facet"])].append((row["v"], row["orders"]))
    return {facet: sorted(values, key=lambda it: (-it[1], it[0])) for facet, values in counted.items()}

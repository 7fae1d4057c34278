"""Offer stock to the orders that wait for it: the highest priority first, then the oldest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.actions.allocation.allocate import BATCH, allocate_all
from backend.errors import Refused
from backend.models import db
from backend.rules.permissions import Actor

_WAITING = """
SELECT o.id, -o.priority AS rank, o.placed_at
  FROM sales_order o
 WHERE o.state = 'WAITING_ALLOCATION' AND NOT o.suspended
   AND ($2::int IS NULL OR (-o.priority, o.placed_at, o.id) > ($2::int, $3::timestamptz, $4::uuid))
   AND EXISTS (
       SELECT 1 FROM order_line l
         JOIN inventory_level v ON v.sku = l.sku
         JOIN inventory_site s ON s.id = v.site_id
    LEFT JOIN order_site_exclusion x ON x.order_id = o.id AND x.site_id = s.id
        WHERE l.order_id = o.id AND l.backordered > 0 AND ($1::text[] IS NULL OR l.sku = ANY($1))
          AND s.active AND v.on_hand - v.allocated - v.reserved - v.safety_stock - v.fenced
              + CASE WHEN v.fenced = 0 THEN 0 ELSE coalesce((SELECT f.quantity FROM ring_fence f
                    WHERE f.site_id = v.site_id AND f.sku = v.sku AND f.channel_id = o.channel_id), 0) END > 0
          AND CASE WHEN l.delivery_method = 'PICKUP' THEN s.id = l.pickup_site_id
                   ELSE 'SHIP' = ANY(s.capabilities) AND x.id IS NULL END)
 ORDER BY -o.priority, o.placed_at, o.id LIMIT $5
"""


async def allocate_backorders(actor: Actor, skus: Sequence[str] | None) -> int:
    """The number of orders that got something. `skus` None: whatever is backordered and has stock.

    An order that fails does not keep the next ones from it; its error is raised at the end.
    """
    helped = 0
    failed: list[Exception] = []
    after: tuple[Any, Any, Any] = (None, None, None)
    while rows := await db.fetch(_WAITING, None if skus is None else list(skus), *after, BATCH):
        results = await allocate_all(actor, [row["id"] for row in rows], only_if_any=True)
        for result in results.values():
            if isinstance(result, Exception):
                if not isinstance(result, Refused):
                    failed.append(result)
            else:
                helped += result is not None
        last = rows[-1]
        after = (last["rank"], last["placed_at"], last["id"])
    if failed:
        raise failed[0]
    return helped

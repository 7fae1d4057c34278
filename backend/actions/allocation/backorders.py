"""Offer stock to the orders that wait for it: the highest priority first, then the oldest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backend.actions.allocation.allocate import allocate_if
from backend.errors import Refused
from backend.models import db
from backend.rules.permissions import Actor

_BATCH = 100

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
          AND s.active AND v.on_hand - v.allocated - v.reserved - v.safety_stock > 0
          AND CASE WHEN l.delivery_method = 'PICKUP' THEN s.id = l.pickup_site_id
                   ELSE 'SHIP' = ANY(s.capabilities) AND x.id IS NULL END)
 ORDER BY -o.priority, o.placed_at, o.id LIMIT $5
"""


async def allocate_backorders(actor: Actor, skus: Sequence[str] | None) -> int:
    """The number of orders that got something. `skus` None: whatever is backordered and has stock."""
    helped = 0
    after: tuple[Any, Any, Any] = (None, None, None)
    while rows := await db.fetch(_WAITING, None if skus is None else list(skus), *after, _BATCH):
        for row in rows:
            try:
                helped += await allocate_if(actor, row["id"], only_if_any=True) is not None
            except Refused:
                continue  # it has moved on since it was listed
        last = rows[-1]
        after = (last["rank"], last["placed_at"], last["id"])
    return helped

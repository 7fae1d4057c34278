"""What sites could give an order, and the one statement that takes it: all of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.models.db import Transaction
from backend.rules.allocation import Assignment, Site
from backend.rules.vocabulary import SiteCapability


@dataclass(frozen=True, slots=True)
class Supply:
    """`last_position` is the number of the order's newest shipping order."""

    sites: tuple[Site, ...]
    available: dict[tuple[UUID, str], int]
    last_position: int


_SITES = """
SELECT (SELECT coalesce(max(position), 0) FROM shipping_order WHERE order_id = $1) AS last_position,
       (SELECT json_agg(json_build_array(s.id, s.code, s.active, s.capabilities, s.rank, s.latitude, s.longitude,
                        x.reason) ORDER BY s.code)
          FROM inventory_site s LEFT JOIN order_site_exclusion x ON x.site_id = s.id AND x.order_id = $1) AS sites
"""
_AVAILABLE = """
SELECT site_id, sku, on_hand - allocated - reserved - safety_stock AS units
  FROM inventory_level WHERE sku = ANY($1)
"""


async def look(tx: Transaction, order_id: UUID, skus: Sequence[str], *, locked: bool) -> Supply:
    """`locked`: nobody else can take of these SKUs until the transaction ends."""
    lock = " ORDER BY site_id, sku FOR NO KEY UPDATE" if locked else ""
    levels = await tx.fetch(_AVAILABLE + lock, list(skus))
    row = await tx.fetchrow(_SITES, order_id)
    assert row is not None
    sites = tuple(
        Site(
            id=UUID(identity),
            code=code,
            active=active,
            capabilities=frozenset(SiteCapability(word) for word in capabilities),
            rank=rank,
            place=None if latitude is None or longitude is None else (latitude, longitude),
            excluded=reason,
        )
        for identity, code, active, capabilities, rank, latitude, longitude, reason in json.loads(row["sites"] or "[]")
    )
    available = {(UUID(str(level["site_id"])), level["sku"]): max(0, level["units"]) for level in levels}
    return Supply(sites, available, row["last_position"])


_TAKE = """
WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[]) AS w(site_id, sku, units)
), locked AS MATERIALIZED (
    SELECT l.id, w.units, l.on_hand - l.allocated - l.reserved - l.safety_stock >= w.units AS enough
      FROM inventory_level l JOIN wanted w USING (site_id, sku)
     ORDER BY l.site_id, l.sku FOR NO KEY UPDATE OF l
)
UPDATE inventory_level l SET allocated = l.allocated + k.units
  FROM locked k
 WHERE l.id = k.id AND l.on_hand - l.allocated - l.reserved - l.safety_stock >= k.units
   AND (SELECT bool_and(enough) AND count(*) = cardinality($1::uuid[]) FROM locked)
"""


async def take(tx: Transaction, assignments: Sequence[Assignment]) -> bool:
    """Set the units aside. False, and nothing is changed, where a level has not enough any more."""
    sums: dict[tuple[UUID, str], int] = {}
    for it in assignments:
        sums[it.site_id, it.sku] = sums.get((it.site_id, it.sku), 0) + it.quantity
    if not sums:
        return True
    changed = await tx.execute(_TAKE, [site_id for site_id, _ in sums], [sku for _, sku in sums], list(sums.values()))
    if changed not in (0, len(sums)):
        raise RuntimeError("Stock was taken in part.")
    return changed == len(sums)

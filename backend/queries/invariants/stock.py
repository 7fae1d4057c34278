"""What sites hold, against the ledger and against what they were asked to give."""

from __future__ import annotations

from backend.queries.invariants import Invariant
from backend.queries.invariants.orders import OPEN

STOCK = (
    Invariant(
        "level.on_hand",
        "What a site has on hand is the sum of its movements.",
        """
SELECT s.code AS site, coalesce(l.sku, m.sku) AS sku, l.on_hand, m.units AS movements
  FROM inventory_level l
  FULL JOIN (SELECT site_id, sku, sum(quantity) AS units FROM inventory_movement GROUP BY 1, 2) m
         ON m.site_id = l.site_id AND m.sku = l.sku
  JOIN inventory_site s ON s.id = coalesce(l.site_id, m.site_id)
 WHERE coalesce(l.on_hand, 0) <> coalesce(m.units, 0)""",
    ),
    Invariant(
        "level.allocated",
        "What is allocated at a site are the units of its open shipping orders.",
        f"""
SELECT s.code AS site, coalesce(l.sku, o.sku) AS sku, l.allocated, o.units AS shipping_orders
  FROM inventory_level l
  FULL JOIN (SELECT so.site_id, sl.sku, sum(sl.quantity) AS units
               FROM shipping_order_line sl JOIN shipping_order so ON so.id = sl.shipping_order_id
              WHERE so.state IN {OPEN} GROUP BY 1, 2) o ON o.site_id = l.site_id AND o.sku = l.sku
  JOIN inventory_site s ON s.id = coalesce(l.site_id, o.site_id)
 WHERE coalesce(l.allocated, 0) <> coalesce(o.units, 0)""",
    ),
    Invariant(
        "level.reserved",
        "What is reserved at a site are the units of its open reservations.",
        """
SELECT s.code AS site, coalesce(l.sku, o.sku) AS sku, l.reserved, o.units AS reservations
  FROM inventory_level l
  FULL JOIN (SELECT n.site_id, n.sku, sum(n.quantity) AS units
               FROM reservation_line n JOIN reservation r ON r.id = n.reservation_id
              WHERE r.released_at IS NULL GROUP BY 1, 2) o ON o.site_id = l.site_id AND o.sku = l.sku
  JOIN inventory_site s ON s.id = coalesce(l.site_id, o.site_id)
 WHERE coalesce(l.reserved, 0) <> coalesce(o.units, 0)""",
    ),
    Invariant(
        "level.not_oversold",
        "No site has promised, or keeps for channels, more than it has.",
        """
SELECT s.code AS site, l.sku, l.on_hand, l.allocated, l.reserved, l.fenced
  FROM inventory_level l JOIN inventory_site s ON s.id = l.site_id
 WHERE l.allocated + l.reserved + l.fenced > l.on_hand OR least(l.on_hand, l.allocated, l.reserved, l.fenced) < 0""",
    ),
    Invariant(
        "level.fenced",
        "What is kept for channels at a site are the units of its ring-fences.",
        """
SELECT s.code AS site, coalesce(l.sku, f.sku) AS sku, l.fenced, f.units AS ring_fences
  FROM inventory_level l
  FULL JOIN (SELECT site_id, sku, sum(quantity) AS units FROM ring_fence GROUP BY 1, 2) f
         ON f.site_id = l.site_id AND f.sku = l.sku
  JOIN inventory_site s ON s.id = coalesce(l.site_id, f.site_id)
 WHERE coalesce(l.fenced, 0) <> coalesce(f.units, 0)""",
    ),
    Invariant(
        "shipment.units",
        "What is packed of a shipping order stands in its packages.",
        """
SELECT s.number, sl.sku, sl.packed, coalesce(p.units, 0) AS in_packages
  FROM shipping_order_line sl JOIN shipping_order s ON s.id = sl.shipping_order_id
  LEFT JOIN (SELECT pl.shipping_order_line_id, sum(pl.quantity) AS units
               FROM shipment_line pl JOIN shipment p ON p.id = pl.shipment_id
              WHERE p.state <> 'VOIDED' GROUP BY 1) p ON p.shipping_order_line_id = sl.id
 WHERE s.delivery_method = 'SHIP' AND s.state IN ('WAITING_SHIPMENT', 'SHIPPED', 'DELIVERED')
   AND sl.packed <> coalesce(p.units, 0)""",
    ),
    Invariant(
        "receipt.open",
        "Goods are expected as long as units of them are missing.",
        """
SELECT r.reference, r.state FROM expected_receipt r
 WHERE r.state = 'EXPECTED'
   AND NOT EXISTS (SELECT 1 FROM expected_receipt_line l WHERE l.receipt_id = r.id AND l.received < l.quantity)""",
    ),
)

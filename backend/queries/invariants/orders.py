"""Orders and their lines against what was done to them."""

from __future__ import annotations

from backend.queries.invariants import Invariant

#: What the first `upto` of a line's `quantity` units have of an amount (money.cumulative_share from unit 0 on).
_SHARE = "((2 * l.{amount} * (l.quantity - l.cancelled) + l.quantity) / (2 * l.quantity))"
_DISCOUNT, _TAX = _SHARE.format(amount="discount"), _SHARE.format(amount="tax")
OPEN = (
    "('WAITING_APPROVAL', 'WAITING_ASSIGNMENT', 'WAITING_PICK', 'WAITING_PACK', 'WAITING_SHIPMENT', 'READY_FOR_PICKUP')"
)
_GONE = "('SHIPPED', 'DELIVERED', 'PICKED_UP')"

ORDERS = (
    Invariant(
        "order.sums",
        "What an order comes to is what its active units and its shipping charge come to.",
        f"""
SELECT o.number, o.subtotal, o.discount, o.tax, o.total, s.subtotal AS lines, s.discount AS discounts, s.tax AS taxes
  FROM sales_order o
  JOIN (SELECT l.order_id, sum(l.unit_price * (l.quantity - l.cancelled)) AS subtotal, sum({_DISCOUNT}) AS discount,
               sum({_TAX}) AS tax
          FROM order_line l GROUP BY l.order_id) s ON s.order_id = o.id
 WHERE o.state <> 'CANCELLED'
   AND (o.subtotal, o.discount, o.tax, o.total) IS DISTINCT FROM
       (s.subtotal, s.discount, s.tax,
        s.subtotal - s.discount + o.shipping + CASE WHEN o.prices_include_tax THEN 0 ELSE s.tax END)""",
    ),
    Invariant(
        "line.total",
        "A line comes to its price times its quantity, less its discount, with its tax where prices do not include it.",
        """
SELECT o.number, l.position, l.sku, l.total
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
 WHERE l.total <> l.unit_price * l.quantity - l.discount + CASE WHEN o.prices_include_tax THEN 0 ELSE l.tax END""",
    ),
    Invariant(
        "order.state",
        "The state of an order is what follows from its steps, payments and units.",
        """
SELECT number, state, expected FROM (
    SELECT o.number, o.state,
           CASE WHEN o.steps ? 'CANCELLED' THEN 'CANCELLED'
                WHEN NOT o.steps ? 'ENTRY' THEN 'DRAFT'
                WHEN NOT (coalesce((o.steps -> 'PAYMENT' ->> 'skipped')::boolean, false) OR o.authorized >= o.total
                          OR u.fulfilled > 0) THEN 'WAITING_PAYMENT'
                WHEN NOT (o.steps ? 'COMPLETION' AND o.steps ? 'APPROVAL') THEN 'WAITING_APPROVAL'
                WHEN u.unallocated THEN 'WAITING_ALLOCATION'
                WHEN u.unfulfilled THEN 'WAITING_FULFILLMENT'
                WHEN o.steps ? 'FILING' THEN 'CLOSED' ELSE 'WAITING_FILING' END AS expected
      FROM sales_order o
      JOIN (SELECT order_id, sum(fulfilled) AS fulfilled,
                   bool_or(quantity - cancelled - fulfilled > 0) AS unfulfilled,
                   bool_or(kind = 'PHYSICAL' AND quantity - cancelled - fulfilled - allocated > 0) AS unallocated
              FROM order_line GROUP BY order_id) u ON u.order_id = o.id
) known WHERE state <> expected""",
    ),
    Invariant(
        "order.end_recorded",
        "An order that is closed was filed, and one that is cancelled was cancelled: the log says when and by whom.",
        """
SELECT o.number, o.state FROM sales_order o
 WHERE o.state IN ('CLOSED', 'CANCELLED')
   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id
                      AND e.kind = CASE o.state WHEN 'CLOSED' THEN 'order.filed' ELSE 'order.cancelled' END)""",
    ),
    Invariant(
        "order.entry_recorded",
        "The first entry of an order's log is that it was entered.",
        """
SELECT o.number, e.kind FROM sales_order o LEFT JOIN event e ON e.order_id = o.id AND e.sequence = 1
 WHERE e.kind IS DISTINCT FROM 'order.created'""",
    ),
    Invariant(
        "line.allocated",
        "A line's allocated units are those of its open shipping orders.",
        f"""
SELECT o.number, l.position, l.sku, l.allocated, coalesce(s.units, 0) AS shipping_orders
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
  LEFT JOIN (SELECT sl.order_line_id, sum(sl.quantity) AS units
               FROM shipping_order_line sl JOIN shipping_order s ON s.id = sl.shipping_order_id
              WHERE s.state IN {OPEN} GROUP BY 1) s ON s.order_line_id = l.id
 WHERE l.allocated <> coalesce(s.units, 0)""",
    ),
    Invariant(
        "line.picked",
        "A line's picked units are those of its open shipping orders.",
        f"""
SELECT o.number, l.position, l.sku, l.picked, coalesce(s.units, 0) AS shipping_orders
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
  LEFT JOIN (SELECT sl.order_line_id, sum(sl.picked) AS units
               FROM shipping_order_line sl JOIN shipping_order s ON s.id = sl.shipping_order_id
              WHERE s.state IN {OPEN} GROUP BY 1) s ON s.order_line_id = l.id
 WHERE l.picked <> coalesce(s.units, 0)""",
    ),
    Invariant(
        "line.fulfilled",
        "A physical line's fulfilled units left with shipping orders, where its workflow allocates at all.",
        f"""
SELECT o.number, l.position, l.sku, l.fulfilled, coalesce(s.units, 0) AS shipping_orders
  FROM order_line l JOIN sales_order o ON o.id = l.order_id JOIN workflow w ON w.id = o.workflow_id
  LEFT JOIN (SELECT sl.order_line_id, sum(sl.quantity) AS units
               FROM shipping_order_line sl JOIN shipping_order s ON s.id = sl.shipping_order_id
              WHERE s.state IN {_GONE} GROUP BY 1) s ON s.order_line_id = l.id
 WHERE l.kind = 'PHYSICAL' AND coalesce(w.steps -> 'ALLOCATION' ->> 'mode', 'AUTOMATIC') <> 'SKIP'
   AND l.fulfilled <> coalesce(s.units, 0)""",
    ),
    Invariant(
        "line.returned",
        "A line's returned units are those that its returns received.",
        """
SELECT o.number, l.position, l.sku, l.returned, coalesce(r.units, 0) AS received
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
  LEFT JOIN (SELECT order_line_id, sum(received) AS units FROM return_line GROUP BY 1) r ON r.order_line_id = l.id
 WHERE l.returned <> coalesce(r.units, 0)""",
    ),
    Invariant(
        "return.received",
        "What a line of a return has received is the sum of its receipts.",
        """
SELECT r.number, rl.id, rl.received, coalesce(c.units, 0) AS receipts
  FROM return_line rl JOIN return_order r ON r.id = rl.rma_id
  LEFT JOIN (SELECT return_line_id, sum(quantity) AS units FROM return_receipt GROUP BY 1) c ON c.return_line_id = rl.id
 WHERE rl.received <> coalesce(c.units, 0)""",
    ),
    Invariant(
        "order.suspended",
        "An order is suspended exactly while a hold is open.",
        """
SELECT o.number, o.suspended FROM sales_order o
 WHERE o.suspended <> EXISTS (SELECT 1 FROM order_hold h WHERE h.order_id = o.id AND h.released_at IS NULL)""",
    ),
    Invariant(
        "alert.holds",
        "A critical alert of an order that is not at its end has held it.",
        """
SELECT o.number, a.kind, a.raised_at FROM alert a JOIN sales_order o ON o.id = a.order_id
 WHERE a.severity = 'CRITICAL' AND a.cleared_at IS NULL AND o.state NOT IN ('CLOSED', 'CANCELLED')
   AND NOT EXISTS (SELECT 1 FROM order_hold h WHERE h.alert_id = a.id)""",
    ),
    Invariant(
        "order.keys",
        "The number and the channel's own id of each order stand once among the keys, and no others do.",
        """
SELECT coalesce(w.order_id, k.order_id) AS order_id, coalesce(w.scope, k.scope) AS scope,
       w.value AS of_order, k.value AS of_key
  FROM (SELECT id AS order_id, 'number' AS scope, number AS value FROM sales_order
        UNION ALL SELECT id, 'channel:' || channel_id, external_id FROM sales_order WHERE external_id IS NOT NULL) w
  FULL JOIN order_key k ON k.order_id = w.order_id AND k.scope = w.scope AND k.value = w.value
 WHERE w.order_id IS NULL OR k.order_id IS NULL""",
    ),
    Invariant(
        "exchange.links",
        "A return and the order that replaces it name each other.",
        """
SELECT r.number AS return, r.exchange_order_id, o.number AS order, o.exchange_for_id
  FROM (SELECT * FROM return_order WHERE exchange_order_id IS NOT NULL) r
  FULL JOIN (SELECT * FROM sales_order WHERE exchange_for_id IS NOT NULL) o
         ON o.id = r.exchange_order_id AND o.exchange_for_id = r.id
 WHERE r.id IS NULL OR o.id IS NULL""",
    ),
    Invariant(
        "recurring.orders",
        "An order that a recurring order has made is noted once as the one of a time that was due, and no other is.",
        """
SELECT o.number AS order, o.recurring_order_id, r.recurring_order_id AS noted, r.due_at
  FROM (SELECT * FROM sales_order WHERE recurring_order_id IS NOT NULL) o
  FULL JOIN (SELECT * FROM recurring_run WHERE outcome = 'MADE') r
         ON r.order_id = o.id AND r.recurring_order_id = o.recurring_order_id
 WHERE o.id IS NULL OR r.id IS NULL""",
    ),
)

"""What one order adds to the figures of the dashboard: to sales, to how long steps take, and to its workflow's orders.

All are said once, here, for the follower that folds them and for `crossdock verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS


@dataclass(frozen=True, slots=True)
class Figures:
    """`parts` is a statement that gives, for orders that `{of}` narrows over `t.id`, `order_id`, `keys` and `values`.

    `memory` is the column of order_figures that keeps what was added.
    """

    table: str
    memory: str
    keys: Sequence[tuple[str, str]]
    values: Sequence[str]
    parts: str

    def of(self, orders: str | None) -> str:
        return self.parts.replace("{of}", f"AND t.id = ANY({orders})" if orders else "")

    @property
    def names(self) -> str:
        return ", ".join(name for name, _ in self.keys)

    @property
    def columns(self) -> str:
        """As jsonb_to_recordset takes them."""
        return ", ".join([*(f"{name} {kind}" for name, kind in self.keys), *(f"{name} bigint" for name in self.values)])


def _share(amount: str, units: str) -> str:
    """What the first units of a line `l` have of an amount (money.cumulative_share from unit 0 on)."""
    return f"((2 * l.{amount} * ({units}) + l.quantity) / (2 * l.quantity))"


def _amount(units: str) -> str:
    """What the first units of a line come to (rules/totals.py)."""
    tax = f"CASE WHEN t.prices_include_tax THEN 0 ELSE {_share('tax', units)} END"
    return f"(l.unit_price * ({units}) - {_share('discount', units)} + {tax})"


_SOLD = "t.state NOT IN ('DRAFT', 'CANCELLED') {of}"
_DAY = "(t.placed_at AT TIME ZONE 'UTC')::date"
_GIVEN = ", ".join(f"'{state}'" for state in (*sorted(OPEN_SHIPPING_ORDERS), "SHIPPED", "DELIVERED", "PICKED_UP"))

SALES = Figures(
    "sales_figure",
    "sales",
    (
        ("cut", "text"),
        ("day", "date"),
        ("channel_id", "uuid"),
        ("site", "text"),
        ("sku", "text"),
        ("currency", "text"),
    ),
    ("orders", "units", "revenue"),
    f"""
SELECT t.id AS order_id, 'DAY' AS cut, {_DAY} AS day, t.channel_id, '' AS site, '' AS sku, t.currency, 1 AS orders,
       (SELECT coalesce(sum(l.quantity - l.cancelled), 0) FROM order_line l WHERE l.order_id = t.id)::bigint AS units,
       t.total AS revenue
  FROM sales_order t WHERE {_SOLD}
UNION ALL
SELECT t.id, 'ITEM', {_DAY}, t.channel_id, '', l.sku, t.currency, 1, sum(l.quantity - l.cancelled)::bigint,
       sum({_amount("l.quantity - l.cancelled")})::bigint
  FROM sales_order t JOIN order_line l ON l.order_id = t.id WHERE l.quantity > l.cancelled AND {_SOLD}
 GROUP BY t.id, l.sku
UNION ALL
SELECT g.id, 'SITE', {_DAY.replace("t.", "g.")}, g.channel_id, g.site_id::text, '', g.currency, 1,
       sum(g.quantity)::bigint, sum(g.revenue)::bigint
  FROM (SELECT t.id, t.placed_at, t.channel_id, t.currency, s.site_id, s.quantity,
               {_amount("s.upto")} - {_amount("s.upto - s.quantity")} AS revenue
          FROM sales_order t JOIN order_line l ON l.order_id = t.id
          JOIN LATERAL (SELECT s.site_id, sl.quantity, sum(sl.quantity) OVER (ORDER BY s.position) AS upto
                          FROM shipping_order_line sl JOIN shipping_order s ON s.id = sl.shipping_order_id
                         WHERE sl.order_line_id = l.id AND sl.quantity > 0 AND s.state IN ({_GIVEN})) s ON TRUE
         WHERE {_SOLD}) g
 GROUP BY g.id, g.placed_at, g.channel_id, g.currency, g.site_id""",
)

#: An approval has no date of its own to be done by: a day, as people work.
_TO_APPROVE = "interval '24 hours'"
_APPROVED = "(t.steps -> 'APPROVAL' ->> 'at')::timestamptz"
SERVICE = Figures(
    "service_figure",
    "service",
    (("step", "text"), ("day", "date"), ("channel_id", "uuid"), ("site", "text"), ("bucket", "int")),
    ("done", "due", "in_time"),
    f"""
SELECT order_id, step, (ended AT TIME ZONE 'UTC')::date AS day, channel_id, site,
       floor(4 * log(2, greatest(1, extract(epoch FROM ended - began))))::int AS bucket, count(*) AS done,
       count(due) AS due, count(*) FILTER (WHERE ended <= due) AS in_time
  FROM (
    SELECT t.id AS order_id, 'APPROVAL' AS step, t.channel_id, '' AS site, t.placed_at AS began, {_APPROVED} AS ended,
           t.placed_at + {_TO_APPROVE} AS due
      FROM sales_order t
     WHERE {_APPROVED} IS NOT NULL AND NOT coalesce((t.steps -> 'APPROVAL' ->> 'skipped')::boolean, FALSE) AND {_SOLD}
    UNION ALL
    SELECT t.id, CASE s.delivery_method WHEN 'PICKUP' THEN 'HAND_OVER' ELSE 'SHIPMENT' END, t.channel_id,
           s.site_id::text, s.created_at, s.fulfilled_at,
           CASE s.delivery_method WHEN 'PICKUP' THEN t.promised_at ELSE s.ship_by END
      FROM sales_order t JOIN shipping_order s ON s.order_id = t.id WHERE s.fulfilled_at IS NOT NULL AND {_SOLD}
    UNION ALL
    SELECT t.id, 'ORDER', t.channel_id, '', t.placed_at, t.closed_at, t.promised_at
      FROM sales_order t WHERE t.closed_at IS NOT NULL AND {_SOLD}) done
 GROUP BY order_id, step, day, channel_id, site, bucket""",
)
WORKFLOW = Figures(
    "workflow_figure",
    "workflow",
    (("workflow_id", "uuid"), ("state", "text")),
    ("orders",),
    """
SELECT t.id AS order_id, t.workflow_id, t.state, 1 AS orders
  FROM sales_order t WHERE t.state NOT IN ('CLOSED', 'CANCELLED') {of}""",
)
ALL = (SALES, SERVICE, WORKFLOW)

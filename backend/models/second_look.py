"""What allocation looks at when it asks whether an order should come from elsewhere after all."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from backend.models import db
from backend.models.db import Transaction
from backend.models.dispatch import loads
from backend.models.supply import LOOK, look_by, question_of
from backend.rules.allocation import Question
from backend.rules.allocation_model import Assignment
from backend.rules.dispatch import Departures
from backend.rules.facts import Facts
from backend.rules.vocabulary import DeliveryMethod

#: Shipping orders `s` that nobody has begun to pick or been billed for, and that no person has chosen the site of.
_UNRELEASED = """s.state IN ('WAITING_APPROVAL', 'WAITING_ASSIGNMENT') AND s.delivery_method = 'SHIP'
       AND EXISTS (SELECT 1 FROM allocation_decision d WHERE d.id = s.decision_id AND d.rule_set_version_id IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.shipping_order_id = s.id)"""
_GIVEN = f"""
SELECT s.id, s.order_id, s.site_id, n.order_line_id, n.sku, n.quantity, n.fenced
  FROM shipping_order s JOIN shipping_order_line n ON n.shipping_order_id = s.id
 WHERE s.order_id = ANY($1) AND n.quantity > 0 AND {_UNRELEASED}
"""
#: With the given units still to be had, of the sites that give them.
_LOOK_AGAIN = (
    LOOK.replace("/*given*/", f"given AS MATERIALIZED ({_GIVEN}),")
    .replace(
        "/*+ given*/", "+ coalesce((SELECT sum(quantity) FROM given g WHERE g.order_line_id = order_line.id), 0)::int"
    )
    .replace("/*or given*/", "UNION ALL SELECT order_id, site_id, sku, quantity, fenced FROM given")
)
_NEXT = f"""
SELECT DISTINCT s.order_id FROM shipping_order s JOIN sales_order o ON o.id = s.order_id
 WHERE s.order_id > $1 AND NOT o.suspended AND {_UNRELEASED}
 ORDER BY s.order_id LIMIT $2
"""


async def unreleased(after: UUID, most: int) -> list[UUID]:
    """The next orders that have units which may still be moved."""
    return [row["order_id"] for row in await db.fetch(_NEXT, after, most)]


async def ask_again(tx: Transaction, order: Facts) -> tuple[Question, list[Assignment], list[UUID]]:
    """What of the order ships, as if nothing were given of it; what is given now; by which shipping orders."""
    rows = await tx.fetch(_GIVEN, [order.id])
    supply = await look_by(_LOOK_AGAIN, [order], None)
    sending = [(site.id, site.dispatch) for site in supply.sites]
    departures = Departures(tx.now, await loads(sending, tx.now, order.id))
    question = question_of(order, replace(supply, departures=departures))
    shipped = [demand for demand in question.demands if demand.delivery_method is DeliveryMethod.SHIP]
    given = [
        Assignment(row["order_line_id"], row["site_id"], row["sku"], row["quantity"], DeliveryMethod.SHIP)
        for row in rows
    ]
    return replace(question, demands=shipped), given, list(dict.fromkeys(row["id"] for row in rows))

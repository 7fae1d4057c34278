"""Goods that sites expect, and what that means for those who wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from backend.models import db
from backend.models.receipts import ExpectedReceipt
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of
from backend.rules.criteria import ReceiptCriteria
from backend.rules.expectations import Incoming, Outlook, Waiting, outlook
from backend.rules.permissions import Actor

#: What comes first.
_SOONEST = Sort("expected", (("expected_on", "date"), ("id", "uuid")))
_CRITERIA: Mapping[str, str] = {
    "state": "t.state = ANY({0})",
    "site": "t.site_id IN (SELECT i.id FROM inventory_site i WHERE i.code = ANY({0}))",
    "sku": "EXISTS (SELECT 1 FROM expected_receipt_line l WHERE l.receipt_id = t.id AND l.sku = ANY({0}))",
    "expected_before": "t.expected_on < {0}",
}


async def receipts(actor: Actor, criteria: ReceiptCriteria, window: Window) -> Page[ExpectedReceipt]:
    where = Where()
    scope(where, actor, ExpectedReceipt)
    where.add(*conditions_of(where, criteria, _CRITERIA))
    return await page(ExpectedReceipt, where, _SOONEST, window)


async def receipt(actor: Actor, key: UUID | None, reference: str | None) -> ExpectedReceipt | None:
    return await related.one(actor, ExpectedReceipt, key, reference=reference)


_OPEN = """
SELECT l.sku, r.site_id, r.expected_on, l.quantity - l.received AS units, 'SHIP' = ANY(s.capabilities) AS ships
  FROM expected_receipt_line l
  JOIN expected_receipt r ON r.id = l.receipt_id
  JOIN inventory_site s ON s.id = r.site_id
 WHERE l.sku = ANY($1) AND l.received < l.quantity AND r.state = 'EXPECTED' AND s.active
"""
#: In the order in which they are served when goods come.
_WAITING = """
SELECT l.sku, l.id, l.backordered, CASE WHEN l.delivery_method = 'PICKUP' THEN l.pickup_site_id END AS site_id
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
 WHERE l.sku = ANY($1) AND l.backordered > 0
 ORDER BY -o.priority, o.placed_at, o.id, l.position
"""


async def incoming(levels: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], int]:
    """Units that are expected by (site, SKU)."""
    found: dict[tuple[UUID, str], int] = {}
    for row in await db.fetch(_OPEN, sorted({sku for _, sku in levels})):
        key = (row["site_id"], row["sku"])
        found[key] = found.get(key, 0) + row["units"]
    return found


async def outlooks(skus: Sequence[str]) -> dict[str, Outlook]:
    """When more of each SKU is expected; those of which nothing is are left out."""
    expected: dict[str, list[Incoming]] = {}
    for row in await db.fetch(_OPEN, list(skus)):
        one = Incoming(row["site_id"], row["expected_on"], row["units"], row["ships"])
        expected.setdefault(row["sku"], []).append(one)
    waiting: dict[str, list[Waiting]] = {}
    for row in await db.fetch(_WAITING, list(expected)) if expected else ():
        waiting.setdefault(row["sku"], []).append(Waiting(row["id"], row["backordered"], row["site_id"]))
    today = datetime.now(UTC).date()
    return {sku: outlook(receipts, waiting.get(sku, []), today) for sku, receipts in expected.items()}

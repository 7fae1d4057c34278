"""What an invoice or a credit note says on paper, for those who may see its order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backend.integrations.documents import Document, DocumentLine
from backend.models import db
from backend.money import to_decimal
from backend.rules.permissions import Actor

_SQL = """
SELECT i.number, i.kind, i.issued_at, i.currency, i.shipping, i.total, o.number AS order_number, c.name AS seller,
       coalesce(o.billing_address, o.shipping_address) AS address, u.name AS customer,
       (SELECT json_agg(json_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity,
                                          'tax', l.tax, 'total', l.total) ORDER BY l.sku, l.id)
          FROM invoice_line l WHERE l.invoice_id = i.id) AS lines
  FROM invoice i JOIN sales_order o ON o.id = i.order_id JOIN channel c ON c.id = o.channel_id
  LEFT JOIN customer u ON u.id = o.customer_id
 WHERE i.number = $1
   AND ($2 OR o.channel_id = $3
        OR EXISTS (SELECT 1 FROM shipping_order s WHERE s.order_id = o.id AND s.site_id = ANY($4))
        OR EXISTS (SELECT 1 FROM return_order r WHERE r.order_id = o.id AND r.site_id = ANY($4)))
"""


async def invoice_document(actor: Actor, number: str) -> Document | None:
    """None for one that does not exist, or whose order the actor may not see."""
    row = await db.fetchrow(
        _SQL, number, actor.sees_all_orders, actor.channel_id, [] if actor.channel_id else list(actor.site_ids)
    )
    if row is None:
        return None
    currency = row["currency"]
    lines = json.loads(row["lines"] or "[]")
    return Document(
        kind=row["kind"],
        number=row["number"],
        issued_at=row["issued_at"],
        order_number=row["order_number"],
        seller=[row["seller"]],
        buyer=_buyer(row["customer"], json.loads(row["address"] or "{}")),
        currency=currency,
        lines=[_line(line, currency) for line in lines],
        shipping=str(to_decimal(row["shipping"], currency)),
        tax=str(to_decimal(sum(line["tax"] for line in lines), currency)),
        total=str(to_decimal(row["total"], currency)),
    )


def _line(line: Mapping[str, Any], currency: str) -> DocumentLine:
    return DocumentLine(
        sku=line["sku"],
        name=line["name"],
        quantity=line["quantity"],
        tax=str(to_decimal(line["tax"], currency)),
        total=str(to_decimal(line["total"], currency)),
    )


def _buyer(customer: str | None, address: Mapping[str, Any]) -> list[str]:
    place = (address.get("postalCode"), address.get("city"), address.get("subdivision"))
    town = " ".join(part for part in place if part)
    parts = (
        address.get("company"),
        address.get("name") or customer,
        address.get("line1"),
        address.get("line2"),
        town,
        address.get("country"),
    )
    return [part for part in parts if part]

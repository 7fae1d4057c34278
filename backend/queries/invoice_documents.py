"""What an invoice or a credit note says on paper, for those who may see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backend.integrations.documents import Document, DocumentLine
from backend.models import db
from backend.models.payments import Invoice
from backend.money import to_decimal
from backend.queries.scope import scope
from backend.queries.sql import Where
from backend.rules.permissions import Actor

_SQL = """
SELECT t.number, t.kind, t.issued_at, t.currency, t.shipping, t.total, o.number AS order_number, c.name AS seller,
       coalesce(o.billing_address, o.shipping_address) AS address, u.name AS customer,
       (SELECT json_agg(json_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity,
                                          'tax', l.tax, 'total', l.total) ORDER BY l.sku, l.id)
          FROM invoice_line l WHERE l.invoice_id = t.id) AS lines
  FROM invoice t JOIN sales_order o ON o.id = t.order_id JOIN channel c ON c.id = o.channel_id
  LEFT JOIN customer u ON u.id = o.customer_id
 WHERE {where}
"""


async def invoice_document(actor: Actor, number: str) -> Document | None:
    """None for one that does not exist, or that the actor may not see."""
    where = Where()
    where.add(f"t.number = {where.bind(number)}")
    scope(where, actor, Invoice)
    row = await db.fetchrow(_SQL.format(where=where), *where.args)
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

"""Write an invoice or a credit note with the next number of its series, which has no gaps.

The number's row is locked from here to the commit: this is the last thing an action does before it records its event.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.orders import Order, OrderLine
from backend.rules.billing import Billed
from backend.rules.vocabulary import InvoiceKind


@dataclass(frozen=True, slots=True)
class Numbered:
    """`total` in minor units, shipping included."""

    id: UUID
    number: str
    total: int


_WRITE = """
WITH counted AS (
    UPDATE number_series SET value = value + 1 WHERE name = $1 RETURNING $2 || lpad(value::text, 6, '0') AS number
), made AS (
    INSERT INTO invoice (id, number, kind, order_id, shipping_order_id, rma_id, issued_at, currency, shipping, total)
    SELECT $3, counted.number, $1, $4, $5, $6, $7, $8, $9, $10 FROM counted RETURNING number
), lines AS (
    INSERT INTO invoice_line (id, invoice_id, order_id, order_line_id, sku, name, quantity, tax, total)
    SELECT l.id, $3, $4, l.order_line_id, l.sku, l.name, l.quantity, l.tax, l.total
      FROM jsonb_to_recordset($11::jsonb)
           AS l(id uuid, order_line_id uuid, sku text, name text, quantity int, tax bigint, total bigint)
)
SELECT number FROM made
"""
_PREFIXES = {InvoiceKind.INVOICE: "INV-", InvoiceKind.CREDIT_NOTE: "CN-"}


async def write(
    tx: Transaction,
    order: Order,
    kind: InvoiceKind,
    lines: Mapping[UUID, OrderLine],
    billed: Sequence[Billed],
    shipping: int,
    *,
    shipping_order_id: UUID | None = None,
    rma_id: UUID | None = None,
) -> Numbered:
    """One statement. `lines` by id, for what stands on the paper; `shipping` in minor units."""
    invoice_id = uuid7()
    total = shipping + sum(part.amounts.total for part in billed)
    rows = [
        {
            "id": str(uuid7()),
            "order_line_id": str(part.line_id),
            "sku": lines[part.line_id].sku,
            "name": lines[part.line_id].name,
            "quantity": part.quantity,
            "tax": part.amounts.tax,
            "total": part.amounts.total,
        }
        for part in billed
    ]
    number = await tx.fetchval(
        _WRITE,
        kind.value,
        _PREFIXES[kind],
        invoice_id,
        order.id,
        shipping_order_id,
        rma_id,
        tx.now,
        order.currency,
        shipping,
        total,
        json.dumps(rows),
    )
    if number is None:
        raise RuntimeError(f"There is no number series {kind.value}.")
    return Numbered(invoice_id, str(number), total)

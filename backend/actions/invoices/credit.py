"""Credit units that an invoice had: they came back, were cancelled, or will be invoiced with another site's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from backend.actions.invoices.number import write
from backend.events import record
from backend.models.db import Transaction
from backend.models.orders import Order, OrderLine
from backend.money import show
from backend.rules.billing import Billed, credit_returned, unbill
from backend.rules.permissions import Actor
from backend.rules.vocabulary import InvoiceKind


async def credit_units(
    tx: Transaction,
    actor: Actor,
    order: Order,
    parts: Sequence[tuple[UUID, int]],
    rma_id: UUID | None = None,
    shipping_order_id: UUID | None = None,
) -> UUID | None:
    """The credit note's id; None where none of the units stands on an invoice. `tx` holds the order's lock.

    With `rma_id` the units came back and stay invoiced. Without, they are the last ones invoiced and no longer are, so
    that they may be invoiced again; the shipping charge goes with the last of them. Its number is taken here: call it
    as late as can be.
    """
    lines = {line.id: line for line in await OrderLine.filter(order_id=order.id).order_by("position")}
    if rma_id is not None:
        billed = await _came_back(tx, order, lines, rma_id, parts)
        shipping = 0
    else:
        billed, shipping = await _taken_off(tx, order, lines, parts)
    if not billed:
        return None
    made = await write(
        tx,
        order,
        InvoiceKind.CREDIT_NOTE,
        lines,
        billed,
        shipping,
        shipping_order_id=shipping_order_id,
        rma_id=rma_id,
    )
    record(
        tx,
        actor,
        "invoice.credited",
        f"Credit note {made.number} of {show(made.total, order.currency)}.",
        subject=("Invoice", made.id),
        order_id=order.id,
        data={"number": made.number, "total": made.total, "rma_id": rma_id, "shipping_order_id": shipping_order_id},
    )
    return made.id


_RETURNED = """
SELECT rl.order_line_id, sum(rl.refund)::bigint AS refund,
       (SELECT coalesce(sum(il.quantity), 0)::int FROM invoice_line il JOIN invoice i ON i.id = il.invoice_id
         WHERE il.order_line_id = rl.order_line_id AND i.rma_id IS NOT NULL) AS credited
  FROM return_line rl WHERE rl.rma_id = $1 GROUP BY rl.order_line_id
"""


async def _came_back(
    tx: Transaction, order: Order, lines: Mapping[UUID, OrderLine], rma_id: UUID, parts: Sequence[tuple[UUID, int]]
) -> list[Billed]:
    """To the cent what the return was found to be worth, where all its units were invoiced."""
    known = {row["order_line_id"]: row for row in await tx.fetch(_RETURNED, rma_id)}
    billed = []
    for line_id, units in parts:
        line, row = lines[line_id], known[line_id]
        if min(units, line.invoiced - row["credited"]) > 0:
            part = credit_returned(line, row["credited"], units, prices_include_tax=order.prices_include_tax)
            if part.quantity == units:
                part = replace(part, amounts=replace(part.amounts, total=row["refund"]))
            billed.append(part)
    return billed


async def _taken_off(
    tx: Transaction, order: Order, lines: Mapping[UUID, OrderLine], parts: Sequence[tuple[UUID, int]]
) -> tuple[list[Billed], int]:
    billed = [
        unbill(lines[line_id], min(units, lines[line_id].invoiced), prices_include_tax=order.prices_include_tax)
        for line_id, units in parts
        if min(units, lines[line_id].invoiced) > 0
    ]
    nothing_left = sum(line.invoiced for line in lines.values()) == sum(part.quantity for part in billed)
    shipping = order.shipping if order.shipping_invoiced and nothing_left and billed else 0
    if billed:
        await tx.execute(
            "WITH off AS (UPDATE sales_order SET shipping_invoiced = shipping_invoiced AND NOT $4 WHERE id = $3)"
            " UPDATE order_line l SET invoiced = l.invoiced - b.units"
            " FROM unnest($1::uuid[], $2::int[]) AS b(id, units) WHERE l.id = b.id",
            [part.line_id for part in billed],
            [part.quantity for part in billed],
            order.id,
            nothing_left,
        )
        order.shipping_invoiced = order.shipping_invoiced and not nothing_left
    return billed, shipping

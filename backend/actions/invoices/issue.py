"""Issue an invoice: of a shipping order, or of an order for what does not ship."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from backend.actions.invoices.credit import credit_units
from backend.actions.invoices.number import write
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.errors import not_found
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.facts import load
from backend.models.orders import Order, OrderLine
from backend.money import show
from backend.rules.billing import Billed, bill
from backend.rules.facts import Facts
from backend.rules.permissions import Actor
from backend.rules.vocabulary import InvoiceKind, LifecycleStep, OrderState, ShippingOrderState, StepMode

FALLEN_THROUGH = (ShippingOrderState.REJECTED, ShippingOrderState.CANCELLED)


@retried
async def issue(actor: Actor, order_id: UUID, shipping_order_id: UUID | None = None) -> UUID | None:
    """The invoice's id, or None where nothing is to be invoiced (any more): no unit is invoiced twice.

    The first invoice of an order carries its shipping charge. Units that stand on the invoice of a site that did not
    give them (rejected, short picked) are credited first.
    """
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        if order.state in (OrderState.DRAFT, OrderState.CANCELLED):
            return None
        facts = await load(order.id)
        wanted = _wanted(facts, shipping_order_id)
        if fallen := _fallen_through(facts, wanted):
            await credit_units(tx, actor, order, fallen)
        lines = {line.id: line for line in await OrderLine.filter(order_id=order.id).order_by("position")}
        billed = bill(lines.values(), wanted, prices_include_tax=order.prices_include_tax)
        if not billed:
            return None
        shipping = 0 if order.shipping_invoiced else order.shipping
        await _count(tx, order, billed)
        await refresh(tx, order)
        return await _write(tx, actor, order, lines, billed, shipping, shipping_order_id)


def _wanted(facts: Facts, shipping_order_id: UUID | None) -> Mapping[UUID, int]:
    """Units by line that this invoice is to have, before what is invoiced already is left out."""
    if shipping_order_id is None:
        return {line_id: units for line_id, units in _order_level(facts) if units > 0}
    found = next((it for it in facts.shipping_orders if it.id == shipping_order_id), None)
    if found is None:
        raise not_found("shipping order", "shipping_order_id")
    return {} if found.invoiced or found.state in FALLEN_THROUGH else dict(found.lines)


def _fallen_through(facts: Facts, wanted: Mapping[UUID, int]) -> list[tuple[UUID, int]]:
    """Wanted units that are invoiced already, though no site that was invoiced for them is to give them any more."""
    if facts.workflow.invoice_on is LifecycleStep.APPROVAL:
        return []
    standing = Counter[UUID]()
    for it in facts.shipping_orders:
        if it.invoiced and it.state not in FALLEN_THROUGH:
            standing.update(dict(it.lines))
    parts = []
    for line in facts.lines:
        taken = wanted.get(line.id, 0) + line.invoiced - (line.quantity - line.cancelled)
        if line.is_physical and (units := min(taken, line.invoiced - standing[line.id])) > 0:
            parts.append((line.id, units))
    return parts


def _order_level(facts: Facts) -> Sequence[tuple[UUID, int]]:
    """Everything at approval; else what was fulfilled without a shipping order."""
    if facts.workflow.invoice_on is LifecycleStep.APPROVAL:
        return [(line.id, line.quantity - line.cancelled - line.invoiced) for line in facts.lines]
    elsewhere = facts.workflow.step(LifecycleStep.ALLOCATION).mode is StepMode.SKIP
    return [(line.id, line.fulfilled - line.invoiced) for line in facts.lines if elsewhere or not line.is_physical]


async def _count(tx: Transaction, order: Order, billed: Sequence[Billed]) -> None:
    await tx.execute(
        "WITH first AS (UPDATE sales_order SET shipping_invoiced = true WHERE id = $3)"
        " UPDATE order_line l SET invoiced = l.invoiced + b.units"
        " FROM unnest($1::uuid[], $2::int[]) AS b(id, units) WHERE l.id = b.id",
        [part.line_id for part in billed],
        [part.quantity for part in billed],
        order.id,
    )


async def _write(
    tx: Transaction,
    actor: Actor,
    order: Order,
    lines: Mapping[UUID, OrderLine],
    billed: Sequence[Billed],
    shipping: int,
    shipping_order_id: UUID | None,
) -> UUID:
    made = await write(tx, order, InvoiceKind.INVOICE, lines, billed, shipping, shipping_order_id=shipping_order_id)
    record(
        tx,
        actor,
        "invoice.issued",
        f"Invoice {made.number} of {show(made.total, order.currency)}.",
        subject=("Invoice", made.id),
        order_id=order.id,
        data={"number": made.number, "total": made.total, "shipping_order_id": shipping_order_id},
    )
    return made.id

"""Cancel an order, or some units of it, before they have left the building.

Units that sites were to fulfil go back to stock; what was authorized or captured for them is given back by the worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order
from backend.actions.fulfillment.release import release, release_units
from backend.actions.fulfillment.units import Units, lines_of
from backend.actions.invoices.credit import credit_units
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh, set_mark
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order, OrderLine
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.standing import CANCELLED_MARK


@dataclass(frozen=True, slots=True)
class LineQuantity:
    line_id: UUID
    quantity: int


@retried
async def cancel(
    actor: Actor,
    order_id: UUID,
    reason: str,
    lines: Sequence[LineQuantity] | None = None,
    expected_version: int | None = None,
) -> None:
    """Without `lines`, everything that has not left. An order of which nothing has left is CANCELLED then."""
    problems = Problems()
    problems.text(reason, 500, "reason", required=True)
    problems.check()
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderCancel"], state=order.state, suspended=order.suspended)
        rows = await OrderLine.filter(order_id=order.id).order_by("position")
        wanted = _wanted(rows, lines)
        released = _at_sites(rows, wanted)
        await release(tx, actor, order, released, reason)
        await _settle(tx, actor, order, rows, wanted, released, reason)


@retried
async def cancel_collection(actor: Actor, shipping_order_id: UUID, reason: str, expected_version: int) -> None:
    """The units of one shipping order that waits to be collected. STALE where it has moved on."""
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(
            tx, actor, shipping_order_id, "shippingOrderHandOver", expected_version
        )
        check_verb(ORDER_VERBS["orderCancel"], state=order.state, suspended=order.suspended)
        rows = await OrderLine.filter(order_id=order.id).order_by("position")
        lines = await lines_of(shipping_order.id)
        wanted = {line.order_line_id: line.quantity for line in lines if line.quantity}
        units = [Units(line, shipping_order.site_id, line.quantity) for line in lines if line.quantity]
        await release_units(tx, actor, order, {shipping_order.id: shipping_order}, lines, units, reason)
        await _settle(tx, actor, order, rows, wanted, wanted, reason)


async def _settle(
    tx: Transaction,
    actor: Actor,
    order: Order,
    rows: Sequence[OrderLine],
    wanted: dict[UUID, int],
    released: dict[UUID, int],
    reason: str,
) -> None:
    """Count the units as cancelled, end the order if nothing is left of it, tell."""
    await _cancel_units(tx, actor, order, rows, wanted, released)
    whole = all(row.cancelled == row.quantity for row in rows)
    if whole:
        await set_mark(tx, order.id, CANCELLED_MARK, actor.label)
        await _release_all_holds(tx, order)
    state = await refresh(tx, order)
    record(
        tx,
        actor,
        "order.cancelled" if whole else "order.lines_cancelled",
        f"Cancelled: {reason}",
        subject=("Order", order.id),
        order_id=order.id,
        data={"reason": reason, "units": {str(key): value for key, value in wanted.items()}, "to": state.value},
    )


def _wanted(rows: Sequence[OrderLine], lines: Sequence[LineQuantity] | None) -> dict[UUID, int]:
    """Units to cancel by line; refuses what is not open."""
    open_units = {row.id: row.quantity - row.cancelled - row.fulfilled for row in rows}
    if lines is None:
        wanted = {line_id: units for line_id, units in open_units.items() if units}
        if not wanted:
            raise refused(ErrorCode.INVALID_STATE, "Nothing is left to cancel.")
        return wanted
    wanted = {}
    for index, line in enumerate(lines):
        if line.line_id not in open_units or line.line_id in wanted:
            raise not_found("line of this order", "lines", str(index), "line_id")
        if not 1 <= line.quantity <= open_units[line.line_id]:
            raise refused(
                ErrorCode.INVALID,
                f"Between 1 and {open_units[line.line_id]} units can be cancelled.",
                "lines",
                index,
                "quantity",
            )
        wanted[line.line_id] = line.quantity
    if not wanted:
        raise refused(ErrorCode.INVALID, "Give the lines to cancel, or leave them out.", "lines")
    return wanted


def _at_sites(rows: Sequence[OrderLine], wanted: dict[UUID, int]) -> dict[UUID, int]:
    """Units that sites must give back: those without a site are cancelled first."""
    free = {row.id: row.quantity - row.cancelled - row.fulfilled - row.allocated for row in rows}
    return {line_id: units - free[line_id] for line_id, units in wanted.items() if units > free[line_id]}


async def _cancel_units(
    tx: Transaction,
    actor: Actor,
    order: Order,
    rows: Sequence[OrderLine],
    wanted: dict[UUID, int],
    released: dict[UUID, int],
) -> None:
    """Count them as cancelled; what was invoiced beyond what is left is credited."""
    changed = [row for row in rows if row.id in wanted]
    credited = []
    for row in changed:
        row.cancelled += wanted[row.id]
        left = row.quantity - row.cancelled
        row.backordered = min(row.backordered, left - row.fulfilled - (row.allocated - released.get(row.id, 0)))
        if row.invoiced > left:
            credited.append((row.id, row.invoiced - left))
    if credited:
        await credit_units(tx, actor, order, credited)
    await tx.execute(
        "UPDATE order_line l SET cancelled = c.cancelled, backordered = c.backordered"
        " FROM unnest($1::uuid[], $2::int[], $3::int[]) AS c(id, cancelled, backordered) WHERE l.id = c.id",
        [row.id for row in changed],
        [row.cancelled for row in changed],
        [row.backordered for row in changed],
    )


async def _release_all_holds(tx: Transaction, order: Order) -> None:
    await tx.execute(
        "UPDATE order_hold SET released_at = $2, released_by = 'system' WHERE order_id = $1 AND released_at IS NULL",
        order.id,
        tx.now,
    )
    await tx.execute("UPDATE sales_order SET suspended = false WHERE id = $1", order.id)
    order.suspended = False

"""Edit an order before any of it is with a site: lines, quantities, addresses, contact, shipping charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.actions.orders.cancel import LineQuantity
from backend.actions.orders.entry import line_fact, line_row
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models import db
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order, OrderLine
from backend.money import to_minor
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import (
    MAX_LINES,
    MAX_QUANTITY,
    Address,
    LineCommand,
    Problems,
    address_json,
    check_address,
    check_email,
    check_lines,
)
from backend.rules.permissions import Actor
from backend.rules.totals import units
from backend.rules.vocabulary import LifecycleStep


@dataclass(frozen=True, slots=True)
class EditOrder:
    """What is None stays as it is. A quantity of 0 takes the line off."""

    order_id: UUID
    expected_version: int | None = None
    add_lines: Sequence[LineCommand] | None = None
    set_quantities: Sequence[LineQuantity] | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    email: str | None = None
    phone: str | None = None
    shipping: Decimal | None = None


@retried
async def edit(actor: Actor, command: EditOrder) -> None:
    """Refused once units are allocated. The order is found complete and approved anew, where it had been."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, command.order_id, command.expected_version)
        check_verb(ORDER_VERBS["orderEdit"], state=order.state, suspended=order.suspended)
        _check(command, order)
        rows = await OrderLine.filter(order_id=order.id).order_by("position")
        if any(row.allocated or row.fulfilled for row in rows):
            raise refused(ErrorCode.INVALID_STATE, "Some of it is with a site already.")
        changed = await _set_quantities(order, rows, command.set_quantities or ())
        changed |= await _add_lines(tx, order, rows, command.add_lines or ())
        changed |= await _set_fields(order, command)
        if not changed:
            raise refused(ErrorCode.INVALID, "There is nothing to change.")
        await _ask_again(tx, order)
        state = await refresh(tx, order)
        record(
            tx,
            actor,
            "order.edited",
            f"Edited: {', '.join(sorted(changed))}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"changed": changed, "to": state.value},
        )


def _check(command: EditOrder, order: Order) -> None:
    problems = Problems()
    check_email(problems, command.email, "email")
    problems.text(command.phone, 40, "phone")
    for address, path in ((command.shipping_address, "shipping_address"), (command.billing_address, "billing_address")):
        if address is not None:
            check_address(problems, address, path)
    if command.shipping is not None:
        problems.money(command.shipping, order.currency, "shipping")
    check_lines(problems, command.add_lines or (), order.currency, order.prices_include_tax, "add_lines")
    problems.check()


async def _set_quantities(order: Order, rows: Sequence[OrderLine], wanted: Sequence[LineQuantity]) -> dict[str, Any]:
    """Discount and tax of a line go along with its quantity, in proportion; 0 cancels what is left of the line."""
    known = {row.id: row for row in rows}
    changed: dict[str, Any] = {}
    for index, line in enumerate(wanted):
        row = known.get(line.line_id)
        if row is None:
            raise not_found("line of this order", "set_quantities", str(index), "line_id")
        if not 0 <= line.quantity <= MAX_QUANTITY:
            raise refused(ErrorCode.INVALID, f"A quantity is 0 to {MAX_QUANTITY}.", "set_quantities", index, "quantity")
        if row.invoiced:
            raise refused(ErrorCode.INVALID_STATE, "It has been invoiced.", "set_quantities", index, "line_id")
        changed.setdefault("quantities", {})[row.sku] = [row.quantity - row.cancelled, line.quantity]
        _resize(row, line.quantity, order.prices_include_tax)
        await row.save(update_fields=["quantity", "cancelled", "backordered", "unit_price", "discount", "tax", "total"])
    return changed


def _resize(row: OrderLine, quantity: int, prices_include_tax: bool) -> None:
    row.backordered = 0
    if quantity == 0:
        row.cancelled = row.quantity
        return
    before = row.quantity
    row.quantity, row.cancelled = quantity, 0
    row.discount = (row.discount * quantity + before // 2) // before
    row.tax = (row.tax * quantity + before // 2) // before
    row.total = units(row, 0, quantity, prices_include_tax=prices_include_tax).total


async def _add_lines(
    tx: Transaction, order: Order, rows: Sequence[OrderLine], lines: Sequence[LineCommand]
) -> dict[str, Any]:
    if not lines:
        return {}
    if len(rows) + len(lines) > MAX_LINES:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"An order has at most {MAX_LINES} lines.", "add_lines")
    sites = {
        row["code"]: [str(row["id"])]
        for row in await tx.fetch(
            "SELECT code, id FROM inventory_site WHERE active AND 'PICKUP' = ANY(capabilities) AND code = ANY($1)",
            [line.pickup_site for line in lines if line.pickup_site],
        )
    }
    for index, line in enumerate(lines):
        if line.pickup_site is not None and line.pickup_site not in sites:
            raise refused(ErrorCode.INVALID, "Nobody can collect there.", "add_lines", index, "pickup_site")
    products = {
        row["sku"]: row["name"]
        for row in await tx.fetch("SELECT sku, name FROM product WHERE sku = ANY($1)", [line.sku for line in lines])
    }
    first = max(row.position for row in rows) + 1
    made = [
        line_row(
            order.id,
            first + index,
            line,
            line_fact(line, order.currency),
            order.prices_include_tax,
            sites,
            products,
        )
        for index, line in enumerate(lines)
    ]
    await tx.execute(
        "INSERT INTO order_line SELECT * FROM jsonb_populate_recordset(NULL::order_line, $1::jsonb)",
        db.jsonb(made),
    )
    return {"added": {line.sku: line.quantity for line in lines}}


async def _set_fields(order: Order, command: EditOrder) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    fields = {
        "email": command.email,
        "phone": command.phone,
        "shipping_address": address_json(command.shipping_address),
        "billing_address": address_json(command.billing_address),
        "shipping": None if command.shipping is None else to_minor(command.shipping, order.currency),
    }
    for name, value in fields.items():
        if value is not None and value != getattr(order, name):
            changed[name] = [getattr(order, name), value]
            setattr(order, name, value)
    if "shipping" in changed:
        order.total += order.shipping - changed["shipping"][0]
    if changed:
        await order.save(update_fields=[*changed, "total"])
    return changed


async def _ask_again(tx: Transaction, order: Order) -> None:
    """What was found complete and approved is another order now."""
    await tx.execute(
        "UPDATE sales_order SET steps = steps - ARRAY[$2, $3, $4] WHERE id = $1",
        order.id,
        LifecycleStep.PAYMENT.value,
        LifecycleStep.COMPLETION.value,
        LifecycleStep.APPROVAL.value,
    )

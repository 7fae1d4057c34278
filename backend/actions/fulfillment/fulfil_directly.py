"""Fulfil lines that no site gives: services, digital goods, gift cards; and goods of orders that skip allocation."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.models.orders import Order, OrderLine
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep, LineKind, OrderState, StepMode

_STATES = (OrderState.WAITING_ALLOCATION, OrderState.WAITING_FULFILLMENT)


@retried
async def fulfil_lines(actor: Actor, order_id: UUID, line_ids: Sequence[UUID]) -> None:
    """All open units of the lines. Physical ones only where the order's workflow skips allocation."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        if order.state not in _STATES or order.suspended:
            state = "suspended" if order.suspended else order.state.value
            raise refused(ErrorCode.INVALID_STATE, f"Lines cannot be fulfilled: the order is {state}.")
        lines = await _lines(order, line_ids)
        units = {line.id: line.quantity - line.cancelled - line.fulfilled for line in lines}
        await tx.execute(
            "UPDATE order_line l SET fulfilled = l.fulfilled + c.units, backordered = 0"
            " FROM unnest($1::uuid[], $2::int[]) AS c(id, units) WHERE l.id = c.id",
            list(units),
            list(units.values()),
        )
        record(
            tx,
            actor,
            "order.fulfilled",
            f"Fulfilled: {', '.join(line.sku for line in lines[:5])}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"units": {str(line_id): count for line_id, count in units.items()}},
        )
        await refresh(tx, order)


async def _lines(order: Order, line_ids: Sequence[UUID]) -> list[OrderLine]:
    """The lines that have something open; refuses lines of another order, and goods that a site is to give."""
    wanted = set(line_ids)
    lines = await OrderLine.filter(order_id=order.id, id__in=list(wanted)).order_by("position")
    if len(lines) != len(wanted):
        raise refused(ErrorCode.NOT_FOUND, "There is no such line of this order.", "line_ids")
    if any(line.kind is LineKind.PHYSICAL for line in lines):
        rule = (await load(order.id)).workflow.step(LifecycleStep.ALLOCATION)
        if rule.mode is not StepMode.SKIP or any(line.allocated for line in lines):
            raise refused(ErrorCode.INVALID, "Goods are given by sites.", "line_ids")
    unfulfilled = [line for line in lines if line.quantity > line.cancelled + line.fulfilled]
    if not unfulfilled:
        raise refused(ErrorCode.INVALID_STATE, "Nothing of these lines is open.", "line_ids")
    return unfulfilled

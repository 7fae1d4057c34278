"""Allocate an order: decide which sites give what (rules/allocation.py), set the stock aside, make shipping orders.

Look, plan, then take all of it in one guarded statement. Where somebody was quicker nothing is taken, and it is looked
and planned again; the last time with the stock rows locked. The number of statements does not grow with the order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.actions.allocation.supply import Supply, look, take
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order, OrderLine
from backend.rules.allocation import RULE_SET, Assignment, Demand, Plan, plan
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import DeliveryMethod, LineKind, ShippingOrderState

#: Plans on a mere look at the stock, before it is locked to look at it.
_LOOKS = 3
#: A plan costs its way: kilometres, kept in hundredths as every cost is.
_COST_OF_KM = 100
_TO_SHIP = timedelta(hours=24)
_TO_MAKE_READY = timedelta(hours=4)


async def allocate(actor: Actor, order_id: UUID, expected_version: int | None = None) -> UUID:
    """The id of the decision. What no site has is backordered, and tried again when stock comes."""
    decision_id = await allocate_if(actor, order_id, expected_version)
    assert decision_id is not None
    return decision_id


@retried
async def allocate_if(
    actor: Actor, order_id: UUID, expected_version: int | None = None, *, only_if_any: bool = False
) -> UUID | None:
    """With `only_if_any`, nothing is written and None is returned where no site has anything for it."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS["orderAllocate"], state=order.state, suspended=order.suspended)
        lines = await OrderLine.filter(order_id=order.id, kind=LineKind.PHYSICAL).order_by("position")
        demands = [demand for line in lines if (demand := _demand(line)).quantity]
        chosen, supply = await _plan_and_take(tx, order, demands)
        if only_if_any and not chosen.assignments:
            return None
        decision_id = uuid7()
        made = _shipping_orders(order, chosen.assignments, supply, decision_id, tx.now)
        await _write(tx, order, decision_id, chosen, demands, made)
        _tell(tx, actor, order, decision_id, chosen, demands, made, supply)
        await refresh(tx, order)
        return decision_id


def _demand(line: OrderLine) -> Demand:
    units = line.quantity - line.cancelled - line.fulfilled - line.allocated
    return Demand(line.id, line.sku, units, line.delivery_method, line.pickup_site_id)


async def _plan_and_take(tx: Transaction, order: Order, demands: Sequence[Demand]) -> tuple[Plan, Supply]:
    address = order.shipping_address or {}
    latitude, longitude = address.get("latitude"), address.get("longitude")
    destination = None if latitude is None or longitude is None else (float(latitude), float(longitude))
    skus = sorted({demand.sku for demand in demands})
    for look_number in range(_LOOKS + 1):
        supply = await look(tx, order.id, skus, locked=look_number == _LOOKS)
        chosen = plan(demands, supply.sites, supply.available, destination)
        if await take(tx, chosen.assignments):
            return chosen, supply
    raise RuntimeError(f"Order {order.number} could not take stock that it had locked.")


@dataclass(frozen=True, slots=True)
class _Made:
    """A shipping order to be written, with its lines."""

    row: dict[str, object]
    lines: list[dict[str, object]]


def _shipping_orders(
    order: Order, assignments: Sequence[Assignment], supply: Supply, decision_id: UUID, now: datetime
) -> list[_Made]:
    """One for each site and way of delivery, numbered on from the order's last."""
    groups: dict[tuple[UUID, DeliveryMethod], list[Assignment]] = {}
    for assignment in assignments:
        groups.setdefault((assignment.site_id, assignment.delivery_method), []).append(assignment)
    made = []
    for position, ((site_id, method), group) in enumerate(groups.items(), start=supply.last_position + 1):
        identity = uuid7()
        row: dict[str, object] = {
            "id": identity,
            "number": f"{order.number}-{position}",
            "order_id": order.id,
            "site_id": site_id,
            "decision_id": decision_id,
            "position": position,
            "state": ShippingOrderState.WAITING_APPROVAL,
            "version": 1,
            "delivery_method": method,
            "shipping_method": order.shipping_method if method is DeliveryMethod.SHIP else None,
            "created_at": now,
            "state_since": now,
            "ship_by": _ship_by(order, method, now),
        }
        ids = sorted(uuid7() for _ in group)  # so that lines keep the order's order
        lines = [_line(order, identity, *pair) for pair in zip(ids, group, strict=True)]
        made.append(_Made(row, lines))
    return made


def _ship_by(order: Order, method: DeliveryMethod, now: datetime) -> datetime:
    """What was promised to the customer, where that is still to come; else within the usual time."""
    if order.promised_at is not None and order.promised_at > now:
        return order.promised_at
    return now + (_TO_SHIP if method is DeliveryMethod.SHIP else _TO_MAKE_READY)


def _line(order: Order, shipping_order_id: UUID, line_id: UUID, assignment: Assignment) -> dict[str, object]:
    return {
        "id": line_id,
        "shipping_order_id": shipping_order_id,
        "order_id": order.id,
        "order_line_id": assignment.line_id,
        "sku": assignment.sku,
        "quantity": assignment.quantity,
        "picked": 0,
        "packed": 0,
    }


_WRITE = """
WITH decision AS (
    INSERT INTO allocation_decision SELECT * FROM jsonb_populate_record(NULL::allocation_decision, $1::jsonb)
), made AS (
    INSERT INTO shipping_order SELECT * FROM jsonb_populate_recordset(NULL::shipping_order, $2::jsonb)
), line AS (
    INSERT INTO shipping_order_line SELECT * FROM jsonb_populate_recordset(NULL::shipping_order_line, $3::jsonb)
)
UPDATE order_line l SET allocated = l.allocated + c.given, backordered = c.missing
  FROM unnest($4::uuid[], $5::int[], $6::int[]) AS c(id, given, missing) WHERE l.id = c.id
"""


async def _write(
    tx: Transaction, order: Order, decision_id: UUID, chosen: Plan, demands: Sequence[Demand], made: Sequence[_Made]
) -> None:
    decision = {
        "id": decision_id,
        "order_id": order.id,
        "at": tx.now,
        "rule_set": RULE_SET,
        "outcome": chosen.outcome,
        "cost": chosen.kilometres * _COST_OF_KM,
        "chosen": _listed(chosen.assignments),
        "alternatives": [
            {"cost": it.kilometres * _COST_OF_KM, "assignments": _listed(it.assignments), "why_not": it.why_not}
            for it in chosen.alternatives
        ],
        "excluded": [{"site_id": it.site_id, "reason": it.reason} for it in chosen.excluded],
    }
    missing = chosen.backordered
    await tx.execute(
        _WRITE,
        json.dumps(decision, default=str),
        json.dumps([it.row for it in made], default=str),
        json.dumps([line for it in made for line in it.lines], default=str),
        [demand.line_id for demand in demands],
        [demand.quantity - missing.get(demand.line_id, 0) for demand in demands],
        [missing.get(demand.line_id, 0) for demand in demands],
    )


def _listed(assignments: Sequence[Assignment]) -> list[dict[str, object]]:
    return [{"site_id": it.site_id, "sku": it.sku, "quantity": it.quantity} for it in assignments]


def _tell(
    tx: Transaction,
    actor: Actor,
    order: Order,
    decision_id: UUID,
    chosen: Plan,
    demands: Sequence[Demand],
    made: Sequence[_Made],
    supply: Supply,
) -> None:
    codes = {site.id: site.code for site in supply.sites}
    missing = chosen.backordered
    if made:
        given = {str(demand.line_id): demand.quantity - missing.get(demand.line_id, 0) for demand in demands}
        record(
            tx,
            actor,
            "order.allocated",
            f"Allocated to {', '.join(sorted({codes[it.site_id] for it in chosen.assignments}))}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"decision_id": decision_id, "outcome": chosen.outcome.value, "units": given},
        )
    if missing:
        skus = sorted({demand.sku for demand in demands if demand.line_id in missing})
        record(
            tx,
            actor,
            "order.backordered",
            f"No stock of {', '.join(skus[:5])}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={
                "decision_id": decision_id,
                "units": {str(key): units for key, units in missing.items()},
                "skus": skus,
            },
        )
    for it in made:
        record(
            tx,
            actor,
            "shipping_order.created",
            f"{it.row['number']} for {codes[UUID(str(it.row['site_id']))]}.",
            subject=("ShippingOrder", UUID(str(it.row["id"]))),
            order_id=order.id,
            data={"number": it.row["number"], "site_id": it.row["site_id"], "decision_id": decision_id},
        )

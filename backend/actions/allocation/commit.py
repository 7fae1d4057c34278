"""The statement that takes what was decided and writes it down: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.actions.inventory.stock import lock_levels
from backend.models.base import uuid7
from backend.models.db import Transaction, jsonb
from backend.models.orders import Order
from backend.models.supply import Supply
from backend.rules.allocation import Plan
from backend.rules.allocation_model import Assignment
from backend.rules.allocation_record import Explanation, columns
from backend.rules.vocabulary import DeliveryMethod, ShippingOrderState

_TO_SHIP = timedelta(hours=24)
_TO_MAKE_READY = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Made:
    """A shipping order to be written, with its lines."""

    row: dict[str, Any]
    lines: list[dict[str, Any]]


def shipping_orders(
    order: Order, assignments: Sequence[Assignment], last_position: int, decision_id: UUID, now: datetime
) -> list[Made]:
    """One for each site and way of delivery, numbered on from the order's last."""
    groups: dict[tuple[UUID, DeliveryMethod], list[Assignment]] = {}
    for assignment in assignments:
        groups.setdefault((assignment.site_id, assignment.delivery_method), []).append(assignment)
    made = []
    for position, ((site_id, method), group) in enumerate(groups.items(), start=last_position + 1):
        identity = uuid7()
        row = {
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
        made.append(Made(row, lines))
    return made


def _ship_by(order: Order, method: DeliveryMethod, now: datetime) -> datetime:
    """What was promised to the customer, where that is still to come; else within the usual time."""
    if order.promised_at is not None and order.promised_at > now:
        return order.promised_at
    return now + (_TO_SHIP if method is DeliveryMethod.SHIP else _TO_MAKE_READY)


def _line(order: Order, shipping_order_id: UUID, line_id: UUID, assignment: Assignment) -> dict[str, Any]:
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


#: The levels are locked by now, after everything else: what is written depends on them being enough.
_COMMIT = """
WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $10::int[]) AS w(site_id, sku, units, own)
), level AS MATERIALIZED (
    SELECT l.id, w.units, w.own,
           w.units <= greatest(w.own, l.on_hand - l.allocated - l.reserved + w.own
                                      - least(l.safety_stock, l.on_hand - l.allocated - l.reserved)) AS enough
      FROM inventory_level l JOIN wanted w USING (site_id, sku)
), verdict AS MATERIALIZED (
    SELECT coalesce(bool_and(enough), true) AND count(*) = cardinality($1::uuid[]) AS ok FROM level
), taken AS (
    UPDATE inventory_level l SET allocated = l.allocated + k.units, reserved = l.reserved - k.own
      FROM level k WHERE l.id = k.id AND (SELECT ok FROM verdict)
), used AS (
    UPDATE reservation SET released_at = $11
     WHERE order_id = $12 AND released_at IS NULL AND cardinality($10::int[]) > 0 AND (SELECT ok FROM verdict)
), decision AS (
    INSERT INTO allocation_decision SELECT d.* FROM jsonb_populate_record(NULL::allocation_decision, $4::jsonb) d
     WHERE (SELECT ok FROM verdict)
), made AS (
    INSERT INTO shipping_order SELECT s.* FROM jsonb_populate_recordset(NULL::shipping_order, $5::jsonb) s
     WHERE (SELECT ok FROM verdict)
), line AS (
    INSERT INTO shipping_order_line SELECT n.* FROM jsonb_populate_recordset(NULL::shipping_order_line, $6::jsonb) n
     WHERE (SELECT ok FROM verdict)
), counted AS (
    UPDATE order_line l SET allocated = l.allocated + c.given, backordered = c.missing
      FROM unnest($7::uuid[], $8::int[], $9::int[]) AS c(id, given, missing)
     WHERE l.id = c.id AND (SELECT ok FROM verdict)
)
SELECT ok FROM verdict
"""


async def commit(
    tx: Transaction,
    order: Order,
    decision_id: UUID,
    supply: Supply,
    plan: Plan,
    explanation: Explanation,
    made: Sequence[Made],
) -> bool:
    """False, and nothing is written, where a level has not enough any more. What was reserved for the order is used
    up or given back.
    """
    sums: dict[tuple[UUID, str], int] = dict.fromkeys(supply.own, 0)
    for it in plan.assignments:
        sums[it.site_id, it.sku] = sums.get((it.site_id, it.sku), 0) + it.quantity
    missing = plan.backordered
    await lock_levels(tx, sums)
    return bool(
        await tx.fetchval(
            _COMMIT,
            [site_id for site_id, _ in sums],
            [sku for _, sku in sums],
            list(sums.values()),
            jsonb(_decision(order, decision_id, supply, plan, explanation, tx.now)),
            jsonb([it.row for it in made]),
            jsonb([line for it in made for line in it.lines]),
            [demand.line_id for demand in supply.demands],
            [demand.quantity - missing.get(demand.line_id, 0) for demand in supply.demands],
            [missing.get(demand.line_id, 0) for demand in supply.demands],
            [supply.own.get(key, 0) for key in sums],
            tx.now,
            order.id,
        )
    )


def _decision(
    order: Order, decision_id: UUID, supply: Supply, plan: Plan, explanation: Explanation, now: datetime
) -> dict[str, Any]:
    return {
        "id": decision_id,
        "order_id": order.id,
        "at": now,
        **columns(supply.rule_set, plan, explanation),
    }

"""What was decided is taken from the stock and written down, for any number of orders at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.actions.inventory.ring_fences import fences_of
from backend.actions.inventory.stock import lock_levels
from backend.models.base import uuid7
from backend.models.db import Transaction, jsonb
from backend.models.supply import Wanted
from backend.rules.allocation import Plan
from backend.rules.allocation_model import Assignment, Stock
from backend.rules.facts import Facts
from backend.rules.vocabulary import DeliveryMethod, ShippingOrderState

_TO_SHIP = timedelta(hours=24)
_TO_MAKE_READY = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Made:
    """A shipping order to be written, with its lines."""

    row: dict[str, Any]
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Decided:
    """An order and what is to become of it. `decision` is its row; `units` are those taken of each level, `drawn`
    those of them that come from its channel's ring-fences, once that is known.
    """

    order: Facts
    wanted: Wanted
    plan: Plan
    decision: dict[str, Any]
    made: Sequence[Made]
    units: dict[tuple[UUID, str], int] = field(init=False, default_factory=dict)
    drawn: dict[tuple[UUID, str], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        _add(self.units, (((it.site_id, it.sku), it.quantity) for it in self.plan.assignments))


def shipping_orders(
    order: Facts, wanted: Wanted, assignments: Sequence[Assignment], decision_id: UUID, now: datetime
) -> list[Made]:
    """One for each site and way of delivery, numbered on from the order's last."""
    groups: dict[tuple[UUID, DeliveryMethod], list[Assignment]] = {}
    for assignment in assignments:
        groups.setdefault((assignment.site_id, assignment.delivery_method), []).append(assignment)
    made = []
    for position, ((site_id, method), group) in enumerate(groups.items(), start=wanted.last_position + 1):
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
            "ship_by": _ship_by(wanted.promised_at, method, now),
        }
        ids = sorted(uuid7() for _ in group)  # so that lines keep the order's order
        lines = [_line(order, identity, *pair) for pair in zip(ids, group, strict=True)]
        made.append(Made(row, lines))
    return made


def _ship_by(promised_at: datetime | None, method: DeliveryMethod, now: datetime) -> datetime:
    """What was promised to the customer, where that is still to come; else within the usual time."""
    if promised_at is not None and promised_at > now:
        return promised_at
    return now + (_TO_SHIP if method is DeliveryMethod.SHIP else _TO_MAKE_READY)


def _line(order: Facts, shipping_order_id: UUID, line_id: UUID, assignment: Assignment) -> dict[str, Any]:
    return {
        "id": line_id,
        "shipping_order_id": shipping_order_id,
        "order_id": order.id,
        "order_line_id": assignment.line_id,
        "sku": assignment.sku,
        "quantity": assignment.quantity,
        "picked": 0,
        "packed": 0,
        "fenced": 0,
    }


async def still_there(tx: Transaction, decided: Sequence[Decided]) -> list[Decided]:
    """Lock the levels that they take from, and leave out whoever comes too late for what is really there.

    From here on nobody else takes anything from these levels: nothing but the writing is to be done.
    """
    levels = await lock_levels(tx, {key for it in decided for key in it.units.keys() | it.wanted.claim.own.keys()})
    fenced = {(it.site_id, it.sku) for it in levels if it.fenced}
    fenced |= {key for it in decided for key, units in it.wanted.claim.from_fences.items() if units}
    stock = Stock(((it.site_id, it.sku, it.free, it.safety_stock) for it in levels), await fences_of(tx, fenced))
    found = []
    for it in decided:
        if stock.has(it.units, it.wanted.claim):
            it.drawn.update(stock.take(it.units, it.wanted.claim))
            found.append(it)
    return found


_WRITE = """
WITH taken AS (
    UPDATE inventory_level l SET allocated = l.allocated + w.units, reserved = l.reserved - w.own,
           fenced = l.fenced - w.drawn
      FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $13::int[]) AS w(site_id, sku, units, own, drawn)
     WHERE l.site_id = w.site_id AND l.sku = w.sku
), fence AS (
    UPDATE ring_fence f SET quantity = f.quantity - d.units
      FROM unnest($14::uuid[], $15::text[], $16::text[], $17::int[]) AS d(site_id, sku, channel, units)
      JOIN channel c ON c.code = d.channel
     WHERE f.site_id = d.site_id AND f.sku = d.sku AND f.channel_id = c.id
), used AS (
    UPDATE reservation SET released_at = $5 WHERE order_id = ANY($6::uuid[]) AND released_at IS NULL
), decision AS (
    INSERT INTO allocation_decision SELECT d.* FROM jsonb_populate_recordset(NULL::allocation_decision, $7::jsonb) d
), made AS (
    INSERT INTO shipping_order SELECT s.* FROM jsonb_populate_recordset(NULL::shipping_order, $8::jsonb) s
), line AS (
    INSERT INTO shipping_order_line SELECT n.* FROM jsonb_populate_recordset(NULL::shipping_order_line, $9::jsonb) n
)
UPDATE order_line l SET allocated = l.allocated + c.given, backordered = c.missing
  FROM unnest($10::uuid[], $11::int[], $12::int[]) AS c(id, given, missing)
 WHERE l.id = c.id
"""


async def write(tx: Transaction, decided: Sequence[Decided]) -> None:
    """Of orders that are `still_there`. What was reserved for them is used up or given back."""
    taken: dict[tuple[UUID, str], int] = {}
    own: dict[tuple[UUID, str], int] = {}
    drawn: dict[tuple[UUID, str], int] = {}
    fences: dict[tuple[UUID, str, str], int] = {}
    for it in decided:
        claim = it.wanted.claim
        _add(taken, it.units.items())
        _add(own, claim.own.items())
        for key, units in it.drawn.items():
            change = units - claim.from_fences.get(key, 0)
            drawn[key] = drawn.get(key, 0) + change
            fences[*key, claim.channel] = fences.get((*key, claim.channel), 0) + change
        _name_fenced(it)
    keys = list(taken.keys() | own.keys())
    counts = [
        (demand.line_id, demand.quantity - missing, missing)
        for it in decided
        for demand in it.wanted.demands
        for missing in (it.plan.backordered.get(demand.line_id, 0),)
    ]
    await tx.execute(
        _WRITE,
        [site_id for site_id, _ in keys],
        [sku for _, sku in keys],
        [taken.get(key, 0) for key in keys],
        [own.get(key, 0) for key in keys],
        tx.now,
        [it.order.id for it in decided if it.wanted.claim.own],
        jsonb([it.decision for it in decided]),
        jsonb([made.row for it in decided for made in it.made]),
        jsonb([line for it in decided for made in it.made for line in made.lines]),
        [line_id for line_id, _, _ in counts],
        [given for _, given, _ in counts],
        [missing for _, _, missing in counts],
        [drawn.get(key, 0) for key in keys],
        [site_id for site_id, _, _ in fences],
        [sku for _, sku, _ in fences],
        [channel for _, _, channel in fences],
        list(fences.values()),
    )


def _name_fenced(decided: Decided) -> None:
    """Lines keep how many of their units the channel's ring-fence gave: these would go back to it."""
    left = {key: units for key, units in decided.drawn.items() if units}
    if not left:
        return
    for made in decided.made:
        for line in made.lines:
            key = (made.row["site_id"], line["sku"])
            line["fenced"] = min(line["quantity"], left.get(key, 0))
            left[key] = left.get(key, 0) - line["fenced"]


def _add(sums: dict[tuple[UUID, str], int], units: Iterable[tuple[tuple[UUID, str], int]]) -> None:
    for key, count in units:
        sums[key] = sums.get(key, 0) + count

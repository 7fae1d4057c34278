"""Set stock to what was counted: a stock take, a feed. Only what differs is written; one statement for any number.

A count below what is promised takes promises back first: the newest shipping-order lines that nobody has picked go
back to allocation. Where even that is not enough, the count is refused, and nothing is changed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.fulfillment.release import release_units
from backend.actions.fulfillment.units import Units
from backend.actions.inventory.adjust import read_levels
from backend.actions.inventory.stock import (
    StockChange,
    check_rows,
    find_sites,
    lock_levels,
    make_levels,
    tell_of_growth,
)
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.inventory import InventoryLevel
from backend.models.orders import Order
from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason

_REASON = "The stock was counted, and is not there."
#: Units may be promised between looking and locking: from the second attempt on it is locked first.
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class SetInventory:
    counts: Sequence[StockChange]
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """`place` is the row of the input."""

    place: int
    site_id: UUID
    sku: str
    units: int


class _AgainError(Exception):
    """Units were promised while we were looking, or an order to take them back from is locked by somebody else."""


async def set_counts(actor: Actor, command: SetInventory) -> list[InventoryLevel]:
    """The levels counted, in (site, SKU) order. A SKU may be counted once for a site."""
    _check(command)
    for attempt in range(_ATTEMPTS):
        try:
            return await _set(actor, command, lock_first=attempt > 0)
        except _AgainError:
            pass
        except Exception as error:
            if not db.violates(error, "ck_inventory_level_not_oversold"):
                raise
        await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise refused(ErrorCode.CONFLICT, "Orders that hold this stock are being worked on; ask again.", "counts")


def _check(command: SetInventory) -> None:
    problems = check_rows(command.counts, command.reference, "counts")
    seen: set[tuple[str, str]] = set()
    for index, count in enumerate(command.counts):
        if count.quantity < 0:
            problems.add("A count is 0 or more.", "counts", index, "quantity")
        if (count.site, count.sku) in seen:
            message = "It is counted above already."
            problems.add(message, "counts", index, "sku", code=ErrorCode.DUPLICATE)
        seen.add((count.site, count.sku))
    problems.check()


@retried
async def _set(actor: Actor, command: SetInventory, *, lock_first: bool) -> list[InventoryLevel]:
    async with transaction() as tx:
        sites = await find_sites(tx, actor, command.counts, "counts")
        counts = [
            Count(place, sites[count.site], count.sku, count.quantity) for place, count in enumerate(command.counts)
        ]
        await make_levels(tx, [(count.site_id, count.sku) for count in counts])
        locked = lock_first or bool(await _too_many(tx, counts))
        if locked:
            await _make_room(tx, actor, counts)
        rows = await _write(tx, actor, counts, command.reference)
        below = [row for row in rows if row["units"] < row["promised"]]
        if below:
            if not locked:
                raise _AgainError
            _refuse(below)
        tell_of_growth(
            tx, actor, [(UUID(str(row["site_id"])), row["sku"]) for row in rows if row["units"] > row["on_hand"]]
        )
        return await read_levels(tx, [(count.site_id, count.sku) for count in counts])


def _refuse(below: Sequence[Row]) -> None:
    problems = Problems()
    for row in sorted(below, key=lambda it: it["place"]):
        message = f"{row['promised']} are promised and cannot be taken back."
        problems.add(message, "counts", row["place"], "quantity", code=ErrorCode.INSUFFICIENT_STOCK)
    problems.check()


_WRITE = """
WITH counted AS (
    SELECT * FROM unnest($1::int[], $2::uuid[], $3::text[], $4::int[], $5::uuid[])
        AS c(place, site_id, sku, units, movement_id)
), locked AS MATERIALIZED (
    SELECT l.id, l.site_id, l.sku, l.on_hand, l.allocated + l.reserved AS promised, c.units, c.place, c.movement_id
      FROM inventory_level l JOIN counted c USING (site_id, sku)
     ORDER BY l.site_id, l.sku FOR NO KEY UPDATE OF l
), changed AS (
    UPDATE inventory_level l SET on_hand = k.units FROM locked k
     WHERE l.id = k.id AND k.units <> k.on_hand AND k.units >= k.promised
), moved AS (
    INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor, reference)
    SELECT movement_id, site_id, sku, units - on_hand, $6, $7, $8, $9 FROM locked
     WHERE units <> on_hand AND units >= promised
)
SELECT place, site_id, sku, on_hand, promised, units FROM locked WHERE units <> on_hand OR units < promised
"""


async def _write(tx: Transaction, actor: Actor, counts: Sequence[Count], reference: str | None) -> list[Row]:
    """What differs, as it was before; rows below what is promised have not been written."""
    return await tx.fetch(
        _WRITE,
        [count.place for count in counts],
        [count.site_id for count in counts],
        [count.sku for count in counts],
        [count.units for count in counts],
        [uuid7() for _ in counts],
        MovementReason.COUNT.value,
        tx.now,
        actor.label,
        reference,
    )


async def _make_room(tx: Transaction, actor: Actor, counts: Sequence[Count]) -> None:
    """Give back what the counts leave no room for, as far as it has not been picked: the newest first.

    The orders that stand to lose are waited for, then the levels, so that nothing more is promised of them. What was
    promised meanwhile is other orders', which may be waiting for our levels: those are taken only where they are free.
    """
    held = await _hold(_newest(*await _promised(tx, counts)))
    await lock_levels(tx, [(count.site_id, count.sku) for count in counts])
    busy: set[UUID] = set()
    while True:
        rows, wanted = await _promised(tx, counts)
        chosen = _newest([row for row in rows if row["order_id"] not in busy], wanted)
        others = chosen.keys() - held.keys()
        if not others:
            break
        held |= await _hold(others, skip_locked=True)
        busy |= others - held.keys()
    if busy and sum(sum(units.values()) for units in chosen.values()) < sum(wanted.values()):
        raise _AgainError
    for order_id in sorted(chosen):
        await _release(tx, actor, held[order_id], chosen[order_id])


async def _hold(ids: Iterable[UUID], *, skip_locked: bool = False) -> dict[UUID, Order]:
    orders = Order.filter(id__in=list(ids)).order_by("id")
    return {order.id: order for order in await orders.select_for_update(no_key=True, skip_locked=skip_locked)}


async def _promised(tx: Transaction, counts: Sequence[Count]) -> tuple[list[Row], dict[tuple[UUID, str], int]]:
    """Lines that nobody has picked, the newest first, of levels with more promised than counted; and how many more."""
    wanted = await _too_many(tx, counts)
    return (await _unpicked(tx, list(wanted)) if wanted else []), wanted


async def _too_many(tx: Transaction, counts: Sequence[Count]) -> dict[tuple[UUID, str], int]:
    """Promised units above the count, by level."""
    rows = await tx.fetch(
        "SELECT l.site_id, l.sku, l.allocated + l.reserved - c.units AS units FROM inventory_level l"
        " JOIN unnest($1::uuid[], $2::text[], $3::int[]) AS c(site_id, sku, units) USING (site_id, sku)"
        " WHERE l.allocated + l.reserved > c.units",
        [count.site_id for count in counts],
        [count.sku for count in counts],
        [count.units for count in counts],
    )
    return {(UUID(str(row["site_id"])), row["sku"]): row["units"] for row in rows}


async def _unpicked(tx: Transaction, keys: Sequence[tuple[UUID, str]]) -> list[Row]:
    """Lines that nobody has picked of these levels, the newest first."""
    return await tx.fetch(
        "SELECT l.id, l.order_id, s.site_id, l.sku, l.quantity FROM shipping_order s"
        " JOIN shipping_order_line l ON l.shipping_order_id = s.id"
        " JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) ON w.site_id = s.site_id AND w.sku = l.sku"
        " WHERE s.state = ANY($3) AND l.picked = 0 AND l.quantity > 0 ORDER BY s.created_at DESC, l.id DESC",
        [site_id for site_id, _ in keys],
        [sku for _, sku in keys],
        [state.value for state in OPEN_SHIPPING_ORDERS],
    )


def _newest(rows: Sequence[Row], wanted: Mapping[tuple[UUID, str], int]) -> dict[UUID, dict[UUID, int]]:
    """Units to give back, by order and line."""
    left = dict(wanted)
    chosen: dict[UUID, dict[UUID, int]] = {}
    for row in rows:
        key = (UUID(str(row["site_id"])), row["sku"])
        units = min(left[key], row["quantity"])
        if units:
            left[key] -= units
            chosen.setdefault(row["order_id"], {})[row["id"]] = units
    return chosen


async def _release(tx: Transaction, actor: Actor, order: Order, units: Mapping[UUID, int]) -> None:
    named = await ShippingOrderLine.filter(id__in=list(units))
    shipping_orders = {
        row.id: row for row in await ShippingOrder.filter(id__in={line.shipping_order_id for line in named})
    }
    lines = await ShippingOrderLine.filter(shipping_order_id__in=list(shipping_orders)).order_by("id")
    given_back = [
        Units(line, shipping_orders[line.shipping_order_id].site_id, units[line.id])
        for line in lines
        if line.id in units
    ]
    await release_units(tx, actor, order, shipping_orders, lines, given_back, _REASON)
    await refresh(tx, order)

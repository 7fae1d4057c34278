"""Units of shipping orders that go back or leave: the line, the order's line and the stock, changed together.

Every function here expects the order's row to be locked and writes a fixed number of statements. Stock comes last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.alerts.raise_ import raise_alert
from backend.actions.inventory import ring_fences
from backend.actions.inventory.stock import Delta, apply
from backend.config import get_settings
from backend.errors import ErrorCode, Problem, Refused, not_found, refused
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.orders import Order
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import AlertSeverity, MovementReason, ShipmentState


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """`line_id` is a line of the shipping order."""

    line_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Units:
    """Some units of a shipping order's line, and the site that has them."""

    line: ShippingOrderLine
    site_id: UUID
    quantity: int


async def lines_of(*shipping_order_ids: UUID) -> list[ShippingOrderLine]:
    """In the order's order."""
    return await ShippingOrderLine.filter(shipping_order_id__in=shipping_order_ids).order_by("id")


def choose(
    shipping_order: ShippingOrder,
    lines: Sequence[ShippingOrderLine],
    given: Sequence[LineQuantity],
    *path: str,
    least: int = 0,
) -> list[Units]:
    """The lines as given; refuses unknown lines, a line named twice, and more than the line has."""
    known = {line.id: line for line in lines}
    chosen: list[Units] = []
    problems: list[Problem] = []
    for index, entry in enumerate(given):
        line = known.pop(entry.line_id, None)
        if line is None:
            problems.extend(not_found("line of this shipping order", *path, str(index), "line_id").problems)
        elif not least <= entry.quantity <= line.quantity:
            message = f"Between {least} and {line.quantity} units."
            problems.extend(refused(ErrorCode.INVALID, message, *path, index, "quantity").problems)
        else:
            chosen.append(Units(line, shipping_order.site_id, entry.quantity))
    if problems:
        raise Refused(*problems)
    return chosen


_LOWER = """
WITH back AS (
    UPDATE shipping_order_line l SET quantity = c.quantity, picked = c.picked, packed = c.packed,
           fenced = least(l.fenced, c.quantity)
      FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[]) AS c(id, quantity, picked, packed) WHERE l.id = c.id
)
UPDATE order_line o SET allocated = o.allocated - c.units, picked = o.picked - c.picked
  FROM unnest($5::uuid[], $6::int[], $7::int[]) AS c(id, units, picked) WHERE o.id = c.id
"""


async def give_back(
    tx: Transaction,
    actor: Actor,
    order: Order,
    units: Sequence[Units],
    *,
    missing: MovementReason | None = None,
    reference: str | None = None,
) -> None:
    """The sites no longer owe these units. With `missing` they are not there either, and the ledger says why.

    What the channel's ring-fence gave goes back to it last: it had been used first.
    """
    gone = [entry for entry in units if entry.quantity]
    if not gone:
        return
    unpicked: dict[UUID, int] = {}
    fenced: dict[tuple[UUID, str, UUID], int] = {}
    for entry in gone:
        line = entry.line
        picked = min(line.picked, line.quantity - entry.quantity)
        unpicked[line.order_line_id] = unpicked.get(line.order_line_id, 0) + line.picked - picked
        line.quantity, line.picked, line.packed = line.quantity - entry.quantity, picked, min(line.packed, picked)
        if line.fenced > line.quantity:
            key = (entry.site_id, line.sku, order.channel_id)
            fenced[key] = fenced.get(key, 0) + line.fenced - line.quantity
            line.fenced = line.quantity
    released = _by_order_line(gone)
    await tx.execute(
        _LOWER,
        [entry.line.id for entry in gone],
        [entry.line.quantity for entry in gone],
        [entry.line.picked for entry in gone],
        [entry.line.packed for entry in gone],
        list(released),
        list(released.values()),
        [unpicked[line_id] for line_id in released],
    )
    deltas = [
        Delta(
            entry.site_id,
            entry.line.sku,
            on_hand=-entry.quantity if missing else 0,
            allocated=-entry.quantity,
            reason=missing,
        )
        for entry in gone
    ]
    await apply(tx, actor, deltas, order_id=order.id, reference=reference)
    if not missing:
        await ring_fences.give_back(tx, fenced)


async def let_go(
    tx: Transaction,
    actor: Actor,
    order: Order,
    shipping_order: ShippingOrder,
    lines: Sequence[ShippingOrderLine],
    reason: MovementReason,
) -> None:
    """All packed units of a shipping order have left the building."""
    gone = [Units(line, shipping_order.site_id, line.packed) for line in lines if line.packed]
    fulfilled = _by_order_line(gone)
    await tx.execute(
        "UPDATE order_line o SET allocated = o.allocated - c.units, picked = o.picked - c.units,"
        " fulfilled = o.fulfilled + c.units FROM unnest($1::uuid[], $2::int[]) AS c(id, units) WHERE o.id = c.id",
        list(fulfilled),
        list(fulfilled.values()),
    )
    deltas = [
        Delta(entry.site_id, entry.line.sku, on_hand=-entry.quantity, allocated=-entry.quantity, reason=reason)
        for entry in gone
    ]
    await apply(tx, actor, deltas, order_id=order.id, reference=shipping_order.number)


def _by_order_line(units: Sequence[Units]) -> dict[UUID, int]:
    sums: dict[UUID, int] = {}
    for entry in units:
        sums[entry.line.order_line_id] = sums.get(entry.line.order_line_id, 0) + entry.quantity
    return sums


async def save_progress(tx: Transaction, lines: Sequence[ShippingOrderLine], picked: Mapping[UUID, int]) -> None:
    """Save `picked` and `packed` of the lines; `picked` is what order lines have more of, by order line."""
    await tx.execute(
        "UPDATE shipping_order_line l SET picked = c.picked, packed = c.packed"
        " FROM unnest($1::uuid[], $2::int[], $3::int[]) AS c(id, picked, packed) WHERE l.id = c.id",
        [line.id for line in lines],
        [line.picked for line in lines],
        [line.packed for line in lines],
    )
    if picked:
        await tx.execute(
            "UPDATE order_line o SET picked = o.picked + c.units"
            " FROM unnest($1::uuid[], $2::int[]) AS c(id, units) WHERE o.id = c.id",
            list(picked),
            list(picked.values()),
        )


async def unpack(tx: Transaction, shipping_order_ids: Sequence[UUID]) -> None:
    """Void packages that have not left; their units are to be packed again, if they are still wanted."""
    await tx.execute(
        "UPDATE shipment SET state = $2 WHERE shipping_order_id = ANY($1) AND state = $3",
        list(shipping_order_ids),
        ShipmentState.VOIDED.value,
        ShipmentState.LABELLED.value,
    )
    await tx.execute(
        "UPDATE shipping_order_line SET packed = 0 WHERE shipping_order_id = ANY($1)", list(shipping_order_ids)
    )


async def exclude_site(tx: Transaction, order: Order, site_id: UUID, reason: str) -> None:
    """The site is not asked for this order again. With too many such sites a person has to look: the order is held."""
    sites = await tx.fetchval(
        "WITH excluded_site AS (INSERT INTO order_site_exclusion (id, order_id, site_id, reason, at)"
        " VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (order_id, site_id) DO UPDATE SET reason = excluded.reason, at = excluded.at)"
        " SELECT 1 + count(*) FROM order_site_exclusion WHERE order_id = $2 AND site_id <> $3",
        uuid7(),
        order.id,
        site_id,
        reason,
        tx.now,
    )
    if sites >= get_settings().allocation_attempts:
        await raise_alert(
            tx,
            SYSTEM,
            "allocation.attempts",
            AlertSeverity.CRITICAL,
            f"{sites} sites could not give what was asked of them: decide where the order comes from.",
            key=f"allocation.attempts:{order.id}",
            order_id=order.id,
        )

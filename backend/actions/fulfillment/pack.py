"""Pack: every picked unit goes into exactly one package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.units import LineQuantity, lines_of, save_progress
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import DeliveryMethod, ShipmentState, ShippingOrderState

_MAX_PACKAGES = 1000
_MAX_MEASURE = 100_000_000


@dataclass(frozen=True, slots=True)
class Package:
    """Weight in grams, sizes in millimetres."""

    lines: Sequence[LineQuantity]
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


@retried
async def pack(actor: Actor, shipping_order_id: UUID, packages: Sequence[Package]) -> None:
    """Makes a shipment for each package. Pick-ups are not packed: they are made ready."""
    _check_measures(packages)
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderPack")
        if shipping_order.delivery_method is DeliveryMethod.PICKUP:
            raise refused(ErrorCode.INVALID_STATE, "It will be collected: make it ready instead.")
        lines = await lines_of(shipping_order.id)
        _check_units(lines, packages)
        await _write(tx, shipping_order, lines, packages)
        told = await move(tx, shipping_order, ShippingOrderState.WAITING_SHIPMENT)
        count = f"{len(packages)} package{'s' if len(packages) > 1 else ''}"
        tell(tx, actor, shipping_order, "packed", f"Packed in {count}.", told | {"packages": len(packages)})
        await refresh(tx, order)


def _check_measures(packages: Sequence[Package]) -> None:
    if not packages:
        raise refused(ErrorCode.INVALID, "Give at least one package.", "packages")
    if len(packages) > _MAX_PACKAGES:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {_MAX_PACKAGES} packages.", "packages")
    problems = Problems()
    for index, package in enumerate(packages):
        if not package.lines:
            problems.add("A package holds something.", "packages", index, "lines")
        for name in ("weight_grams", "length_mm", "width_mm", "height_mm"):
            measure = getattr(package, name)
            if measure is not None and not 0 < measure <= _MAX_MEASURE:
                problems.add("A measure is above 0.", "packages", index, name)
    problems.check()


def _check_units(lines: Sequence[ShippingOrderLine], packages: Sequence[Package]) -> None:
    """Refuses units that were not picked, and picked units that are in no package."""
    left = {line.id: line.picked for line in lines}
    problems = Problems()
    for index, package in enumerate(packages):
        for place, entry in enumerate(package.lines):
            path = ("packages", index, "lines", place)
            if entry.line_id not in left:
                problems.add(
                    "There is no such line of this shipping order.", *path, "line_id", code=ErrorCode.NOT_FOUND
                )
            elif not 1 <= entry.quantity <= left[entry.line_id]:
                problems.add(f"{left[entry.line_id]} picked units are left to pack.", *path, "quantity")
            else:
                left[entry.line_id] -= entry.quantity
    forgotten = [f"{left[line.id]} × {line.sku}" for line in lines if left[line.id]]
    if forgotten and not problems.found:
        problems.add(f"In no package: {', '.join(forgotten[:5])}.", "packages")
    problems.check()


_WRITE = """
WITH made AS (
    INSERT INTO shipment SELECT * FROM jsonb_populate_recordset(NULL::shipment, $1::jsonb)
)
INSERT INTO shipment_line SELECT * FROM jsonb_populate_recordset(NULL::shipment_line, $2::jsonb)
"""


async def _write(
    tx: Transaction, shipping_order: ShippingOrder, lines: Sequence[ShippingOrderLine], packages: Sequence[Package]
) -> None:
    skus = {line.id: line.sku for line in lines}
    shipments: list[dict[str, object]] = []
    contents: list[dict[str, object]] = []
    ids = sorted(uuid7() for _ in packages)  # so that packages keep their order
    for shipment_id, package in zip(ids, packages, strict=True):
        shipments.append(_shipment(tx, shipping_order, shipment_id, package))
        contents += [
            {
                "id": uuid7(),
                "shipment_id": shipment_id,
                "order_id": shipping_order.order_id,
                "shipping_order_line_id": entry.line_id,
                "sku": skus[entry.line_id],
                "quantity": entry.quantity,
            }
            for entry in package.lines
        ]
    await tx.execute(_WRITE, db.jsonb(shipments), db.jsonb(contents))
    for line in lines:
        line.packed = line.picked
    await save_progress(tx, lines, {})


def _shipment(tx: Transaction, shipping_order: ShippingOrder, shipment_id: UUID, package: Package) -> dict[str, object]:
    """Who carries it is said when it is shipped."""
    return {
        "id": shipment_id,
        "order_id": shipping_order.order_id,
        "shipping_order_id": shipping_order.id,
        "carrier": "",
        "state": ShipmentState.LABELLED,
        "created_at": tx.now,
        "weight_grams": package.weight_grams,
        "length_mm": package.length_mm,
        "width_mm": package.width_mm,
        "height_mm": package.height_mm,
    }

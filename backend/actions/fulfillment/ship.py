"""Ship: the packages have been handed to a carrier. Look, ask the carrier for labels, then write it down."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.units import let_go, lines_of
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.integrations.carriers import Label, Parcel, labels
from backend.models.db import Transaction, outside_transaction, retried, transaction
from backend.models.fulfillment import Shipment
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason, ShipmentState, ShippingOrderState


async def ship(
    actor: Actor,
    shipping_order_id: UUID,
    carrier: str,
    service: str | None = None,
    tracking_numbers: Sequence[str] | None = None,
) -> None:
    """`tracking_numbers` go to the packages in the order of packing.

    A label is asked for by the package's id: asking again after a failure in between is asking for the same label.
    """
    _check(carrier, service, tracking_numbers)
    parcels = await _parcels(actor, shipping_order_id, carrier, service, tracking_numbers)
    outside_transaction(carrier)
    answers = await labels(parcels)
    await _settle(actor, shipping_order_id, carrier, service, parcels, answers)


def _check(carrier: str, service: str | None, tracking_numbers: Sequence[str] | None) -> None:
    problems = Problems()
    problems.text(carrier, 64, "carrier", required=True)
    problems.text(service, 64, "service")
    for index, number in enumerate(tracking_numbers or ()):
        problems.text(number, 100, "tracking_numbers", index, required=True)
    problems.check()


async def _parcels(
    actor: Actor,
    shipping_order_id: UUID,
    carrier: str,
    service: str | None,
    tracking_numbers: Sequence[str] | None,
) -> list[Parcel]:
    """The packages that wait, each with its number where it has one."""
    async with transaction() as tx:
        await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderShip")
        packages = await _packages(shipping_order_id)
    if tracking_numbers and len(tracking_numbers) != len(packages):
        raise refused(ErrorCode.INVALID, f"There are {len(packages)} packages: one number each.", "tracking_numbers")
    numbers: Sequence[str | None] = tracking_numbers or [None] * len(packages)
    return [
        Parcel(package.id, carrier, service, number, package.weight_grams)
        for package, number in zip(packages, numbers, strict=True)
    ]


async def _packages(shipping_order_id: UUID) -> list[Shipment]:
    return await Shipment.filter(shipping_order_id=shipping_order_id, state=ShipmentState.LABELLED).order_by("id")


@retried
async def _settle(
    actor: Actor,
    shipping_order_id: UUID,
    carrier: str,
    service: str | None,
    parcels: Sequence[Parcel],
    answers: Sequence[Label],
) -> None:
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(tx, actor, shipping_order_id, "shippingOrderShip")
        if [package.id for package in await _packages(shipping_order_id)] != [parcel.key for parcel in parcels]:
            raise refused(ErrorCode.CONFLICT, "It has been packed anew meanwhile; ask again.")
        lines = await lines_of(shipping_order.id)
        if any(line.packed != line.quantity for line in lines):
            raise refused(ErrorCode.INVALID_STATE, "Not all of it is packed.")
        await _hand_to_carrier(tx, carrier, service, parcels, answers)
        told = await move(tx, shipping_order, ShippingOrderState.SHIPPED, fulfilled_at=tx.now)
        numbers = [label.tracking_number for label in answers if label.tracking_number]
        data = told | {"carrier": carrier, "service": service, "tracking_numbers": numbers}
        tell(tx, actor, shipping_order, "shipped", f"Shipped with {carrier}.", data)
        await let_go(tx, actor, order, shipping_order, lines, MovementReason.SHIPMENT)
        await refresh(tx, order)


async def _hand_to_carrier(
    tx: Transaction, carrier: str, service: str | None, parcels: Sequence[Parcel], answers: Sequence[Label]
) -> None:
    await tx.execute(
        "UPDATE shipment s SET carrier = $1, service = $2, state = $3, shipped_at = $4,"
        " tracking_number = c.number, tracking_url = c.page, label_url = c.label"
        " FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) AS c(id, number, page, label) WHERE s.id = c.id",
        carrier,
        service,
        ShipmentState.IN_TRANSIT.value,
        tx.now,
        [parcel.key for parcel in parcels],
        [label.tracking_number for label in answers],
        [label.tracking_url for label in answers],
        [label.label_url for label in answers],
    )

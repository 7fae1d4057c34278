"""Note where a carrier says that a package is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, Refused, not_found, refused
from backend.events import record
from backend.models import db
from backend.models.db import Transaction, retried, transaction
from backend.models.fulfillment import Shipment, ShippingOrder
from backend.models.orders import Order
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ShipmentState, ShippingOrderState

_TOLD = (ShipmentState.IN_TRANSIT, ShipmentState.DELIVERED, ShipmentState.EXCEPTION)


@retried
async def track(
    actor: Actor, shipment_id: UUID, state: ShipmentState, at: datetime | None = None, message: str | None = None
) -> None:
    """The shipping order is DELIVERED with its last package. What is delivered stays so; told twice is told once."""
    _check(state, message, at)
    shipping_order_id = await db.fetchval("SELECT shipping_order_id FROM shipment WHERE id = $1", shipment_id)
    if shipping_order_id is None:
        raise not_found("shipment", "shipment_id")
    async with transaction() as tx:
        order, shipping_order = await _lock(tx, actor, UUID(str(shipping_order_id)))
        shipment = await Shipment.get(id=shipment_id)
        if shipment.state is state and message is None:
            return
        if shipment.state not in (ShipmentState.IN_TRANSIT, ShipmentState.EXCEPTION, state):
            raise refused(ErrorCode.INVALID_STATE, f"The package is {shipment.state.value}.", "state")
        changed = ["state"]
        if state is ShipmentState.DELIVERED and shipment.delivered_at is None:
            shipment.delivered_at = at or tx.now
            changed.append("delivered_at")
        before, shipment.state = shipment.state, state
        await shipment.save(update_fields=changed)
        _tell(tx, actor, shipment, before, at, message)
        await _deliver(tx, actor, shipping_order)
        await refresh(tx, order)


def _check(state: ShipmentState, message: str | None, at: datetime | None) -> None:
    problems = Problems()
    problems.text(message, 500, "message")
    if state not in _TOLD:
        problems.add(f"Use one of {', '.join(_TOLD)}.", "state")
    if at is not None and at.tzinfo is None:
        problems.add("A time needs its offset from UTC.", "at")
    elif at is not None and at > datetime.now(at.tzinfo) + timedelta(days=1):
        problems.add("A package is not tracked in the future.", "at")
    problems.check()


async def _lock(tx: Transaction, actor: Actor, shipping_order_id: UUID) -> tuple[Order, ShippingOrder]:
    try:
        return await lock_shipping_order(tx, actor, shipping_order_id, "shipmentTrack")
    except Refused as refusal:
        if refusal.code is ErrorCode.NOT_FOUND:
            raise not_found("shipment", "shipment_id") from None
        raise


def _tell(
    tx: Transaction,
    actor: Actor,
    shipment: Shipment,
    before: ShipmentState,
    at: datetime | None,
    message: str | None,
) -> None:
    record(
        tx,
        actor,
        "shipment.tracked",
        message or f"The package is {shipment.state.value}.",
        subject=("Shipment", shipment.id),
        order_id=shipment.order_id,
        data={"from": before.value, "to": shipment.state.value, "at": at, "tracking_number": shipment.tracking_number},
    )


async def _deliver(tx: Transaction, actor: Actor, shipping_order: ShippingOrder) -> None:
    if shipping_order.state is not ShippingOrderState.SHIPPED:
        return
    open_states = [ShipmentState.LABELLED, ShipmentState.IN_TRANSIT, ShipmentState.EXCEPTION]
    if await Shipment.filter(shipping_order_id=shipping_order.id, state__in=open_states).exists():
        return
    told = await move(tx, shipping_order, ShippingOrderState.DELIVERED)
    tell(tx, actor, shipping_order, "delivered", "Delivered.", told)

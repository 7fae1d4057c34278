"""Make a pick-up ready: what was picked lies packed at the counter, under a code that the customer is told."""

from __future__ import annotations

import secrets
from uuid import UUID

from backend.actions.fulfillment.locking import lock_shipping_order, move, tell
from backend.actions.fulfillment.units import lines_of, save_progress
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import DeliveryMethod, ShippingOrderState


@retried
async def ready(actor: Actor, shipping_order_id: UUID, expected_version: int | None = None) -> None:
    async with transaction() as tx:
        order, shipping_order = await lock_shipping_order(
            tx, actor, shipping_order_id, "shippingOrderReady", expected_version
        )
        if shipping_order.delivery_method is not DeliveryMethod.PICKUP:
            raise refused(ErrorCode.INVALID_STATE, "It will be shipped: pack it instead.")
        lines = await lines_of(shipping_order.id)
        for line in lines:
            line.packed = line.picked
        await save_progress(tx, lines, {})
        code = f"{secrets.randbelow(1_000_000):06}"
        told = await move(tx, shipping_order, ShippingOrderState.READY_FOR_PICKUP, pickup_code=code)
        tell(tx, actor, shipping_order, "ready", "Ready to be collected.", told)
        await refresh(tx, order)

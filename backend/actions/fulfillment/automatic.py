"""What the workflow does by itself where nobody says otherwise: all is found, put in one package, and shipped."""

from __future__ import annotations

from uuid import UUID

from backend.actions.fulfillment.pack import Package, pack
from backend.actions.fulfillment.pick import pick
from backend.actions.fulfillment.ship import ship
from backend.actions.fulfillment.units import LineQuantity, lines_of
from backend.rules.permissions import Actor


async def pick_all(actor: Actor, shipping_order_id: UUID) -> None:
    lines = await lines_of(shipping_order_id)
    await pick(actor, shipping_order_id, [LineQuantity(line.id, line.quantity) for line in lines if line.quantity])


async def pack_all(actor: Actor, shipping_order_id: UUID) -> None:
    lines = await lines_of(shipping_order_id)
    await pack(
        actor,
        shipping_order_id,
        [Package([LineQuantity(line.id, line.picked) for line in lines if line.picked])],
    )


async def ship_all(actor: Actor, shipping_order_id: UUID) -> None:
    await ship(actor, shipping_order_id, "manual")

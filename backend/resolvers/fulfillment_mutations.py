"""What sites do with shipping orders, and what carriers tell of shipments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from backend.actions.fulfillment.approve import approve
from backend.actions.fulfillment.assign import assign
from backend.actions.fulfillment.claim import claim
from backend.actions.fulfillment.hand_over import hand_over
from backend.actions.fulfillment.pack import Package, pack
from backend.actions.fulfillment.pick import pick
from backend.actions.fulfillment.ready import ready
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.fulfillment.ship import ship
from backend.actions.fulfillment.track import track
from backend.actions.fulfillment.units import LineQuantity
from backend.models.fulfillment import Shipment as ShipmentRow
from backend.models.fulfillment import ShippingOrder as ShippingOrderRow
from backend.resolvers.commands import key, maybe_text, perform, text, texts, translate, translate_all
from backend.rules.lifecycle import SHIPPING_ORDER_VERBS
from backend.rules.permissions import Actor
from backend.schema import fulfillment_inputs as inputs
from backend.schema.access import mutation
from backend.schema.common import Info, given, show
from backend.schema.fulfillment_inputs import ShipmentPayload, ShippingOrderPayload

_LINES = {"line_id": "ShippingOrderLine"}


def _roles(verb: str) -> Any:
    return SHIPPING_ORDER_VERBS[verb].roles


async def _on(info: Info, given_id: strawberry.ID, act: Callable[[Actor, UUID], Awaitable[object]]) -> Any:
    """Do it to a shipping order and show it."""

    async def shown(_: object) -> ShippingOrderPayload:
        row = await info.loaders.one(ShippingOrderRow, key(given_id, "shipping_order_id"))
        return ShippingOrderPayload(shipping_order=show(row))

    return await perform(
        info, ShippingOrderPayload, lambda actor: act(actor, key(given_id, "shipping_order_id")), shown
    )


@strawberry.type
class FulfillmentMutations:
    @mutation(roles=_roles("shippingOrderApprove"))
    async def shipping_order_approve(self, info: Info, input: inputs.ShippingOrderIdInput) -> ShippingOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.shipping_order_id, lambda actor, one: approve(actor, one, version))

    @mutation(roles=_roles("shippingOrderAssign"))
    async def shipping_order_assign(self, info: Info, input: inputs.ShippingOrderAssignInput) -> ShippingOrderPayload:
        return await _on(
            info, input.shipping_order_id, lambda actor, one: assign(actor, one, key(input.user_id, "user_id"))
        )

    @mutation(roles=_roles("shippingOrderClaim"))
    async def shipping_order_claim(self, info: Info, input: inputs.ShippingOrderIdInput) -> ShippingOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.shipping_order_id, lambda actor, one: claim(actor, one, version))

    @mutation(roles=_roles("shippingOrderReject"))
    async def shipping_order_reject(self, info: Info, input: inputs.ShippingOrderRejectInput) -> ShippingOrderPayload:
        return await _on(
            info, input.shipping_order_id, lambda actor, _: reject(actor, translate(input, RejectCommand, _LINES))
        )

    @mutation(roles=_roles("shippingOrderPick"))
    async def shipping_order_pick(self, info: Info, input: inputs.ShippingOrderPickInput) -> ShippingOrderPayload:
        def act(actor: Actor, one: UUID) -> Awaitable[None]:
            lines = translate_all(input.lines, LineQuantity, "lines", _LINES)
            return pick(actor, one, lines, maybe_text(input.short_reason, "short_reason"))

        return await _on(info, input.shipping_order_id, act)

    @mutation(roles=_roles("shippingOrderPack"))
    async def shipping_order_pack(self, info: Info, input: inputs.ShippingOrderPackInput) -> ShippingOrderPayload:
        return await _on(
            info,
            input.shipping_order_id,
            lambda actor, one: pack(actor, one, translate_all(input.packages, Package, "packages", _LINES)),
        )

    @mutation(roles=_roles("shippingOrderShip"))
    async def shipping_order_ship(self, info: Info, input: inputs.ShippingOrderShipInput) -> ShippingOrderPayload:
        def act(actor: Actor, one: UUID) -> Awaitable[None]:
            numbers = texts(input.tracking_numbers, "tracking_numbers")
            return ship(actor, one, text(input.carrier, "carrier"), maybe_text(input.service, "service"), numbers)

        return await _on(info, input.shipping_order_id, act)

    @mutation(
        roles=_roles("shippingOrderReady"),
        description="Packed for a customer who collects: the customer is told the pick-up code.",
    )
    async def shipping_order_ready(self, info: Info, input: inputs.ShippingOrderIdInput) -> ShippingOrderPayload:
        version = given(input.expected_version)
        return await _on(info, input.shipping_order_id, lambda actor, one: ready(actor, one, version))

    @mutation(roles=_roles("shippingOrderHandOver"))
    async def shipping_order_hand_over(
        self, info: Info, input: inputs.ShippingOrderHandOverInput
    ) -> ShippingOrderPayload:
        return await _on(
            info,
            input.shipping_order_id,
            lambda actor, one: hand_over(actor, one, text(input.pickup_code, "pickup_code")),
        )

    @mutation(roles=_roles("shipmentTrack"))
    async def shipment_track(self, info: Info, input: inputs.ShipmentTrackInput) -> ShipmentPayload:
        def act(actor: Actor) -> Awaitable[None]:
            message = maybe_text(input.message, "message")
            return track(actor, key(input.shipment_id, "shipment_id"), input.state, given(input.at), message)

        async def shown(_: object) -> ShipmentPayload:
            row = await info.loaders.one(ShipmentRow, key(input.shipment_id, "shipment_id"))
            return ShipmentPayload(shipment=show(row))

        return await perform(info, ShipmentPayload, act, shown)

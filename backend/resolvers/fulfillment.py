"""Shipping orders and shipments, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import fulfillment as queries
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import translate
from backend.rules.criteria import ShippingOrderCriteria
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.common import Info, given, show
from backend.schema.fulfillment import ShipmentConnection, ShippingOrder, ShippingOrderConnection
from backend.schema.fulfillment_inputs import ShippingOrderFilter


@strawberry.type
class FulfillmentQueries:
    @field(roles=READERS)
    async def shipping_order(
        self, info: Info, id: strawberry.ID | None = UNSET, number: str | None = UNSET
    ) -> ShippingOrder | None:
        return show(await queries.shipping_order(info.actor, key(id, "ShippingOrder"), word(number, "number")))

    @field(roles=READERS, description="The oldest first.")
    async def shipping_orders(
        self,
        info: Info,
        filter: ShippingOrderFilter | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> ShippingOrderConnection:
        criteria = translate(given(filter), ShippingOrderCriteria, {"assignee_id": "User"})
        return ShippingOrderConnection.of(await queries.shipping_orders(info.actor, criteria, window(first, after)))

    @field(roles=READERS, description="The newest first.")
    async def shipments(
        self,
        info: Info,
        tracking_number: str | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> ShipmentConnection:
        number = word(tracking_number, "tracking_number")
        return ShipmentConnection.of(await queries.shipments(info.actor, number, window(first, after)))

"""What is said about shipping orders and shipments, and what is answered."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.rules.permissions import READERS
from backend.rules.vocabulary import DeliveryMethod, ShipmentState, ShippingOrderState
from backend.schema.access import readable_by
from backend.schema.common import UserError
from backend.schema.fulfillment import Shipment, ShippingOrder


@strawberry.input
class ShippingOrderFilter:
    site: list[str] | None = strawberry.UNSET
    state: list[ShippingOrderState] | None = strawberry.UNSET
    delivery_method: list[DeliveryMethod] | None = strawberry.UNSET
    assignee_id: strawberry.ID | None = strawberry.UNSET
    unassigned: bool | None = strawberry.UNSET
    has_alert: bool | None = strawberry.UNSET
    late: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Still at the site after the time by which it was to leave."
    )


@strawberry.input
class ShippingOrderIdInput:
    shipping_order_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class ShippingOrderAssignInput:
    shipping_order_id: strawberry.ID
    user_id: strawberry.ID


@strawberry.input
class ShippingOrderLineQuantityInput:
    line_id: strawberry.ID
    quantity: int


@strawberry.input(
    description="Without lines the whole shipping order is rejected; what is rejected goes back to allocation,"
    " this site excluded."
)
class ShippingOrderRejectInput:
    shipping_order_id: strawberry.ID
    reason: str
    lines: list[ShippingOrderLineQuantityInput] | None = strawberry.UNSET


@strawberry.input(description="A quantity below the line's is a short pick: the rest goes back to allocation.")
class ShippingOrderPickInput:
    shipping_order_id: strawberry.ID
    lines: list[ShippingOrderLineQuantityInput]
    short_reason: str | None = strawberry.UNSET


@strawberry.input
class PackageInput:
    lines: list[ShippingOrderLineQuantityInput]
    weight_grams: int | None = strawberry.UNSET
    length_mm: int | None = strawberry.UNSET
    width_mm: int | None = strawberry.UNSET
    height_mm: int | None = strawberry.UNSET


@strawberry.input
class ShippingOrderPackInput:
    shipping_order_id: strawberry.ID
    packages: list[PackageInput]


@strawberry.input
class ShippingOrderShipInput:
    shipping_order_id: strawberry.ID
    carrier: str
    service: str | None = strawberry.UNSET
    tracking_numbers: list[str] | None = strawberry.UNSET


@strawberry.input
class ShippingOrderHandOverInput:
    shipping_order_id: strawberry.ID
    pickup_code: str


@readable_by(READERS)
@strawberry.type
class ShippingOrderPayload:
    shipping_order: ShippingOrder | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ShipmentTrackInput:
    shipment_id: strawberry.ID
    state: ShipmentState
    at: datetime | None = strawberry.UNSET
    message: str | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type
class ShipmentPayload:
    shipment: Shipment | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

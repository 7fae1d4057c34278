"""What is said about orders."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry.scalars import JSON

from backend.rules.criteria import ClaimedBy
from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LineKind,
    OrderState,
    PaymentStatus,
)
from backend.schema.payments import PaymentInput
from backend.schema.people import AddressInput, CustomerInput


@strawberry.input(description="From `from` on, and before `to`.")
class DateTimeRange:
    from_: datetime | None = strawberry.field(name="from", default=strawberry.UNSET)
    to: datetime | None = strawberry.UNSET


@strawberry.input(description="Both ends belong to it.")
class DecimalRange:
    min: Decimal | None = strawberry.UNSET
    max: Decimal | None = strawberry.UNSET


@strawberry.input(description="All criteria given must hold; within a list any may hold.")
class OrderFilter:
    number: str | None = strawberry.UNSET
    numbers: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Up to 1,000 numbers or external ids, as they are pasted from a sheet."
    )
    external_id: str | None = strawberry.UNSET
    channel: list[str] | None = strawberry.UNSET
    state: list[OrderState] | None = strawberry.UNSET
    payment_status: list[PaymentStatus] | None = strawberry.UNSET
    fulfillment_status: list[FulfillmentStatus] | None = strawberry.UNSET
    customer_name: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET
    postal_code: str | None = strawberry.UNSET
    city: str | None = strawberry.UNSET
    country: list[str] | None = strawberry.UNSET
    sku: list[str] | None = strawberry.UNSET
    site: list[str] | None = strawberry.UNSET
    delivery_method: list[DeliveryMethod] | None = strawberry.UNSET
    tracking_number: str | None = strawberry.UNSET
    placed_at: DateTimeRange | None = strawberry.UNSET
    updated_at: DateTimeRange | None = strawberry.UNSET
    promised_at: DateTimeRange | None = strawberry.UNSET
    total: DecimalRange | None = strawberry.UNSET
    shipping_method: list[str] | None = strawberry.UNSET
    has_alert: bool | None = strawberry.UNSET
    alert_kind: list[str] | None = strawberry.UNSET
    suspended: bool | None = strawberry.UNSET
    claimed_by: ClaimedBy | None = strawberry.UNSET
    tag: list[str] | None = strawberry.UNSET
    not_: OrderFilter | None = strawberry.field(name="not", default=strawberry.UNSET)


@strawberry.input
class OrderLineInput:
    external_id: str | None = strawberry.UNSET
    attributes: JSON | None = strawberry.UNSET
    sku: str
    name: str | None = strawberry.UNSET
    quantity: int
    unit_price: Decimal
    discount: Decimal | None = Decimal(0)
    tax: Decimal | None = Decimal(0)
    kind: LineKind | None = LineKind.PHYSICAL
    delivery_method: DeliveryMethod | None = DeliveryMethod.SHIP
    pickup_site: str | None = strawberry.UNSET


@strawberry.input
class OrderCreateInput:
    channel: str
    external_id: str | None = strawberry.UNSET
    placed_at: datetime | None = strawberry.UNSET
    currency: str
    customer: CustomerInput | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET
    billing_address: AddressInput | None = strawberry.UNSET
    shipping_address: AddressInput | None = strawberry.UNSET
    lines: list[OrderLineInput]
    shipping_method: str | None = "standard"
    promised_at: datetime | None = strawberry.UNSET
    prices_include_tax: bool | None = False
    shipping: Decimal | None = Decimal(0)
    payments: list[PaymentInput] | None = strawberry.UNSET
    priority: int | None = 0
    reservation_id: strawberry.ID | None = strawberry.UNSET
    tags: list[str] | None = strawberry.UNSET
    attributes: JSON | None = strawberry.UNSET
    draft: bool | None = strawberry.field(
        default=False, description="A draft is being entered (a phone order); orderSubmit starts its lifecycle."
    )


@strawberry.input
class OrderIdInput:
    order_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class OrderAllocateToInput:
    order_id: strawberry.ID
    site: str
    reason: str
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class OrderSuspendInput:
    order_id: strawberry.ID
    reason: str
    note: str | None = strawberry.UNSET
    expected_version: int | None = strawberry.UNSET


@strawberry.input(description="Without holdId every hold is released.")
class OrderResumeInput:
    order_id: strawberry.ID
    hold_id: strawberry.ID | None = strawberry.UNSET
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class OrderLineQuantityInput:
    line_id: strawberry.ID
    quantity: int


@strawberry.input
class OrderEditInput:
    order_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET
    add_lines: list[OrderLineInput] | None = strawberry.UNSET
    set_quantities: list[OrderLineQuantityInput] | None = strawberry.UNSET
    shipping_address: AddressInput | None = strawberry.UNSET
    billing_address: AddressInput | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET
    shipping: Decimal | None = strawberry.UNSET


@strawberry.input
class OrderCancelInput:
    order_id: strawberry.ID
    reason: str
    lines: list[OrderLineQuantityInput] | None = strawberry.UNSET
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class OrderClaimInput:
    order_id: strawberry.ID
    take_over: bool = strawberry.field(
        default=False, description="From whoever has it: for administrators and managers."
    )


@strawberry.input
class OrderNoteInput:
    order_id: strawberry.ID
    body: str


@strawberry.input
class OrderTagsInput:
    order_id: strawberry.ID
    add: list[str] | None = strawberry.UNSET
    remove: list[str] | None = strawberry.UNSET


@strawberry.input
class AppeasementInput:
    order_id: strawberry.ID
    amount: Decimal
    reason: str

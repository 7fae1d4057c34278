"""What lists can be narrowed and sorted by. None means: not asked. All criteria given must hold; in a list any may.

Whatever answers a search, PostgreSQL or the search engine, answers an `OrderSearch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.rules.vocabulary import (
    AlertSeverity,
    DeliveryMethod,
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    ReceiptState,
    RecurringOrderState,
    ReturnMethod,
    ReturnState,
    ShippingOrderState,
)

#: Orders are counted exactly up to here.
MAX_COUNT = 10_000
#: In a list of numbers.
MAX_NUMBERS = 1_000


class OrderSort(StrEnum):
    PLACED_AT_DESC = "PLACED_AT_DESC"
    PLACED_AT_ASC = "PLACED_AT_ASC"
    UPDATED_AT_DESC = "UPDATED_AT_DESC"
    TOTAL_DESC = "TOTAL_DESC"
    TOTAL_ASC = "TOTAL_ASC"
    RELEVANCE = "RELEVANCE"


class OrderFacet(StrEnum):
    STATE = "STATE"
    CHANNEL = "CHANNEL"
    PAYMENT_STATUS = "PAYMENT_STATUS"
    FULFILLMENT_STATUS = "FULFILLMENT_STATUS"
    SITE = "SITE"
    DELIVERY_METHOD = "DELIVERY_METHOD"
    ALERT_KIND = "ALERT_KIND"
    SUSPENDED = "SUSPENDED"
    TAG = "TAG"
    COUNTRY = "COUNTRY"


class ClaimedBy(StrEnum):
    """Whoever asks, somebody whoever it is, or nobody; claims that have ended are nobody's."""

    ME = "ME"
    ANYBODY = "ANYBODY"
    NOBODY = "NOBODY"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """From `from_` on, and before `to`. Times know their zone."""

    from_: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRange:
    """In major units of the order's currency; `min` and `max` belong to it, `above` and `below` do not."""

    min: Decimal | None = None
    max: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCriteria:
    """`numbers` are numbers or the channels' own ids, as they are pasted from a sheet."""

    number: str | None = None
    numbers: Sequence[str] | None = None
    external_id: str | None = None
    channel: Sequence[str] | None = None
    state: Sequence[OrderState] | None = None
    payment_status: Sequence[PaymentStatus] | None = None
    fulfillment_status: Sequence[FulfillmentStatus] | None = None
    customer_name: str | None = None
    email: str | None = None
    phone: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: Sequence[str] | None = None
    sku: Sequence[str] | None = None
    site: Sequence[str] | None = None
    delivery_method: Sequence[DeliveryMethod] | None = None
    tracking_number: str | None = None
    placed_at: TimeRange | None = None
    updated_at: TimeRange | None = None
    promised_at: TimeRange | None = None
    total: AmountRange | None = None
    shipping_method: Sequence[str] | None = None
    has_alert: bool | None = None
    alert_kind: Sequence[str] | None = None
    suspended: bool | None = None
    claimed_by: ClaimedBy | None = None
    tag: Sequence[str] | None = None
    not_: OrderCriteria | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSearch:
    """Every word and phrase is found in the order, all of `criteria` hold, and none of `without` does."""

    words: tuple[str, ...] = ()
    criteria: tuple[OrderCriteria, ...] = ()
    without: tuple[OrderCriteria, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingOrderCriteria:
    site: Sequence[str] | None = None
    state: Sequence[ShippingOrderState] | None = None
    delivery_method: Sequence[DeliveryMethod] | None = None
    assignee_id: UUID | None = None
    unassigned: bool | None = None
    has_alert: bool | None = None
    late: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCriteria:
    state: Sequence[ReturnState] | None = None
    site: Sequence[str] | None = None
    method: Sequence[ReturnMethod] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCriteria:
    state: Sequence[ReceiptState] | None = None
    site: Sequence[str] | None = None
    sku: Sequence[str] | None = None
    expected_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringCriteria:
    state: Sequence[RecurringOrderState] | None = None
    channel: Sequence[str] | None = None
    failing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCriteria:
    status: Sequence[PaymentStatus] | None = None
    uncertain: bool | None = None
    expiring_before: datetime | None = None
    gateway: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCriteria:
    """`site`: about the site, or work at it; `sku`: about the SKU, or an order that waits for units of it."""

    kind: Sequence[str] | None = None
    severity: Sequence[AlertSeverity] | None = None
    cleared: bool | None = None
    order_id: UUID | None = None
    shipping_order_id: UUID | None = None
    return_id: UUID | None = None
    site: Sequence[str] | None = None
    sku: Sequence[str] | None = None
    snoozed: bool | None = None
    assignee_id: UUID | None = None
    unassigned: bool | None = None

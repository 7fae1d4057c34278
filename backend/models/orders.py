"""Sales orders, their lines, holds and notes. Amounts are minor units of the order's currency."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LineKind,
    OrderState,
    PaymentStatus,
)


class Order(Identified):
    """`version`, `event_sequence` and `updated_at` are moved by events.record alone, with every event of the order."""

    number = fields.CharField(max_length=32)
    channel: Any = link("Channel")
    channel_id: UUID
    external_id = fields.CharField(max_length=200, null=True)
    version = fields.IntField(default=0)
    event_sequence = fields.IntField(default=0)
    state = fields.CharEnumField(OrderState, max_length=20)
    payment_status = fields.CharEnumField(PaymentStatus, max_length=20, default=PaymentStatus.UNPAID)
    fulfillment_status = fields.CharEnumField(FulfillmentStatus, max_length=20, default=FulfillmentStatus.UNFULFILLED)
    suspended = fields.BooleanField(default=False, description="an open hold exists")
    priority = fields.IntField(default=0)
    workflow: Any = link("Workflow", description="the version pinned at entry")
    workflow_id: UUID
    steps: Any = fields.JSONField(
        default=dict,
        description='{"APPROVAL": {"at": "…Z", "by": "…", "skipped": false}}',
    )
    placed_at = fields.DatetimeField()
    promised_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField()
    state_since = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    shipping_method = fields.CharField(max_length=64, null=True)
    prices_include_tax = fields.BooleanField(default=False)
    currency = fields.CharField(max_length=3)
    subtotal = fields.BigIntField(default=0)
    discount = fields.BigIntField(default=0)
    shipping = fields.BigIntField(default=0)
    tax = fields.BigIntField(default=0)
    total = fields.BigIntField(default=0)
    authorized = fields.BigIntField(default=0)
    captured = fields.BigIntField(default=0)
    refunded = fields.BigIntField(default=0)
    shipping_invoiced = fields.BooleanField(default=False, description="the shipping charge stands on an invoice")
    customer: Any = link("Customer", null=True, db_index=True)
    customer_id: UUID | None
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=40, null=True)
    billing_address: Any = fields.JSONField(null=True)
    shipping_address: Any = fields.JSONField(null=True)
    exchange_for_id = fields.UUIDField(null=True, db_index=True, description="the return that this order replaces")
    recurring_order_id = fields.UUIDField(null=True, description="the recurring order that made it")
    tags = ArrayField(element_type="text", default=list)
    attributes: Any = fields.JSONField(null=True)

    class Meta:
        table = "sales_order"
        indexes = (
            Index(fields=("state", "placed_at", "id"), name="ix_sales_order_state"),
            Index(fields=("placed_at", "id"), name="ix_sales_order_placed_at"),
            Index(fields=("channel_id", "placed_at", "id"), name="ix_sales_order_channel"),
            Index(fields=("number",), name="ix_sales_order_number"),
        )
        constraints = (
            one_of("sales_order", "state", OrderState),
            one_of("sales_order", "payment_status", PaymentStatus),
            one_of("sales_order", "fulfillment_status", FulfillmentStatus),
            not_negative(
                "sales_order",
                (
                    "subtotal",
                    "discount",
                    "shipping",
                    "tax",
                    "total",
                    "authorized",
                    "captured",
                    "refunded",
                ),
            ),
            check("sales_order", "captured", "captured <= authorized"),
            check("sales_order", "refunded", "refunded <= captured"),
            check(
                "sales_order",
                "total",
                "total = subtotal - discount + shipping + CASE WHEN prices_include_tax THEN 0 ELSE tax END",
            ),
            check(
                "sales_order",
                "closed_at",
                "(state IN ('CLOSED','CANCELLED')) = (closed_at IS NOT NULL)",
            ),
        )


class OrderKey(Model):
    """What is unique over all orders, kept apart so that orders can be partitioned by time.

    `scope` is `number`, or `channel:<id>` for the channel's own order id.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    scope = fields.CharField(max_length=64)
    value = fields.CharField(max_length=200)
    order: Any = link("Order", db_index=True)
    order_id: UUID

    class Meta:
        table = "order_key"
        constraints = (UniqueConstraint(fields=("scope", "value"), name="uq_order_key"),)


class OrderLine(Identified):
    """`total` is of all units ordered; the amount of some units is their cumulative share (money.cumulative_share)."""

    order: Any = link("Order", db_index=True)
    order_id: UUID
    position = fields.IntField()
    external_id = fields.CharField(max_length=200, null=True)
    sku = fields.CharField(max_length=100, db_index=True)
    name = fields.CharField(max_length=500)
    kind = fields.CharEnumField(LineKind, max_length=20)
    delivery_method = fields.CharEnumField(DeliveryMethod, max_length=20)
    pickup_site: Any = link("InventorySite", null=True)
    pickup_site_id: UUID | None
    attributes: Any = fields.JSONField(null=True)
    quantity = fields.IntField()
    allocated = fields.IntField(default=0, description="in open shipping orders now")
    backordered = fields.IntField(default=0, description="asked for at allocation, and no stock found")
    picked = fields.IntField(default=0, description="picked in open shipping orders now")
    fulfilled = fields.IntField(default=0, description="shipped, handed over, or done")
    cancelled = fields.IntField(default=0)
    returned = fields.IntField(default=0, description="received back")
    invoiced = fields.IntField(default=0)
    unit_price = fields.BigIntField()
    discount = fields.BigIntField(default=0)
    tax = fields.BigIntField(default=0)
    total = fields.BigIntField()

    class Meta:
        table = "order_line"
        constraints = (
            UniqueConstraint(fields=("order_id", "position"), name="uq_order_line_position"),
            one_of("order_line", "kind", LineKind),
            one_of("order_line", "delivery_method", DeliveryMethod),
            check("order_line", "quantity", "quantity > 0"),
            not_negative(
                "order_line",
                (
                    "allocated",
                    "backordered",
                    "picked",
                    "fulfilled",
                    "cancelled",
                    "returned",
                    "invoiced",
                    "unit_price",
                    "discount",
                    "tax",
                    "total",
                ),
            ),
            check(
                "order_line",
                "units",
                "allocated + backordered + fulfilled + cancelled <= quantity",
            ),
            check("order_line", "picked", "picked <= allocated"),
            check("order_line", "returned", "returned <= fulfilled"),
            check("order_line", "invoiced", "invoiced <= quantity - cancelled"),
            check(
                "order_line",
                "pickup",
                "(delivery_method = 'PICKUP') = (pickup_site_id IS NOT NULL)",
            ),
        )


class OrderHold(Identified):
    order: Any = link("Order", db_index=True)
    order_id: UUID
    reason = fields.CharField(max_length=200)
    note = fields.TextField(null=True)
    held_by = fields.CharField(max_length=254)
    alert: Any = link("Alert", null=True, description="the critical alert that holds; cleared with it")
    alert_id: UUID | None
    at = fields.DatetimeField()
    released_at = fields.DatetimeField(null=True)
    released_by = fields.CharField(max_length=254, null=True)

    class Meta:
        table = "order_hold"


class OrderClaim(Identified):
    """Who sees to an order, so that nobody else does at the same time. It ends by itself: what counts is `until`."""

    order: Any = link("Order")
    order_id: UUID
    holder = fields.CharField(max_length=64, description="the actor's key")
    by = fields.CharField(max_length=254)
    at = fields.DatetimeField()
    until = fields.DatetimeField(db_index=True)

    class Meta:
        table = "order_claim"
        constraints = (
            UniqueConstraint(fields=("order_id",), name="uq_order_claim_order"),
            check("order_claim", "until", "until > at"),
        )


class OrderViewer(Identified):
    """A window in which somebody has an order open; over when `seen_at` is long ago, or at once when it is closed.

    Not logged by the database: a crash empties it, and those who are still there come back by themselves.
    """

    order: Any = link("Order", db_index=True)
    order_id: UUID
    user: Any = link("User")
    user_id: UUID
    since = fields.DatetimeField()
    seen_at = fields.DatetimeField(description="the last sign of life")

    class Meta:
        table = "order_viewer"


class OrderNote(Identified):
    order: Any = link("Order", db_index=True)
    order_id: UUID
    body = fields.TextField()
    author = fields.CharField(max_length=254)
    at = fields.DatetimeField()

    class Meta:
        table = "order_note"

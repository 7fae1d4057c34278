"""What sites are to fulfil: allocation decisions, shipping orders, shipments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.allocation_record import Explanation, in_full
from backend.rules.vocabulary import (
    AllocationOutcome,
    DeliveryMethod,
    ShipmentState,
    ShippingOrderState,
)


class AllocationRuleSet(Identified):
    """A version of a rule set; never changed once made. One is active."""

    name = fields.CharField(max_length=200)
    version = fields.IntField(default=1)
    active = fields.BooleanField(default=False)
    rules: Any = fields.JSONField(description='[{"kind", "when", "parameters"}]')
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "allocation_rule_set"
        constraints = (
            UniqueConstraint(fields=("name", "version"), name="uq_allocation_rule_set"),
            UniqueConstraint(fields=("active",), name="uq_allocation_rule_set_active", condition="active"),
        )


class AllocationDecision(Identified):
    order: Any = link("Order", db_index=True)
    order_id: UUID
    at = fields.DatetimeField()
    rule_set = fields.CharField(max_length=250, description="its name and version")
    rule_set_version: Any = link("AllocationRuleSet", null=True)
    rule_set_version_id: UUID | None
    outcome = fields.CharEnumField(AllocationOutcome, max_length=20)
    cost = fields.BigIntField(null=True, description="hundredths of the order's currency")
    sentence = fields.TextField(default="")
    chosen: Any = fields.JSONField(description='[{"site_id", "sku", "quantity"}]')
    alternatives: Any = fields.JSONField(
        null=True, description='[{"cost", "assignments": […], "why_not"}]; null: it follows from the snapshot'
    )
    excluded: Any = fields.JSONField(null=True, description='[{"site_id", "reason"}]; as `alternatives`')
    explanation: Any = fields.JSONField(
        default=dict, description='{"policy", "gap", "parts", "sites", "classic", "binding", …}'
    )
    snapshot: Any = fields.JSONField(null=True, description="what was asked of the search, to ask it again")
    price_version = fields.BigIntField(null=True, description="the price table that it was taken or tried with")
    shadow: Any = fields.JSONField(null=True, description='rules/scarcity.py: {"differs", "money", "kept"}')

    class Meta:
        table = "allocation_decision"
        constraints = (one_of("allocation_decision", "outcome", AllocationOutcome),)

    def in_full(self) -> Explanation:
        """With what was not worked out when it was taken: as many searches as it takes."""
        return in_full(Explanation(self.sentence, self.explanation, self.snapshot, self.alternatives, self.excluded))


class OrderSiteExclusion(Identified):
    """A site that rejected or could not find something of an order is not asked for that order again."""

    order: Any = link("Order")
    order_id: UUID
    site: Any = link("InventorySite")
    site_id: UUID
    reason = fields.CharField(max_length=500)
    at = fields.DatetimeField()

    class Meta:
        table = "order_site_exclusion"
        constraints = (UniqueConstraint(fields=("order_id", "site_id"), name="uq_order_site_exclusion"),)


class ShippingOrder(Identified):
    number = fields.CharField(
        max_length=40,
        unique=True,
        description="the order's number and a count: 100001-2",
    )
    order: Any = link("Order")
    order_id: UUID
    site: Any = link("InventorySite")
    site_id: UUID
    decision: Any = link("AllocationDecision", null=True)
    decision_id: UUID | None
    position = fields.IntField(description="1, 2, … within the order")
    state = fields.CharEnumField(ShippingOrderState, max_length=20)
    version = fields.IntField(default=1)
    delivery_method = fields.CharEnumField(DeliveryMethod, max_length=20)
    shipping_method = fields.CharField(max_length=64, null=True)
    assignee: Any = link("User", null=True)
    assignee_id: UUID | None
    created_at = fields.DatetimeField()
    state_since = fields.DatetimeField()
    ship_by = fields.DatetimeField(null=True)
    pickup_code = fields.CharField(max_length=12, null=True)
    approved_at = fields.DatetimeField(null=True)
    fulfilled_at = fields.DatetimeField(null=True)
    closing_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "shipping_order"
        indexes = (
            Index(fields=("site_id", "state", "created_at"), name="ix_shipping_order_site"),
            Index(fields=("state", "created_at"), name="ix_shipping_order_state"),
            Index(fields=("site_id", "fulfilled_at"), name="ix_shipping_order_fulfilled"),
        )
        constraints = (
            UniqueConstraint(fields=("order_id", "position"), name="uq_shipping_order_position"),
            one_of("shipping_order", "state", ShippingOrderState),
            one_of("shipping_order", "delivery_method", DeliveryMethod),
            check(
                "shipping_order",
                "fulfilled_at",
                "(state IN ('SHIPPED','DELIVERED','PICKED_UP')) = (fulfilled_at IS NOT NULL)",
            ),
        )


class ShippingOrderLine(Identified):
    """`quantity` is what the site still is to give, or gave; a short pick lowers it."""

    shipping_order: Any = link("ShippingOrder", db_index=True)
    shipping_order_id: UUID
    order: Any = link("Order")
    order_id: UUID
    order_line: Any = link("OrderLine", db_index=True)
    order_line_id: UUID
    sku = fields.CharField(max_length=100)
    quantity = fields.IntField()
    picked = fields.IntField(default=0)
    packed = fields.IntField(default=0)
    fenced = fields.IntField(db_default=0, default=0, description="of these, taken from the channel's ring-fence")

    class Meta:
        table = "shipping_order_line"
        constraints = (
            UniqueConstraint(
                fields=("shipping_order_id", "order_line_id"),
                name="uq_shipping_order_line",
            ),
            not_negative("shipping_order_line", ("quantity", "picked", "packed")),
            check("shipping_order_line", "picked", "picked <= quantity"),
            check("shipping_order_line", "packed", "packed <= picked"),
            check("shipping_order_line", "fenced", "fenced BETWEEN 0 AND quantity"),
        )


class Shipment(Identified):
    """A package. It is LABELLED without a carrier's number from packing until the shipping order is shipped."""

    order: Any = link("Order", db_index=True)
    order_id: UUID
    shipping_order: Any = link("ShippingOrder", db_index=True)
    shipping_order_id: UUID
    carrier = fields.CharField(max_length=64)
    service = fields.CharField(max_length=64, null=True)
    tracking_number = fields.CharField(max_length=100, null=True, db_index=True)
    tracking_url = fields.CharField(max_length=2000, null=True)
    label_url = fields.CharField(max_length=2000, null=True)
    state = fields.CharEnumField(ShipmentState, max_length=20)
    created_at = fields.DatetimeField()
    shipped_at = fields.DatetimeField(null=True)
    delivered_at = fields.DatetimeField(null=True)
    weight_grams = fields.IntField(null=True)
    length_mm = fields.IntField(null=True)
    width_mm = fields.IntField(null=True)
    height_mm = fields.IntField(null=True)

    class Meta:
        table = "shipment"
        constraints = (one_of("shipment", "state", ShipmentState),)


class ShipmentLine(Identified):
    shipment: Any = link("Shipment", db_index=True)
    shipment_id: UUID
    order: Any = link("Order")
    order_id: UUID
    shipping_order_line: Any = link("ShippingOrderLine", db_index=True)
    shipping_order_line_id: UUID
    sku = fields.CharField(max_length=100)
    quantity = fields.IntField()

    class Meta:
        table = "shipment_line"
        constraints = (check("shipment_line", "quantity", "quantity > 0"),)

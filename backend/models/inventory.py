"""Products, sites, what they hold, and the ledger that explains it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.vocabulary import LineKind, MovementReason, SiteKind, Weekday

_DAYS = ",".join(Weekday)


class Product(Identified):
    sku = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=500)
    kind = fields.CharEnumField(LineKind, max_length=20)
    barcodes = ArrayField(element_type="text", default=list)
    weight_grams = fields.IntField(null=True)
    image_url = fields.CharField(max_length=2000, null=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "product"
        constraints = (one_of("product", "kind", LineKind),)


class InventorySite(Identified):
    code = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(SiteKind, max_length=20)
    active = fields.BooleanField(default=True)
    address: Any = fields.JSONField()
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    timezone = fields.CharField(max_length=64)
    capabilities = ArrayField(element_type="text")
    rank = fields.IntField(default=100, description="lower is preferred")
    daily_capacity = fields.IntField(null=True)
    safety_stock = fields.IntField(default=0, description="units of each SKU that are not promised")
    cut_off_minute = fields.SmallIntField(null=True, description="after midnight there; null: the day's end")
    working_days: list[str] | None = ArrayField(element_type="text", null=True, description="null: every day")
    closed_on: list[date] | None = ArrayField(element_type="date", null=True)
    handling_days = fields.SmallIntField(db_default=0, default=0, description="working days until an order leaves")
    areas: Any = fields.JSONField(null=True, description="that it ships to, rules/dispatch.py: Area; null: anywhere")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "inventory_site"
        constraints = (
            one_of("inventory_site", "kind", SiteKind),
            check("inventory_site", "safety_stock", "safety_stock >= 0"),
            check("inventory_site", "daily_capacity", "daily_capacity >= 0"),
            check("inventory_site", "cut_off_minute", "cut_off_minute BETWEEN 0 AND 1439"),
            check("inventory_site", "working_days", f"cardinality(working_days) > 0 AND working_days <@ '{{{_DAYS}}}'"),
            check("inventory_site", "handling_days", "handling_days BETWEEN 0 AND 60"),
        )


async def site_by_code(code: str) -> InventorySite | None:
    """None for a code that is too long to be one, too: the ORM would raise."""
    longest = int(InventorySite._meta.fields_map["code"].max_length)  # type: ignore[attr-defined]
    return await InventorySite.get_or_none(code=code) if len(code) <= longest else None


class InventoryLevel(Model):
    """A cache of the ledger and of open shipping orders, held true by constraints. Written by guarded UPDATEs only."""

    id = fields.BigIntField(primary_key=True, generated=True)
    site: Any = link("InventorySite")
    site_id: UUID
    sku = fields.CharField(max_length=100)
    on_hand = fields.IntField(db_default=0)
    allocated = fields.IntField(db_default=0)
    reserved = fields.IntField(db_default=0)
    safety_stock = fields.IntField(db_default=0)
    fenced = fields.IntField(db_default=0, description="sum of its ring-fences")

    class Meta:
        table = "inventory_level"
        indexes = (Index(fields=("sku", "site_id"), name="ix_inventory_level_sku"),)
        constraints = (
            UniqueConstraint(fields=("site_id", "sku"), name="uq_inventory_level"),
            not_negative("inventory_level", ("on_hand", "allocated", "reserved", "safety_stock", "fenced")),
            check("inventory_level", "not_oversold", "allocated + reserved + fenced <= on_hand"),
        )


class RingFence(Identified):
    """Units of a level that are kept for one channel. It shrinks as they are used; changed with its level locked.

    A count or a short pick that leaves less than the fences keep makes the newest ones smaller, by a trigger.
    """

    site: Any = link("InventorySite")
    site_id: UUID
    sku = fields.CharField(max_length=100)
    channel: Any = link("Channel")
    channel_id: UUID
    quantity = fields.IntField()

    class Meta:
        table = "ring_fence"
        constraints = (
            UniqueConstraint(fields=("site_id", "sku", "channel_id"), name="uq_ring_fence"),
            not_negative("ring_fence", ("quantity",)),
        )


class InventoryMovement(Identified):
    """Append-only. on_hand of a level = the sum of its movements, always."""

    site: Any = link("InventorySite")
    site_id: UUID
    sku = fields.CharField(max_length=100)
    quantity = fields.IntField()
    reason = fields.CharEnumField(MovementReason, max_length=20)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=254)
    reference = fields.CharField(max_length=200, null=True)
    order: Any = link("Order", null=True)
    order_id: UUID | None

    class Meta:
        table = "inventory_movement"
        indexes = (Index(fields=("site_id", "sku", "id"), name="ix_inventory_movement_site"),)
        constraints = (
            one_of("inventory_movement", "reason", MovementReason),
            check("inventory_movement", "quantity", "quantity <> 0"),
        )


class Reservation(Identified):
    """Units held for a checkout. Open until `released_at`; an order that took it over uses it at allocation."""

    reference = fields.CharField(max_length=200)
    channel: Any = link("Channel")
    channel_id: UUID
    order: Any = link("Order", null=True, db_index=True)
    order_id: UUID | None
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    released_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reservation"
        constraints = (
            UniqueConstraint(
                fields=("channel_id", "reference"), name="uq_reservation_open", condition="released_at IS NULL"
            ),
        )


class ReservationLine(Identified):
    """Where units are held. The sum of those of open reservations is `reserved` of the level."""

    reservation: Any = link("Reservation", db_index=True)
    reservation_id: UUID
    position = fields.IntField()
    site: Any = link("InventorySite")
    site_id: UUID
    sku = fields.CharField(max_length=100)
    quantity = fields.IntField()
    fenced = fields.IntField(db_default=0, default=0, description="of these, taken from the channel's ring-fence")

    class Meta:
        table = "reservation_line"
        constraints = (
            check("reservation_line", "quantity", "quantity > 0"),
            check("reservation_line", "fenced", "fenced BETWEEN 0 AND quantity"),
        )

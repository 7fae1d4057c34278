"""What a unit is worth to later orders: whether decisions go by it, and the prices learnt, version by version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, check, link, one_of
from backend.rules.vocabulary import PriceMode


class PriceSetting(Model):
    """One row, or none: then prices are off. `learning_since`: a worker is at it."""

    name = fields.CharField(max_length=10, primary_key=True)
    mode = fields.CharEnumField(PriceMode, max_length=10)
    period_minutes = fields.IntField()
    horizon_days = fields.IntField()
    learning_since = fields.DatetimeField(null=True)

    class Meta:
        table = "price_setting"
        constraints = (
            one_of("price_setting", "mode", PriceMode),
            check("price_setting", "one", "name = 'scarcity'"),
            check("price_setting", "times", "period_minutes > 0 AND horizon_days > 0"),
        )


class PriceTable(Model):
    """A version of the prices; the newest is in force. Those before the last few keep no prices."""

    id = fields.BigIntField(primary_key=True, generated=True)
    made_at = fields.DatetimeField()
    rule_set = fields.CharField(max_length=250, description="whose costs it was learnt with")
    orders = fields.IntField(description="of the past, that it was learnt from")
    prices = fields.IntField(description="above zero")
    seconds = fields.FloatField(description="that it took")

    class Meta:
        table = "price_table"


class ScarcityPrice(Identified):
    """Where there is none, it is zero."""

    price_table: Any = link("PriceTable")
    price_table_id: int
    site: Any = link("InventorySite")
    site_id: UUID
    sku = fields.CharField(max_length=100)
    price = fields.IntField(description="of a unit, in hundredths")

    class Meta:
        table = "scarcity_price"
        constraints = (
            UniqueConstraint(fields=("price_table_id", "sku", "site_id"), name="uq_scarcity_price"),
            check("scarcity_price", "positive", "price > 0"),
        )

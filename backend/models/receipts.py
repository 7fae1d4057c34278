"""Goods that a site expects: from a supplier, or on their way from another site."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, one_of
from backend.rules.vocabulary import ReceiptState


class ExpectedReceipt(Identified):
    """Known by the reference of whoever sent it: a purchase order's number, a delivery note's."""

    reference = fields.CharField(max_length=200, unique=True)
    site: Any = link("InventorySite")
    site_id: UUID
    source: Any = link("InventorySite", null=True, description="of a transfer: the site that has sent the goods")
    source_id: UUID | None
    supplier = fields.CharField(max_length=200, null=True)
    expected_on = fields.DateField()
    state = fields.CharEnumField(ReceiptState, max_length=20, default=ReceiptState.EXPECTED)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)
    closing_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "expected_receipt"
        indexes = (Index(fields=("state", "expected_on"), name="ix_expected_receipt_state"),)
        constraints = (
            one_of("expected_receipt", "state", ReceiptState),
            check("expected_receipt", "closed", "(state = 'EXPECTED') = (closed_at IS NULL)"),
            check("expected_receipt", "source", "source_id <> site_id"),
        )


class ExpectedReceiptLine(Identified):
    receipt: Any = link("ExpectedReceipt")
    receipt_id: UUID
    position = fields.IntField()
    sku = fields.CharField(max_length=100, db_index=True)
    quantity = fields.IntField()
    received = fields.IntField(default=0)

    class Meta:
        table = "expected_receipt_line"
        constraints = (
            UniqueConstraint(fields=("receipt_id", "sku"), name="uq_expected_receipt_line"),
            check("expected_receipt_line", "quantity", "quantity > 0"),
            check("expected_receipt_line", "received", "received >= 0 AND received <= quantity"),
        )

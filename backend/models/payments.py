"""Tenders, what was asked of their gateways, invoices. Amounts are minor units of `currency`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.vocabulary import (
    InvoiceKind,
    PaymentMethodKind,
    PaymentStatus,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)


class Payment(Identified):
    """One tender. `authorized` shrinks when what is left of an authorization is voided."""

    order: Any = link("Order", db_index=True)
    order_id: UUID
    position = fields.IntField(default=0)
    gateway = fields.CharField(max_length=32)
    method = fields.CharEnumField(PaymentMethodKind, max_length=20)
    token = fields.CharField(
        max_length=200,
        null=True,
        description="from the gateway's own client; never a card number",
    )
    authorized_reference = fields.CharField(max_length=200, null=True)
    status = fields.CharEnumField(PaymentStatus, max_length=20, default=PaymentStatus.UNPAID)
    currency = fields.CharField(max_length=3)
    amount = fields.BigIntField()
    authorized = fields.BigIntField(default=0)
    captured = fields.BigIntField(default=0)
    refunded = fields.BigIntField(default=0)
    authorization_expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "payment"
        constraints = (
            one_of("payment", "method", PaymentMethodKind),
            one_of("payment", "status", PaymentStatus),
            not_negative("payment", ("authorized", "captured", "refunded")),
            check("payment", "amount", "amount > 0"),
            check("payment", "authorized", "authorized <= amount"),
            check("payment", "captured", "captured <= authorized"),
            check("payment", "refunded", "refunded <= captured"),
        )


class PaymentTransaction(Identified):
    """An intent and its answer. Its id is the idempotency key of the call to the gateway."""

    order: Any = link("Order", db_index=True)
    order_id: UUID
    payment: Any = link("Payment", db_index=True)
    payment_id: UUID
    kind = fields.CharEnumField(TransactionKind, max_length=20)
    state = fields.CharEnumField(TransactionState, max_length=20, default=TransactionState.PENDING)
    amount = fields.BigIntField()
    at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    gateway_reference = fields.CharField(max_length=200, null=True)
    failure = fields.CharField(max_length=500, null=True)
    purpose = fields.CharEnumField(TransactionPurpose, max_length=20, default=TransactionPurpose.SALE)
    rma: Any = link(
        "Return",
        null=True,
        db_index=True,
        description="the return that this refund pays",
    )
    rma_id: UUID | None
    actor = fields.CharField(max_length=254)

    class Meta:
        table = "payment_transaction"
        constraints = (
            one_of("payment_transaction", "kind", TransactionKind),
            one_of("payment_transaction", "state", TransactionState),
            one_of("payment_transaction", "purpose", TransactionPurpose),
            check(
                "payment_transaction",
                "refund",
                "(kind = 'REFUND') = (purpose <> 'SALE')",
            ),
            check("payment_transaction", "amount", "amount > 0"),
            check(
                "payment_transaction",
                "settled",
                "(state IN ('SUCCEEDED','FAILED')) = (settled_at IS NOT NULL)",
            ),
            UniqueConstraint(
                fields=("payment_id", "kind"),
                name="uq_payment_transaction_open",
                condition="state IN ('PENDING','UNCERTAIN')",
            ),
        )


class Invoice(Identified):
    number = fields.CharField(max_length=32, unique=True)
    kind = fields.CharEnumField(InvoiceKind, max_length=20)
    order: Any = link("Order", db_index=True)
    order_id: UUID
    shipping_order: Any = link("ShippingOrder", null=True, db_index=True)
    shipping_order_id: UUID | None
    rma: Any = link("Return", null=True)
    rma_id: UUID | None
    issued_at = fields.DatetimeField()
    currency = fields.CharField(max_length=3)
    shipping = fields.BigIntField(default=0)
    total = fields.BigIntField()

    class Meta:
        table = "invoice"
        constraints = (
            one_of("invoice", "kind", InvoiceKind),
            not_negative("invoice", ("shipping", "total")),
            UniqueConstraint(
                fields=("rma_id",),
                name="uq_invoice_return",
                condition="rma_id IS NOT NULL",
            ),
        )


class InvoiceLine(Identified):
    invoice: Any = link("Invoice", db_index=True)
    invoice_id: UUID
    order: Any = link("Order")
    order_id: UUID
    order_line: Any = link("OrderLine", db_index=True)
    order_line_id: UUID
    sku = fields.CharField(max_length=100)
    name = fields.CharField(max_length=500)
    quantity = fields.IntField()
    tax = fields.BigIntField()
    total = fields.BigIntField()

    class Meta:
        table = "invoice_line"
        constraints = (
            check("invoice_line", "quantity", "quantity > 0"),
            not_negative("invoice_line", ("tax", "total")),
        )


class NumberSeries(Model):
    """The last number given of a gapless series; taken last in a transaction, so that its lock is short."""

    name = fields.CharField(max_length=32, primary_key=True)
    value = fields.BigIntField(default=0, description="the last number given")

    class Meta:
        table = "number_series"


class SandboxEntry(Model):
    """The sandbox gateway's own book. Only integrations/sandbox_gateway.py reads or writes it."""

    key = fields.CharField(max_length=64, primary_key=True, description="the caller's idempotency key")
    kind = fields.CharEnumField(TransactionKind, max_length=20)
    reference = fields.CharField(max_length=64)
    authorization = fields.CharField(max_length=64, null=True, description="the reference it draws on")
    amount = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    token = fields.CharField(max_length=200, null=True)
    approved = fields.BooleanField()
    reason = fields.CharField(max_length=200, null=True)
    at = fields.DatetimeField(auto_now_add=True)
    captured = fields.BigIntField(default=0, db_default=0, description="drawn on it, where it is an authorization")
    voided = fields.BigIntField(default=0, db_default=0)
    refunded = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "sandbox_entry"
        constraints = (
            one_of("sandbox_entry", "kind", TransactionKind),
            check(
                "sandbox_entry",
                "drawn",
                "captured >= 0 AND voided >= 0 AND refunded >= 0"
                " AND captured + voided <= amount AND refunded <= captured",
            ),
        )

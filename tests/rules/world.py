"""Facts of an order for the tests of the rules: a plain order, changed by keyword."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from backend.rules.facts import Facts, LineFact, PaymentFact, ShippingOrderFact, TransactionFact
from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    ShippingOrderState,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import STRAIGHT_THROUGH

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESS = {"line1": "1 Main St", "city": "Reno", "country": "US"}


def marks(*steps: str, skipped: bool = False) -> dict[str, dict[str, Any]]:
    note = {"at": NOW.isoformat(), "by": "somebody"} | ({"skipped": True} if skipped else {})
    return {step: dict(note) for step in steps}


def line(quantity: int = 2, price: int = 1000, **more: Any) -> LineFact:
    plain = LineFact(
        id=uuid4(),
        sku="A",
        kind=LineKind.PHYSICAL,
        delivery_method=DeliveryMethod.SHIP,
        quantity=quantity,
        allocated=0,
        backordered=0,
        fulfilled=0,
        cancelled=0,
        returned=0,
        invoiced=0,
        unit_price=price,
        discount=0,
        tax=0,
    )
    return replace(plain, **more)


def payment(amount: int = 2000, authorized: int = 0, captured: int = 0, **more: Any) -> PaymentFact:
    plain = PaymentFact(
        uuid4(), 0, "sandbox", PaymentMethodKind.CARD, PaymentStatus.UNPAID, amount, authorized, captured, 0
    )
    return replace(plain, **more)


def asked(
    kind: TransactionKind = TransactionKind.AUTHORIZE,
    state: TransactionState = TransactionState.PENDING,
    amount: int = 2000,
    purpose: TransactionPurpose = TransactionPurpose.SALE,
    failure: str | None = None,
) -> TransactionFact:
    return TransactionFact(uuid4(), kind, state, purpose, amount, NOW, failure)


def shipping_order(state: ShippingOrderState, *lines: tuple[UUID, int], **more: Any) -> ShippingOrderFact:
    plain = ShippingOrderFact(uuid4(), "1-1", state, DeliveryMethod.SHIP, NOW, False, False, lines)
    return replace(plain, **more)


def order(state: OrderState, **more: Any) -> Facts:
    plain = Facts(
        id=uuid4(),
        number="100001",
        channel="web",
        channel_kind="WEB",
        state=state,
        payment_status=PaymentStatus.UNPAID,
        fulfillment_status=FulfillmentStatus.UNFULFILLED,
        suspended=False,
        steps=marks("ENTRY"),
        state_since=NOW,
        placed_at=NOW,
        priority=0,
        currency="USD",
        prices_include_tax=False,
        shipping=0,
        shipping_invoiced=False,
        email="a@example.com",
        phone=None,
        customer="A",
        shipping_address=ADDRESS,
        shipping_method="standard",
        tags=[],
        workflow=STRAIGHT_THROUGH,
        lines=[line()],
        payments=[payment()],
    )
    return replace(plain, **more)

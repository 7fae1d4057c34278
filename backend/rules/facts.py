"""What the rules see of an order: plain records, loaded whole by models/facts.py. Amounts are minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LifecycleStep,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    ShippingOrderState,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import WorkflowRules


@dataclass(frozen=True, slots=True)
class LineFact:
    id: UUID
    sku: str
    kind: LineKind
    delivery_method: DeliveryMethod
    quantity: int
    allocated: int
    backordered: int
    fulfilled: int
    cancelled: int
    returned: int
    invoiced: int
    unit_price: int
    discount: int
    tax: int

    @property
    def is_physical(self) -> bool:
        return self.kind is LineKind.PHYSICAL

    @property
    def unfulfilled(self) -> int:
        """Units that are still to leave."""
        return self.quantity - self.cancelled - self.fulfilled

    @property
    def unallocated(self) -> int:
        """Physical units for which no site has stock set aside, backordered ones included."""
        return self.unfulfilled - self.allocated if self.is_physical else 0


@dataclass(frozen=True, slots=True)
class TransactionFact:
    id: UUID
    kind: TransactionKind
    state: TransactionState
    purpose: TransactionPurpose
    amount: int
    at: datetime
    failure: str | None

    @property
    def is_open(self) -> bool:
        """Asked of the gateway, and its answer not known yet."""
        return self.state in (TransactionState.PENDING, TransactionState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class PaymentFact:
    id: UUID
    position: int
    gateway: str
    method: PaymentMethodKind
    status: PaymentStatus
    amount: int
    authorized: int
    captured: int
    refunded: int
    transactions: Sequence[TransactionFact] = ()

    def last(self, kind: TransactionKind) -> TransactionFact | None:
        """The newest transaction of a kind."""
        found = [transaction for transaction in self.transactions if transaction.kind is kind]
        return max(found, key=lambda transaction: (transaction.at, transaction.id.int)) if found else None


@dataclass(frozen=True, slots=True)
class ShippingOrderFact:
    id: UUID
    number: str
    state: ShippingOrderState
    delivery_method: DeliveryMethod
    state_since: datetime
    approved: bool
    invoiced: bool
    #: (order line, units) that the site still is to give, or gave.
    lines: Sequence[tuple[UUID, int]] = ()


@dataclass(frozen=True, slots=True)
class HoldFact:
    reason: str
    at: datetime
    held_by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One order, whole."""

    id: UUID
    number: str
    channel: str
    channel_kind: str
    state: OrderState
    payment_status: PaymentStatus
    fulfillment_status: FulfillmentStatus
    suspended: bool
    steps: Mapping[str, Mapping[str, Any]]
    state_since: datetime
    placed_at: datetime
    priority: int
    currency: str
    prices_include_tax: bool
    shipping: int
    shipping_invoiced: bool
    email: str | None
    phone: str | None
    customer: str | None
    shipping_address: Mapping[str, Any] | None
    shipping_method: str | None
    tags: Sequence[str]
    workflow: WorkflowRules
    lines: Sequence[LineFact] = ()
    payments: Sequence[PaymentFact] = ()
    shipping_orders: Sequence[ShippingOrderFact] = ()
    holds: Sequence[HoldFact] = ()
    open_returns: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def mark(self, step: LifecycleStep) -> Mapping[str, Any] | None:
        """When and by whom a step was done or skipped, if it was."""
        return self.steps.get(step.value)

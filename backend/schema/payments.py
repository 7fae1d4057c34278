"""Tenders and what was asked of their gateways."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from backend.models.orders import Order as OrderRow
from backend.models.payments import Payment as PaymentRow
from backend.models.payments import PaymentTransaction as PaymentTransactionRow
from backend.rules.permissions import OFFICE, READERS
from backend.rules.vocabulary import PaymentMethodKind, PaymentStatus, Role, TransactionKind, TransactionState
from backend.schema.access import field, readable_by
from backend.schema.common import (
    CountedConnection,
    Held,
    Info,
    Money,
    Node,
    UserError,
    column,
    encode_id,
    show,
    shows,
)
from backend.schema.refs import OrderRef

#: Those who may see tenders; a channel those of its own orders.
PAYMENT_READERS = OFFICE | {Role.CHANNEL}


@readable_by(PAYMENT_READERS)
@strawberry.type
class PaymentTransaction(Held):
    row: strawberry.Private[PaymentTransactionRow]
    currency: strawberry.Private[str]
    kind: TransactionKind = column()
    state: TransactionState = column()
    at: datetime = column()
    gateway_reference: str | None = column()
    failure: str | None = column()

    @field(roles=PAYMENT_READERS)
    def id(self) -> strawberry.ID:
        return encode_id("PaymentTransaction", self.row.id)

    @field(roles=PAYMENT_READERS)
    def amount(self) -> Money:
        return Money.of(self.row.amount, self.currency)


@shows(PaymentRow)
@readable_by(PAYMENT_READERS)
@strawberry.type
class Payment(Node):
    gateway: str = column()
    method: PaymentMethodKind = column()
    status: PaymentStatus = column()
    authorization_expires_at: datetime | None = column()

    @field(roles=PAYMENT_READERS)
    async def order(self, info: Info) -> OrderRef:
        return show(await info.loaders.one(OrderRow, self.row.order_id))

    @field(roles=PAYMENT_READERS)
    def amount(self) -> Money:
        return Money.of(self.row.amount, self.row.currency)

    @field(roles=PAYMENT_READERS)
    def authorized(self) -> Money:
        return Money.of(self.row.authorized, self.row.currency)

    @field(roles=PAYMENT_READERS)
    def captured(self) -> Money:
        return Money.of(self.row.captured, self.row.currency)

    @field(roles=PAYMENT_READERS)
    def refunded(self) -> Money:
        return Money.of(self.row.refunded, self.row.currency)

    @field(roles=PAYMENT_READERS, description="In the order in which they were asked.")
    async def transactions(self, info: Info) -> list[PaymentTransaction]:
        rows = await info.loaders.many(PaymentTransactionRow, "payment_id", self.row.id)
        return [PaymentTransaction(row=row, currency=self.row.currency) for row in rows]


@readable_by(PAYMENT_READERS)
@strawberry.type
class PaymentEdge:
    cursor: str
    node: Payment


@readable_by(PAYMENT_READERS)
@strawberry.type
class PaymentConnection(CountedConnection):
    edge = PaymentEdge
    edges: list[PaymentEdge]
    nodes: list[Payment]


@strawberry.input
class PaymentFilter:
    status: list[PaymentStatus] | None = strawberry.UNSET
    uncertain: bool | None = strawberry.field(
        default=strawberry.UNSET, description="The gateway's answer to something is not known."
    )
    expiring_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Authorizations with money left to capture that expire before this."
    )
    gateway: list[str] | None = strawberry.UNSET


@strawberry.input(description="`token` is what the gateway's own client gave; a card number is never accepted.")
class PaymentInput:
    gateway: str
    method: PaymentMethodKind
    amount: Decimal
    token: str | None = strawberry.UNSET
    authorized_reference: str | None = strawberry.UNSET


@strawberry.input
class PaymentAddInput:
    order_id: strawberry.ID
    payment: PaymentInput


@strawberry.input
class PaymentAmountInput:
    payment_id: strawberry.ID
    amount: Decimal | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type
class PaymentPayload:
    payment: Payment | None = None
    order: OrderRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

"""Payments and invoices, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import payments as queries
from backend.resolvers.arguments import key, window
from backend.resolvers.commands import translate
from backend.rules.criteria import PaymentCriteria
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.common import Info, given
from backend.schema.invoices import InvoiceConnection
from backend.schema.payments import PAYMENT_READERS, PaymentConnection, PaymentFilter


@strawberry.type
class PaymentQueries:
    @field(roles=PAYMENT_READERS, description="The newest first.")
    async def payments(
        self, info: Info, filter: PaymentFilter | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> PaymentConnection:
        criteria = translate(given(filter), PaymentCriteria)
        return PaymentConnection.of(await queries.payments(info.actor, criteria, window(first, after)))

    @field(roles=READERS, description="Invoices and credit notes, the newest first.")
    async def invoices(
        self,
        info: Info,
        order_id: strawberry.ID | None = UNSET,
        first: int | None = UNSET,
        after: str | None = UNSET,
    ) -> InvoiceConnection:
        order = key(order_id, "Order", "order_id")
        return InvoiceConnection.of(await queries.invoices(info.actor, order, window(first, after)))

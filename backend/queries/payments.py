"""Payments and invoices."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.models.payments import Invoice, Payment
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of
from backend.rules.criteria import PaymentCriteria
from backend.rules.permissions import Actor

_NEWEST = Sort("payment", (("created_at", "timestamptz"), ("id", "uuid")), descending=True)
_LATEST = Sort("invoice", (("issued_at", "timestamptz"), ("id", "uuid")), descending=True)
_CRITERIA: Mapping[str, str] = {
    "status": "t.status = ANY({0})",
    "uncertain": "EXISTS (SELECT 1 FROM payment_transaction x WHERE x.payment_id = t.id AND x.state = 'UNCERTAIN')"
    " = {0}",
    "expiring_before": "(t.authorization_expires_at < {0} AND t.authorized > t.captured)",
    "gateway": "t.gateway = ANY({0})",
}


def conditions(where: Where, criteria: PaymentCriteria) -> list[str]:
    """Conditions over the payment `t`, all of which must hold."""
    return conditions_of(where, criteria, _CRITERIA)


async def payments(actor: Actor, criteria: PaymentCriteria, window: Window) -> Page[Payment]:
    """Newest first."""
    where = Where()
    scope(where, actor, Payment)
    where.add(*conditions(where, criteria))
    return await page(Payment, where, _NEWEST, window)


async def invoices(actor: Actor, order_id: UUID | None, window: Window) -> Page[Invoice]:
    """Invoices and credit notes, newest first."""
    where = Where()
    scope(where, actor, Invoice)
    if order_id is not None:
        where.add(f"t.order_id = {where.bind(order_id)}")
    return await page(Invoice, where, _LATEST, window, selective=order_id is not None)

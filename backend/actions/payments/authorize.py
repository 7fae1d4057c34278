"""Authorize a payment: its gateway promises the money."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.payments.intents import call, claim
from backend.actions.payments.settle import settle
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind


async def authorize(actor: Actor, payment_id: UUID, amount: Decimal | None = None) -> None:
    """The whole payment, or `amount` (major units) of it. Refuses PAYMENT_DECLINED after noting the decline."""
    intent = await claim(actor, payment_id, TransactionKind.AUTHORIZE, amount)
    outcome = await call(intent)
    await settle(actor, [outcome])
    outcome.confirm()

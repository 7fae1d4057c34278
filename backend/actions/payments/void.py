"""Void what is left of an authorization: the money is never taken."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.payments.intents import call, claim
from backend.actions.payments.settle import settle
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind


async def void(actor: Actor, payment_id: UUID, amount: Decimal | None = None) -> None:
    """All that is authorized and not captured, or `amount` (major units) of it; `authorized` shrinks by it."""
    intent = await claim(actor, payment_id, TransactionKind.VOID, amount)
    outcome = await call(intent)
    await settle(actor, [outcome])
    outcome.confirm()

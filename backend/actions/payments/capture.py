"""Capture what is authorized: the money is taken."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.payments.intents import call, claim
from backend.actions.payments.settle import settle
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind


async def capture(actor: Actor, payment_id: UUID, amount: Decimal | None = None) -> None:
    """All that is authorized and not captured, or `amount` (major units) of it."""
    intent = await claim(actor, payment_id, TransactionKind.CAPTURE, amount)
    outcome = await call(intent)
    await settle(actor, [outcome])
    outcome.confirm()

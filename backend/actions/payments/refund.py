"""Give back what was captured."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.payments.intents import call, claim
from backend.actions.payments.settle import settle
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind, TransactionPurpose


async def refund(
    actor: Actor,
    payment_id: UUID,
    amount: Decimal | None = None,
    *,
    purpose: TransactionPurpose = TransactionPurpose.MANUAL,
    rma_id: UUID | None = None,
) -> None:
    """All that is captured and not given back, or `amount` (major units). MANUAL above a limit needs a manager."""
    intent = await claim(actor, payment_id, TransactionKind.REFUND, amount, purpose=purpose, rma_id=rma_id)
    outcome = await call(intent)
    await settle(actor, [outcome])
    outcome.confirm()

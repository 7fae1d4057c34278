"""Capture what an order's workflow says is due by now, over its payments."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.payments.intents import Intent, call_all, tender_of, write_intents
from backend.actions.payments.settle import settle
from backend.integrations.gateways import needs_a_person
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.rules import standing
from backend.rules.billing import PAYMENT_VERBS, spread
from backend.rules.facts import PaymentFact
from backend.rules.lifecycle import check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind, TransactionState


async def capture_due(actor: Actor, order_id: UUID) -> None:
    """The oldest payment first. A decline is written down; what is then still due waits for a person."""
    await settle(actor, await call_all(await _claim(actor, order_id)))


@retried
async def _claim(actor: Actor, order_id: UUID) -> list[Intent]:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        check_verb(PAYMENT_VERBS[TransactionKind.CAPTURE], state=order.state, suspended=order.suspended)
        facts = await load(order.id)
        available = ((payment.id, tender_of(payment).capturable) for payment in facts.payments if _draws(payment))
        parts = spread(standing.capture_due(facts), available)
        return await write_intents(tx, actor, order, TransactionKind.CAPTURE, parts) if parts else []


def _draws(payment: PaymentFact) -> bool:
    """Not where a person says that the money came, a capture is under way, or the last one was declined."""
    last = payment.last(TransactionKind.CAPTURE)
    settled = last is None or last.state is TransactionState.SUCCEEDED
    return settled and not needs_a_person(payment.gateway)

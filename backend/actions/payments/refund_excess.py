"""Give back what was captured above what the order comes to now: lines, or all of it, were cancelled since."""

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
from backend.rules.lifecycle import check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind, TransactionPurpose


async def refund_excess(actor: Actor, order_id: UUID) -> None:
    """The newest payment first. Cash and the like are given back by a person (`refund`)."""
    await settle(actor, await call_all(await _claim(actor, order_id)))


@retried
async def _claim(actor: Actor, order_id: UUID) -> list[Intent]:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        check_verb(PAYMENT_VERBS[TransactionKind.REFUND], state=order.state, suspended=order.suspended)
        facts = await load(order.id)
        machines = [payment for payment in reversed(facts.payments) if not needs_a_person(payment.gateway)]
        free = [payment for payment in machines if not tender_of(payment).open(TransactionKind.REFUND)]
        parts = spread(standing.excess_due(facts), ((payment.id, tender_of(payment).refundable) for payment in free))
        if not parts:
            return []
        return await write_intents(tx, actor, order, TransactionKind.REFUND, parts, purpose=TransactionPurpose.EXCESS)

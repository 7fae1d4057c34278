"""Authorize every new tender of an order that a machine can authorize, together."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.payments.intents import INTENTS, Intent, call_all, intent_of, load_intents, write_intents
from backend.actions.payments.settle import settle
from backend.integrations.gateways import needs_a_person
from backend.models import db
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.rules.billing import PAYMENT_VERBS
from backend.rules.lifecycle import check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import OrderState, PaymentStatus, TransactionKind, TransactionState

_VERB = PAYMENT_VERBS[TransactionKind.AUTHORIZE]


async def authorize_new(actor: Actor, order_id: UUID) -> None:
    """Intents that the order's entry wrote are called as they are; new ones are claimed in one transaction.

    A decline is written down and refused to nobody: the order waits for another tender.
    """
    intents = await _written(order_id) if actor.is_system else None
    if intents is None:
        intents = await _claim(actor, order_id)
    await settle(actor, await call_all(intents))


_WRITTEN = f"""
SELECT o.state AS order_state, o.suspended,
       ARRAY(SELECT p.gateway FROM payment p WHERE p.order_id = o.id AND p.status = 'UNPAID'
                AND NOT EXISTS (SELECT 1 FROM payment_transaction t
                                 WHERE t.payment_id = p.id AND t.kind = 'AUTHORIZE')) AS unasked,
       pending.*
  FROM sales_order o
  LEFT JOIN LATERAL ({INTENTS} WHERE t.order_id = o.id AND t.kind = 'AUTHORIZE' AND t.state = 'PENDING'
                     ORDER BY p.position) AS pending
    ON true
 WHERE o.id = $1
"""


async def _written(order_id: UUID) -> list[Intent] | None:
    """The open intents, where nothing is left to claim; None where a claim is needed (or refused)."""
    rows = await db.fetch(_WRITTEN, order_id)
    if not rows or not all(needs_a_person(gateway) for gateway in rows[0]["unasked"]):
        return None
    check_verb(_VERB, state=OrderState(rows[0]["order_state"]), suspended=rows[0]["suspended"])
    return [intent_of(row) for row in rows if row["id"] is not None]


@retried
async def _claim(actor: Actor, order_id: UUID) -> list[Intent]:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        check_verb(_VERB, state=order.state, suspended=order.suspended)
        machines = [payment for payment in (await load(order.id)).payments if not needs_a_person(payment.gateway)]
        pending, new = [], []
        for payment in machines:
            last = payment.last(TransactionKind.AUTHORIZE)
            if last is not None and last.state is TransactionState.PENDING:
                pending.append(last.id)
            elif last is None and payment.status is PaymentStatus.UNPAID:
                new.append((payment.id, payment.amount))
        written = await write_intents(tx, actor, order, TransactionKind.AUTHORIZE, new) if new else []
        return [*await load_intents(pending), *written]

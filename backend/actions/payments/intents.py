"""Claim, call, settle: how anything is asked of a gateway.

*Claim* writes an intent (a PENDING transaction) and commits; *call* asks the gateway with the intent's id as the
idempotency key and no transaction open; *settle* writes its answer. A crash in between leaves an open intent, which
`reconcile` settles by asking the gateway for that key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import structlog

from backend.actions.orders.locking import lock_order
from backend.config import get_settings
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.integrations.gateways import Answer, Call, GatewayTimeout, GatewayUnavailable, ask, gateway_for
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.facts import load
from backend.models.orders import Order
from backend.money import show
from backend.rules import standing
from backend.rules.billing import PAYMENT_VERBS, REFUND_LIMIT, Tender, amount_to_ask, may_give
from backend.rules.facts import Facts, PaymentFact
from backend.rules.lifecycle import check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind, TransactionPurpose, TransactionState

log = structlog.get_logger(__name__)

UNREACHABLE = "The gateway cannot be reached; nothing was booked."
_SALE = TransactionPurpose.SALE


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked of a gateway, written down before it is asked. `fresh`: claimed by this very call."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    gateway: str
    kind: TransactionKind
    state: TransactionState
    amount: int
    currency: str
    token: str | None
    authorization: str | None
    at: datetime
    attempts: int
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """PENDING: certainly not booked, to be tried again; UNCERTAIN: nobody knows yet."""

    intent: Intent
    state: TransactionState
    reference: str | None = None
    failure: str | None = None
    expires_at: datetime | None = None

    def confirm(self) -> None:
        """Tell a person whose command did not come through."""
        if self.state is TransactionState.UNCERTAIN:
            raise refused(ErrorCode.PAYMENT_UNCERTAIN, "The gateway has not answered; it will be asked what it did.")
        if self.state is TransactionState.PENDING or self.failure == UNREACHABLE:
            raise refused(ErrorCode.GATEWAY_UNAVAILABLE, UNREACHABLE)
        if self.state is TransactionState.FAILED:
            raise refused(ErrorCode.PAYMENT_DECLINED, self.failure or "The gateway declined.")


def tender_of(payment: PaymentFact) -> Tender:
    return Tender(payment.amount, payment.authorized, payment.captured, payment.refunded, payment.transactions)


@retried
async def claim(
    actor: Actor,
    payment_id: UUID,
    kind: TransactionKind,
    amount: Decimal | None,
    *,
    purpose: TransactionPurpose = _SALE,
    rma_id: UUID | None = None,
) -> Intent:
    """The intent of a command about one payment. `amount` in major units; all that is available where None."""
    async with transaction() as tx:
        order_id = await tx.fetchval("SELECT order_id FROM payment WHERE id = $1", payment_id)
        if order_id is None:
            raise not_found("payment", "payment_id")
        order = await lock_order(tx, actor, order_id, path="payment_id")
        check_verb(PAYMENT_VERBS[kind], state=order.state, suspended=order.suspended)
        facts = await load(order.id)
        payment = next(payment for payment in facts.payments if payment.id == payment_id)
        gateway_for(payment.gateway)
        taken_over = _waiting(payment, kind, amount)
        if taken_over is not None:
            return (await load_intents([taken_over]))[0]
        minor = amount_to_ask(tender_of(payment), kind, amount, order.currency)
        if purpose is TransactionPurpose.MANUAL:
            may_give(actor, minor, REFUND_LIMIT, order.currency)
            purpose = _owed(facts, minor)
        return (await write_intents(tx, actor, order, kind, [(payment_id, minor)], purpose=purpose, rma_id=rma_id))[0]


def _waiting(payment: PaymentFact, kind: TransactionKind, amount: Decimal | None) -> UUID | None:
    """An authorization that the order's entry wrote down and nobody has called yet: the same key is called once."""
    last = payment.last(kind)
    waits = kind is TransactionKind.AUTHORIZE and last is not None and last.state is TransactionState.PENDING
    return last.id if last is not None and waits and amount is None else None


def _owed(facts: Facts, amount: int) -> TransactionPurpose:
    """What a person gives back settles first what was captured above the total."""
    return TransactionPurpose.EXCESS if amount <= standing.excess_due(facts) else TransactionPurpose.MANUAL


async def write_intents(
    tx: Transaction,
    actor: Actor,
    order: Order,
    kind: TransactionKind,
    parts: Sequence[tuple[UUID, int]],
    *,
    purpose: TransactionPurpose = _SALE,
    rma_id: UUID | None = None,
    reason: str | None = None,
) -> list[Intent]:
    """One PENDING transaction for each (payment, minor units), in the caller's transaction, which holds the order."""
    ids = [uuid7() for _ in parts]
    await tx.execute(
        "INSERT INTO payment_transaction (id, order_id, payment_id, kind, state, purpose, amount, at, attempts, rma_id,"
        " actor) SELECT part.id, $4, part.payment_id, $5, 'PENDING', $6, part.amount, $7, 1, $8, $9"
        " FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS part(id, payment_id, amount)",
        ids,
        [payment_id for payment_id, _ in parts],
        [amount for _, amount in parts],
        order.id,
        kind.value,
        purpose.value,
        tx.now,
        rma_id,
        actor.label,
    )
    for transaction_id, (payment_id, amount) in zip(ids, parts, strict=True):
        record(
            tx,
            actor,
            "payment.requested",
            f"Asked to {kind.value.lower()} {show(amount, order.currency)}{f': {reason}' if reason else '.'}",
            subject=("Payment", payment_id),
            order_id=order.id,
            data={"transaction": transaction_id, "kind": kind, "amount": amount, "purpose": purpose, "reason": reason},
        )
    return [replace(intent, fresh=True) for intent in await load_intents(ids)]


#: Add a WHERE over `t` (payment_transaction) and `p` (payment).
INTENTS = """
SELECT t.id, t.order_id, t.payment_id, p.gateway, t.kind, t.state, t.amount, p.currency, p.token, t.at, t.attempts,
       CASE WHEN t.kind = 'AUTHORIZE' THEN p.authorized_reference
            ELSE (SELECT a.gateway_reference FROM payment_transaction a
                   WHERE a.payment_id = p.id AND a.kind = 'AUTHORIZE' AND a.state = 'SUCCEEDED'
                   ORDER BY a.settled_at DESC, a.id DESC LIMIT 1) END AS "authorization"
  FROM payment_transaction t JOIN payment p ON p.id = t.payment_id
"""


async def load_intents(ids: Sequence[UUID]) -> list[Intent]:
    return [intent_of(row) for row in await db.fetch(INTENTS + " WHERE t.id = ANY($1) ORDER BY p.position, t.id", ids)]


def intent_of(row: Row) -> Intent:
    values = {name: row[name] for name in Intent.__slots__ if name != "fresh"}
    return Intent(**values | {"kind": TransactionKind(row["kind"]), "state": TransactionState(row["state"])})


async def call(intent: Intent) -> Outcome:
    """Ask the gateway, once. Whatever goes wrong on the way, the outcome says what is known and no more."""
    db.outside_transaction(f"{intent.gateway} {intent.kind.value}")
    request = Call(intent.id, intent.kind, intent.amount, intent.currency, intent.token, intent.authorization)
    try:
        async with asyncio.timeout(get_settings().gateway_timeout):
            return outcome_of(intent, await ask(gateway_for(intent.gateway), request))
    except GatewayUnavailable:
        return Outcome(intent, TransactionState.PENDING)
    except (GatewayTimeout, TimeoutError):
        return Outcome(intent, TransactionState.UNCERTAIN)
    except Exception:
        log.exception("gateway.broken", gateway=intent.gateway, transaction=str(intent.id))
        return Outcome(intent, TransactionState.UNCERTAIN)


def outcome_of(intent: Intent, answer: Answer) -> Outcome:
    if answer.approved:
        return Outcome(intent, TransactionState.SUCCEEDED, answer.reference, None, answer.expires_at)
    reason = (answer.reason or "The gateway declined.")[:500]
    return Outcome(intent, TransactionState.FAILED, answer.reference, reason)


async def call_all(intents: Sequence[Intent]) -> list[Outcome]:
    return list(await asyncio.gather(*(call(intent) for intent in intents)))

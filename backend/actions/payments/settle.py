"""Settle: write down what a gateway answered, once. The sums of the payment, its status and the order follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.actions.payments.intents import UNREACHABLE, Outcome
from backend.actions.returns.settle import settle_in
from backend.events import record
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.returns import Return
from backend.money import show
from backend.rules.billing import Tender
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import TransactionKind, TransactionPurpose, TransactionState

_OPEN = (TransactionState.PENDING, TransactionState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A transaction of the payment as it stands in the database."""

    id: UUID
    kind: TransactionKind
    state: TransactionState
    amount: int
    purpose: TransactionPurpose
    rma_id: UUID | None


_TENDERS = """
SELECT p.id AS payment_id, p.amount AS tendered, p.authorized, p.captured, p.refunded, t.id, t.kind, t.state, t.amount,
       t.purpose, t.rma_id
  FROM payment p JOIN payment_transaction t ON t.payment_id = p.id WHERE p.id = ANY($1) ORDER BY t.at, t.id
"""
_SAVE = """
WITH answered AS (
    UPDATE payment_transaction t
       SET state = a.state, gateway_reference = coalesce(a.reference, t.gateway_reference), failure = a.failure,
           attempts = t.attempts + a.again,
           settled_at = CASE WHEN a.state IN ('SUCCEEDED', 'FAILED') THEN $6::timestamptz END
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[])
           AS a(id, state, reference, failure, again)
     WHERE t.id = a.id
)
UPDATE payment p
   SET status = n.status, authorized = n.authorized, captured = n.captured, refunded = n.refunded,
       authorization_expires_at = CASE WHEN n.authorized > n.captured
                                       THEN coalesce(n.expires_at, p.authorization_expires_at) END
  FROM unnest($7::uuid[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::timestamptz[])
       AS n(id, status, authorized, captured, refunded, expires_at)
 WHERE p.id = n.id
"""


@retried
async def settle(
    actor: Actor, outcomes: Sequence[Outcome], *, told: tuple[str, str, Mapping[str, Any]] | None = None
) -> None:
    """All of one order, in one transaction. What is settled already is left alone: the same key has one answer.

    `told` is a further event (kind, message, data) about the order, recorded where anything was approved.
    """
    if not outcomes:
        return
    async with transaction() as tx:
        order = await lock_order(tx, SYSTEM, outcomes[0].intent.order_id)
        tenders, asked = _group(await tx.fetch(_TENDERS, [outcome.intent.payment_id for outcome in outcomes]))
        news = [_known(actor, it, asked[it.intent.id]) for it in outcomes if asked[it.intent.id].state in _OPEN]
        for outcome in news:
            _apply(tenders, asked[outcome.intent.id], outcome)
        if not news:
            return
        await _save(tx, news, tenders)
        await refresh(tx, order)
        for outcome in news:
            _record(tx, actor, outcome, asked[outcome.intent.id])
        for rma_id in {asked[outcome.intent.id].rma_id for outcome in news} - {None}:
            await settle_in(tx, actor, order, await Return.get(id=rma_id))
        if told and any(outcome.state is TransactionState.SUCCEEDED for outcome in news):
            record(tx, actor, told[0], told[1], subject=("Order", order.id), order_id=order.id, data=told[2])


def _group(rows: Sequence[Row]) -> tuple[dict[UUID, Tender], dict[UUID, _Asked]]:
    tenders: dict[UUID, Tender] = {}
    asked: dict[UUID, _Asked] = {}
    for row in rows:
        one = _Asked(
            row["id"],
            TransactionKind(row["kind"]),
            TransactionState(row["state"]),
            row["amount"],
            TransactionPurpose(row["purpose"]),
            row["rma_id"],
        )
        asked[one.id] = one
        before = tenders.get(row["payment_id"])
        tenders[row["payment_id"]] = Tender(
            row["tendered"],
            row["authorized"],
            row["captured"],
            row["refunded"],
            [*(before.asked if before else ()), one],
        )
    return tenders, asked


def _known(actor: Actor, outcome: Outcome, before: _Asked) -> Outcome:
    """A person is told at once that the gateway is away; the system leaves its intent open and tries again."""
    if outcome.state is not TransactionState.PENDING:
        return outcome
    if outcome.intent.fresh and not actor.is_system:
        return replace(outcome, state=TransactionState.FAILED, failure=UNREACHABLE)
    return replace(outcome, state=before.state)


def _apply(tenders: dict[UUID, Tender], asked: _Asked, outcome: Outcome) -> None:
    tender = tenders[outcome.intent.payment_id]
    if outcome.state is TransactionState.SUCCEEDED:
        tender = tender.after(asked.kind, asked.amount)
    history = [replace(it, state=outcome.state) if it is asked else it for it in tender.asked]
    tenders[outcome.intent.payment_id] = replace(tender, asked=history)


async def _save(tx: Transaction, news: Sequence[Outcome], tenders: Mapping[UUID, Tender]) -> None:
    expires = {outcome.intent.payment_id: outcome.expires_at for outcome in news}
    await tx.execute(
        _SAVE,
        [outcome.intent.id for outcome in news],
        [outcome.state.value for outcome in news],
        [outcome.reference for outcome in news],
        [outcome.failure for outcome in news],
        [0 if outcome.intent.fresh else 1 for outcome in news],
        tx.now,
        list(tenders),
        [tender.status.value for tender in tenders.values()],
        [tender.authorized for tender in tenders.values()],
        [tender.captured for tender in tenders.values()],
        [tender.refunded for tender in tenders.values()],
        [expires.get(payment_id) for payment_id in tenders],
    )


_APPROVED = {
    TransactionKind.AUTHORIZE: ("payment.authorized", "Authorized"),
    TransactionKind.CAPTURE: ("payment.captured", "Captured"),
    TransactionKind.VOID: ("payment.voided", "Voided"),
    TransactionKind.REFUND: ("payment.refunded", "Gave back"),
}
_DECLINED = {
    TransactionKind.AUTHORIZE: ("payment.declined", "Declined"),
    TransactionKind.CAPTURE: ("payment.capture_failed", "Not captured"),
    TransactionKind.VOID: ("payment.void_failed", "Not voided"),
    TransactionKind.REFUND: ("payment.refund_failed", "Not given back"),
}


def _record(tx: Transaction, actor: Actor, outcome: Outcome, before: _Asked) -> None:
    """One event for what has become known; none where nothing has."""
    if outcome.state is before.state:
        return
    if outcome.state is TransactionState.UNCERTAIN:
        kind, words = "payment.uncertain", f"No answer to {before.kind.value.lower()}"
    else:
        kind, words = (_APPROVED if outcome.state is TransactionState.SUCCEEDED else _DECLINED)[before.kind]
    amount = show(before.amount, outcome.intent.currency)
    record(
        tx,
        actor,
        kind,
        f"{words} {amount}: {outcome.failure}" if outcome.failure else f"{words} {amount}.",
        subject=("Payment", outcome.intent.payment_id),
        order_id=outcome.intent.order_id,
        data={
            "transaction": before.id,
            "kind": before.kind,
            "amount": before.amount,
            "purpose": before.purpose,
            "reference": outcome.reference,
            "reason": outcome.failure,
            "rma_id": before.rma_id,
        },
    )

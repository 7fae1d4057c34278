"""Give back what a return is due, to the order's tenders: claim, call, settle.

The intents of all tenders are written in one transaction that has locked the order and counted what is owed, so that
no two commands can give the same money back. What a gateway answers later is taken over by `settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from backend.actions.payments.intents import Intent, call_all, tender_of, write_intents
from backend.actions.payments.settle import settle as settle_payments
from backend.actions.returns.locking import lock_return
from backend.actions.returns.settle import balance_of, close_in, settle_in
from backend.errors import ErrorCode, refused
from backend.models.db import Transaction, retried, transaction
from backend.models.facts import load
from backend.models.orders import Order
from backend.models.returns import Return
from backend.rules import standing
from backend.rules.facts import Facts
from backend.rules.lifecycle import RETURN_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.returns import Balance, Tender, check_amount, spread
from backend.rules.vocabulary import ReturnState, TransactionKind, TransactionPurpose


async def refund(actor: Actor, return_id: UUID, amount: Decimal | None = None) -> None:
    """`amount` in major units; without it, all that is owed for what was received, as far as the tenders hold it.

    Refuses PAYMENT_DECLINED, PAYMENT_UNCERTAIN or GATEWAY_UNAVAILABLE where a gateway did not do it; what others did
    is kept. The return is closed when nothing more is due, or nothing is left on the tenders.
    """
    intents = await _claim(actor, return_id, amount)
    outcomes = await call_all(intents)
    await settle_payments(actor, outcomes)
    await _settle(actor, return_id)
    for outcome in outcomes:
        outcome.confirm()


@retried
async def _claim(actor: Actor, return_id: UUID, amount: Decimal | None) -> list[Intent]:
    async with transaction() as tx:
        order, rma = await lock_return(tx, actor, return_id)
        check_verb(RETURN_VERBS["returnRefund"], state=rma.state, suspended=order.suspended)
        facts = await load(order.id)
        tenders, balance = _tenders(facts), await balance_of(tx, rma)
        if balance.in_flight or any(_is_asked(facts, tender) for tender in tenders):
            raise refused(ErrorCode.CONFLICT, "A gateway has not answered the last refund yet.")
        refundable = _refundable(facts, tenders)
        wanted = check_amount(actor, balance, refundable, amount, order.currency)
        if wanted:
            return await write_intents(
                tx,
                actor,
                order,
                TransactionKind.REFUND,
                spread(tenders, wanted),
                purpose=TransactionPurpose.RETURN,
                rma_id=rma.id,
            )
        if not await _end(tx, actor, order, rma, balance, facts):
            raise refused(ErrorCode.INVALID_STATE, _why_nothing(balance))
        return []


def _why_nothing(balance: Balance) -> str:
    if balance.owed:
        return "Nothing is captured yet that could be given back."
    if balance.pledged:
        return "What was received is kept for the exchange order."
    return "Nothing is owed for what was received."


@retried
async def _settle(actor: Actor, return_id: UUID) -> None:
    async with transaction() as tx:
        order, rma = await lock_return(tx, actor, return_id)
        await settle_in(tx, actor, order, rma)
        await _end(tx, actor, order, rma, await balance_of(tx, rma), await load(order.id))


async def _end(tx: Transaction, actor: Actor, order: Order, rma: Return, balance: Balance, facts: Facts) -> bool:
    """Close a return that can give nothing more back: its tenders are empty (appeased before, or never paid)."""
    if rma.state is ReturnState.CLOSED:
        return True
    if rma.state is not ReturnState.WAITING_REFUND or balance.in_flight:
        return False
    if not balance.is_settled and (_refundable(facts, _tenders(facts)) or _money_is_coming(facts)):
        return False
    await close_in(tx, actor, order, rma)
    return True


def _tenders(facts: Facts) -> list[Tender]:
    return [Tender(it.id, it.position, it.method, tender_of(it).refundable) for it in facts.payments]


def _is_asked(facts: Facts, tender: Tender) -> bool:
    payment = next(payment for payment in facts.payments if payment.id == tender.payment_id)
    return tender_of(payment).open(TransactionKind.REFUND) > 0


def _refundable(facts: Facts, tenders: Sequence[Tender]) -> int:
    """On the tenders, without what was captured above the total: that goes back as such."""
    return max(0, sum(tender.refundable for tender in tenders) - standing.excess_due(facts))


def _money_is_coming(facts: Facts) -> bool:
    capturing = any(tender_of(payment).open(TransactionKind.CAPTURE) for payment in facts.payments)
    return capturing or standing.capture_due(facts) > 0

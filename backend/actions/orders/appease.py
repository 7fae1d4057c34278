"""Appease a customer: give some of what was captured back, with a reason, and nothing is returned for it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.payments.intents import Intent, call_all, tender_of, write_intents
from backend.actions.payments.settle import settle
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.money import show, to_minor
from backend.rules.billing import APPEASEMENT_LIMIT, may_give, spread
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import TransactionKind, TransactionPurpose, TransactionState


async def appease(actor: Actor, order_id: UUID, amount: Decimal, reason: str) -> None:
    """`amount` in major units, from the newest payment on. Above a limit it needs a manager."""
    problems = Problems()
    problems.text(reason, 400, "reason", required=True)
    problems.check()
    intents = await _claim(actor, order_id, amount, reason)
    outcomes = await call_all(intents)
    given = [outcome.intent for outcome in outcomes if outcome.state is TransactionState.SUCCEEDED]
    total = sum(intent.amount for intent in given)
    message = f"Gave {show(total, intents[0].currency)} to appease: {reason}"
    await settle(actor, outcomes, told=("order.appeased", message, {"amount": total, "reason": reason}))
    for outcome in outcomes:
        outcome.confirm()


@retried
async def _claim(actor: Actor, order_id: UUID, amount: Decimal, reason: str) -> list[Intent]:
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        check_verb(ORDER_VERBS["orderAppease"], state=order.state, suspended=order.suspended)
        wanted = to_minor(amount, order.currency, "amount")
        tenders = [(payment.id, tender_of(payment)) for payment in reversed((await load(order.id)).payments)]
        if any(tender.open(TransactionKind.REFUND) for _, tender in tenders):
            raise refused(ErrorCode.CONFLICT, "A gateway has not answered the last refund yet.")
        most = sum(tender.refundable for _, tender in tenders)
        if not 0 < wanted <= most:
            raise refused(ErrorCode.INVALID, f"An amount above 0, up to {show(most, order.currency)}.", "amount")
        may_give(actor, wanted, APPEASEMENT_LIMIT, order.currency)
        return await write_intents(
            tx,
            actor,
            order,
            TransactionKind.REFUND,
            spread(wanted, ((payment_id, tender.refundable) for payment_id, tender in tenders)),
            purpose=TransactionPurpose.APPEASEMENT,
            reason=reason,
        )

"""Add a tender to an order. Its gateway is asked later: by the worker, or when a person says so."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.integrations.gateways import gateway_for
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.facts import load
from backend.models.orders import Order
from backend.models.payments import Payment, PaymentTransaction
from backend.money import show
from backend.rules import standing
from backend.rules.billing import PaymentCommand, uncovered
from backend.rules.facts import Facts
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.order_input import MAX_PAYMENTS, Problems, check_tender
from backend.rules.permissions import Actor
from backend.rules.vocabulary import PaymentMethodKind, PaymentStatus, TransactionKind, TransactionState


@retried
async def add(actor: Actor, order_id: UUID, payment: PaymentCommand) -> UUID:
    """The payment's id. Cash is taken in at once. Not above what the other tenders leave open of the total."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id)
        check_verb(ORDER_VERBS["paymentAdd"], state=order.state, suspended=order.suspended)
        facts = await load(order.id)
        amount = _check(payment, facts)
        cash = payment.gateway == "manual" and payment.method is PaymentMethodKind.CASH
        row = await _insert(tx, order, facts, payment, amount, cash=cash)
        record(
            tx,
            actor,
            "payment.added",
            f"Added {payment.method.value} of {show(amount, order.currency)} by {payment.gateway}.",
            subject=("Payment", row.id),
            order_id=order.id,
            data={"gateway": payment.gateway, "method": payment.method, "amount": amount},
        )
        if cash:
            await _take_in(tx, actor, row)
        await refresh(tx, order)
        return row.id


def _check(payment: PaymentCommand, facts: Facts) -> int:
    """The amount in minor units; refuses a tender that cannot be taken, with every problem."""
    problems = Problems()
    amount = problems.money(payment.amount, facts.currency, "payment", "amount")
    problems.text(payment.gateway, 32, "payment", "gateway", required=True)
    check_tender(problems, payment, "payment")
    problems.check()
    gateway_for(payment.gateway, "payment", "gateway")
    if len(facts.payments) >= MAX_PAYMENTS:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_PAYMENTS} payments.", "payment")
    most = uncovered(standing.amounts_of(facts).total, facts.payments)
    if not 0 < amount <= most:
        message = f"An amount above 0, up to {show(most, facts.currency)}." if most else "Nothing is left to pay."
        raise refused(ErrorCode.INVALID, message, "payment", "amount")
    return amount


async def _insert(
    tx: Transaction, order: Order, facts: Facts, payment: PaymentCommand, amount: int, *, cash: bool
) -> Payment:
    return await Payment.create(
        order_id=order.id,
        position=max((known.position for known in facts.payments), default=-1) + 1,
        gateway=payment.gateway,
        method=payment.method,
        token=payment.token,
        authorized_reference=payment.authorized_reference,
        status=PaymentStatus.CAPTURED if cash else PaymentStatus.UNPAID,
        currency=order.currency,
        amount=amount,
        authorized=amount if cash else 0,
        captured=amount if cash else 0,
        created_at=tx.now,
    )


async def _take_in(tx: Transaction, actor: Actor, payment: Payment) -> None:
    """Cash lies in the till: promised and taken in one."""
    for kind, event in (
        (TransactionKind.AUTHORIZE, "payment.authorized"),
        (TransactionKind.CAPTURE, "payment.captured"),
    ):
        done = await PaymentTransaction.create(
            id=uuid7(),
            order_id=payment.order_id,
            payment_id=payment.id,
            kind=kind,
            state=TransactionState.SUCCEEDED,
            amount=payment.amount,
            at=tx.now,
            settled_at=tx.now,
            actor=actor.label,
        )
        record(
            tx,
            actor,
            event,
            f"{kind.value.capitalize()}d {show(payment.amount, payment.currency)} in cash.",
            subject=("Payment", payment.id),
            order_id=payment.order_id,
            data={"transaction": done.id, "kind": kind, "amount": payment.amount},
        )

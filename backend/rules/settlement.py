"""Money and invoices of an order, which go along with its steps and hold up only its filing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from backend.rules import standing
from backend.rules.assessment import BY_A_PERSON, DESK, MONEY, Assessment, Run, gate, is_skipped, names
from backend.rules.facts import Facts, PaymentFact
from backend.rules.lifecycle import FULFILLED_SHIPPING_ORDERS, OPEN_SHIPPING_ORDERS
from backend.rules.vocabulary import (
    LifecycleStep,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)


def why_not_filed(facts: Facts) -> str | None:
    """What is still open of an order whose goods are gone, or None."""
    if any(transaction.is_open for payment in facts.payments for transaction in payment.transactions):
        return "A gateway has not answered yet."
    if standing.capture_due(facts):
        return "Not all that is due has been captured."
    if standing.excess_due(facts):
        return "Money is to be given back."
    if _invoice_due(facts):
        return "The invoice has not been made."
    if facts.open_returns:
        return "A return is open."
    return None


def settle(facts: Facts, now: datetime, found: Assessment) -> None:
    """Captures, invoices, and giving back what is not owed: they go along with the steps, and hold up only filing."""
    _invoices(facts, now, found)
    _captures(facts, now, found)
    if standing.excess_due(facts) and not _open(facts, TransactionKind.REFUND):
        if _last_failed(facts, TransactionKind.REFUND, TransactionPurpose.EXCESS):
            found.wait(LifecycleStep.PAYMENT, "REFUND_FAILED", facts.state_since, *names(MONEY))
        elif all(p.gateway == BY_A_PERSON for p in facts.payments if p.captured > p.refunded):
            found.wait(LifecycleStep.PAYMENT, "REFUND_AWAITED", facts.state_since, *names(MONEY))
        else:
            found.runs.append(Run("paymentsRefundExcess", LifecycleStep.PAYMENT, facts.id))
    if standing.to_void(facts):
        found.runs.append(Run("paymentsVoid", LifecycleStep.PAYMENT, facts.id))


def authorize(facts: Facts, payment: PaymentFact, now: datetime, found: Assessment) -> None:
    """What becomes of a tender that nothing is authorized of yet."""
    step, last = LifecycleStep.PAYMENT, payment.last(TransactionKind.AUTHORIZE)
    if payment.authorized or payment.status is PaymentStatus.VOIDED:
        return
    if last is None or last.state is TransactionState.PENDING:
        if payment.gateway == BY_A_PERSON and payment.method is not PaymentMethodKind.CASH:
            found.wait(step, "PAYMENT_AWAITED", facts.state_since, *names(MONEY), subject_id=payment.id)
        elif gate(facts, found, step, facts.state_since, now, MONEY, subject_id=payment.id):
            found.runs.append(Run("paymentsAuthorize", step, facts.id))
    elif last.state is TransactionState.UNCERTAIN:
        found.wait(step, "PAYMENT_UNCERTAIN", last.at, "gateway", *names(MONEY), subject_id=payment.id)
    elif last.state is TransactionState.FAILED:
        found.wait(
            step, "PAYMENT_DECLINED", last.at, *names(DESK), "customer", subject_id=payment.id, detail=last.failure
        )


def _captures(facts: Facts, now: datetime, found: Assessment) -> None:
    for payment in facts.payments:
        last = payment.last(TransactionKind.CAPTURE)
        if last is not None and last.state is TransactionState.UNCERTAIN:
            found.wait(LifecycleStep.PAYMENT, "PAYMENT_UNCERTAIN", last.at, "gateway", subject_id=payment.id)
    if not standing.capture_due(facts) or facts.state is OrderState.WAITING_PAYMENT:
        return
    failed = [
        p
        for p in facts.payments
        if p.status is not PaymentStatus.VOIDED
        and (t := p.last(TransactionKind.CAPTURE))
        and t.state is TransactionState.FAILED
    ]
    new = [p for p in facts.payments if p.status is PaymentStatus.UNPAID and not p.authorized]
    drawable = [p for p in facts.payments if p.authorized > p.captured and p not in failed]
    if drawable and all(payment.gateway == BY_A_PERSON for payment in drawable):
        found.wait(
            LifecycleStep.PAYMENT, "PAYMENT_AWAITED", facts.state_since, *names(MONEY), subject_id=drawable[0].id
        )
    elif drawable:
        if gate(facts, found, LifecycleStep.PAYMENT, facts.state_since, now, MONEY, reason="CAPTURE"):
            found.runs.append(Run("paymentsCapture", LifecycleStep.PAYMENT, facts.id))
    elif new:
        for payment in new:
            authorize(facts, payment, now, found)
    elif failed:
        last = failed[0].last(TransactionKind.CAPTURE)
        assert last is not None
        found.wait(
            LifecycleStep.PAYMENT,
            "CAPTURE_DECLINED",
            last.at,
            *names(MONEY),
            "customer",
            subject_id=failed[0].id,
            detail=last.failure,
        )
    elif not _open(facts, TransactionKind.CAPTURE):
        found.wait(LifecycleStep.PAYMENT, "PAYMENT_MISSING", facts.state_since, *names(MONEY), "customer")


def _open(facts: Facts, kind: TransactionKind) -> bool:
    return any(t.is_open and t.kind is kind for payment in facts.payments for t in payment.transactions)


def _last_failed(facts: Facts, kind: TransactionKind, purpose: TransactionPurpose) -> bool:
    found = [t for p in facts.payments for t in p.transactions if t.kind is kind and t.purpose is purpose]
    return bool(found) and max(found, key=lambda t: t.at).state is TransactionState.FAILED


def _invoices(facts: Facts, now: datetime, found: Assessment) -> None:
    due = list(_invoice_due(facts))
    if not due or standing.is_cancelled(facts):
        return
    if gate(facts, found, LifecycleStep.INVOICE, facts.state_since, now, MONEY):
        found.runs.extend(Run("invoiceIssue", LifecycleStep.INVOICE, subject) for subject in due)


def _invoice_due(facts: Facts) -> list[UUID]:
    """What is to be invoiced by now: shipping orders, or the order itself for what does not ship."""
    if is_skipped(facts, LifecycleStep.INVOICE):
        return []
    return list(_due_invoices(facts))


def _due_invoices(facts: Facts) -> Iterator[UUID]:
    moment = facts.workflow.invoice_on
    if moment is LifecycleStep.APPROVAL:
        approved = facts.mark(LifecycleStep.COMPLETION) and facts.mark(LifecycleStep.APPROVAL)
        if approved and any(line.invoiced < line.quantity - line.cancelled for line in facts.lines):
            yield facts.id
        return
    for it in facts.shipping_orders:
        gone = it.state in FULFILLED_SHIPPING_ORDERS
        reached = gone or (
            moment is LifecycleStep.SHIPPING_ORDER_APPROVAL and it.approved and it.state in OPEN_SHIPPING_ORDERS
        )
        if reached and not it.invoiced and any(quantity for _, quantity in it.lines):
            yield it.id
    # Lines that do not ship, and all of an order whose goods are handled elsewhere.
    elsewhere = is_skipped(facts, LifecycleStep.ALLOCATION)
    if any(line.invoiced < line.fulfilled for line in facts.lines if elsewhere or not line.is_physical):
        yield facts.id

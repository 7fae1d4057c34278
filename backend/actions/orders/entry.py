"""The rows that an order enters with: what create inserts, worked out before the database is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.actions.orders.refresh import mark
from backend.integrations.gateways import needs_a_person
from backend.models.base import uuid7
from backend.money import to_minor
from backend.rules import standing
from backend.rules.billing import PaymentCommand
from backend.rules.facts import Facts, LineFact, PaymentFact
from backend.rules.order_input import CreateOrder, LineCommand, address_json
from backend.rules.totals import units
from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LifecycleStep,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    StepMode,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import WorkflowRules


@dataclass(slots=True)
class Entered:
    """Rows by column name, ready for the database."""

    customer_id: UUID
    order: dict[str, Any]
    lines: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    transactions: list[dict[str, Any]]


def draft_facts(command: CreateOrder, channel_kind: str, by: str, now: datetime) -> Facts:
    """The order as the rules see it, before it has a number or a workflow."""
    currency = command.currency
    return Facts(
        id=uuid7(),
        number="",
        channel=command.channel,
        channel_kind=channel_kind,
        state=OrderState.DRAFT,
        payment_status=PaymentStatus.UNPAID,
        fulfillment_status=FulfillmentStatus.UNFULFILLED,
        suspended=False,
        steps={} if command.draft else {LifecycleStep.ENTRY.value: mark(now, by)},
        state_since=now,
        placed_at=command.placed_at or now,
        priority=command.priority,
        currency=currency,
        prices_include_tax=command.prices_include_tax,
        shipping=to_minor(command.shipping, currency),
        shipping_invoiced=False,
        email=command.email or (command.customer.email if command.customer else None),
        phone=command.phone or (command.customer.phone if command.customer else None),
        customer=command.customer.name if command.customer else None,
        shipping_address=address_json(command.shipping_address),
        shipping_method=command.shipping_method,
        tags=list(dict.fromkeys(command.tags or ())),
        workflow=WorkflowRules(name=""),
        lines=[line_fact(line, currency) for line in command.lines],
        payments=[_payment_fact(payment, index, currency) for index, payment in enumerate(command.payments or ())],
        attributes=dict(command.attributes or {}),
    )


def rows_of(
    command: CreateOrder,
    facts: Facts,
    workflow: WorkflowRules,
    sites: Mapping[str, Any],
    products: Mapping[str, str],
    by: str,
    now: datetime,
) -> Entered:
    """Every row of the order; cash is authorized and captured here, cards are asked for by an intent each."""
    facts = replace(facts, workflow=workflow)
    payments, transactions = _tenders(command, facts, by, now)
    state = standing.state_of(facts)
    if state is not OrderState.DRAFT and standing.payment_passed(facts):
        facts = replace(facts, steps={**facts.steps, LifecycleStep.PAYMENT.value: mark(now, by)})
    amounts, sums = standing.amounts_of(facts), standing.tendered(facts)
    order = {
        "id": facts.id,
        "external_id": command.external_id,
        "version": 1,
        "event_sequence": 1,
        "state": state,
        "payment_status": standing.payment_status_of(facts),
        "fulfillment_status": facts.fulfillment_status,
        "suspended": False,
        "priority": facts.priority,
        "workflow_id": workflow.id,
        "steps": facts.steps,
        "placed_at": facts.placed_at,
        "promised_at": command.promised_at,
        "created_at": now,
        "updated_at": now,
        "state_since": now,
        "shipping_method": command.shipping_method,
        "prices_include_tax": command.prices_include_tax,
        "currency": facts.currency,
        "subtotal": amounts.subtotal,
        "discount": amounts.discount,
        "shipping": facts.shipping,
        "tax": amounts.tax,
        "total": amounts.total,
        "authorized": sums.authorized,
        "captured": sums.captured,
        "refunded": 0,
        "shipping_invoiced": False,
        "email": facts.email,
        "phone": facts.phone,
        "billing_address": address_json(command.billing_address),
        "shipping_address": facts.shipping_address,
        "tags": facts.tags,
        "attributes": command.attributes,
    }
    lines = [
        line_row(facts.id, position, line, fact, facts.prices_include_tax, sites, products)
        for position, (line, fact) in enumerate(zip(command.lines, facts.lines, strict=True), start=1)
    ]
    return Entered(uuid7(), order, lines, payments, transactions)


def line_row(
    order_id: UUID,
    position: int,
    line: LineCommand,
    fact: LineFact,
    prices_include_tax: bool,
    sites: Mapping[str, Any],
    products: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "id": fact.id,
        "order_id": order_id,
        "position": position,
        "external_id": line.external_id,
        "sku": line.sku,
        "name": line.name or products.get(line.sku) or line.sku,
        "kind": line.kind,
        "delivery_method": fact.delivery_method,
        "pickup_site_id": sites[line.pickup_site][0] if line.pickup_site else None,
        "attributes": line.attributes,
        "quantity": line.quantity,
        "allocated": 0,
        "backordered": 0,
        "picked": 0,
        "fulfilled": 0,
        "cancelled": 0,
        "returned": 0,
        "invoiced": 0,
        "unit_price": fact.unit_price,
        "discount": fact.discount,
        "tax": fact.tax,
        "total": units(fact, 0, fact.quantity, prices_include_tax=prices_include_tax).total,
    }


def line_fact(line: LineCommand, currency: str) -> LineFact:
    digital = line.kind in (LineKind.DIGITAL, LineKind.GIFT_CARD)
    return LineFact(
        id=uuid7(),
        sku=line.sku,
        kind=line.kind,
        delivery_method=DeliveryMethod.DIGITAL if digital else line.delivery_method,
        quantity=line.quantity,
        allocated=0,
        backordered=0,
        fulfilled=0,
        cancelled=0,
        returned=0,
        invoiced=0,
        unit_price=to_minor(line.unit_price, currency),
        discount=to_minor(line.discount, currency),
        tax=to_minor(line.tax, currency),
    )


def _payment_fact(payment: PaymentCommand, position: int, currency: str) -> PaymentFact:
    amount = to_minor(payment.amount, currency)
    taken = amount if is_cash(payment) else 0
    status = PaymentStatus.CAPTURED if taken else PaymentStatus.UNPAID
    return PaymentFact(uuid7(), position, payment.gateway, payment.method, status, amount, taken, taken, 0)


def is_cash(payment: PaymentCommand) -> bool:
    """Money that lay in the till when the order was entered."""
    return payment.gateway == "manual" and payment.method is PaymentMethodKind.CASH


def _tenders(
    command: CreateOrder, facts: Facts, by: str, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    payments, transactions = [], []
    rule = facts.workflow.step(LifecycleStep.PAYMENT)
    asked = rule.mode is StepMode.AUTOMATIC and rule.when is None and not rule.delay_seconds and not command.draft
    for payment, fact in zip(command.payments or (), facts.payments, strict=True):
        payments.append(payment_row(facts, payment, fact, now))
        if is_cash(payment):
            taken = (TransactionKind.AUTHORIZE, TransactionKind.CAPTURE)
            transactions += [_transaction(facts.id, fact, kind, TransactionState.SUCCEEDED, by, now) for kind in taken]
        elif asked and not needs_a_person(payment.gateway):
            transactions.append(
                _transaction(facts.id, fact, TransactionKind.AUTHORIZE, TransactionState.PENDING, by, now)
            )
    return payments, transactions


def payment_row(facts: Facts, payment: PaymentCommand, fact: PaymentFact, now: datetime) -> dict[str, Any]:
    return {
        "id": fact.id,
        "order_id": facts.id,
        "position": fact.position,
        "gateway": payment.gateway,
        "method": payment.method,
        "token": payment.token,
        "authorized_reference": payment.authorized_reference,
        "status": fact.status,
        "currency": facts.currency,
        "amount": fact.amount,
        "authorized": fact.authorized,
        "captured": fact.captured,
        "refunded": 0,
        "created_at": now,
    }


def _transaction(
    order_id: UUID, payment: PaymentFact, kind: TransactionKind, state: TransactionState, by: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "order_id": order_id,
        "payment_id": payment.id,
        "kind": kind,
        "state": state,
        "purpose": TransactionPurpose.SALE,
        "amount": payment.amount,
        "at": now,
        "settled_at": now if state is TransactionState.SUCCEEDED else None,
        "attempts": 0,
        "actor": by,
    }

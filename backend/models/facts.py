"""Orders, whole, as the rules see them: one statement for any number of orders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.models import db
from backend.models.db import Row
from backend.rules.facts import Facts, HoldFact, LineFact, PaymentFact, ShippingOrderFact, TransactionFact
from backend.rules.vocabulary import (
    DeliveryMethod,
    FulfillmentStatus,
    LifecycleStep,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    ShippingOrderState,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import WorkflowRules, steps_from_json

_FACTS = """
SELECT o.id, o.number, o.state, o.payment_status, o.fulfillment_status, o.suspended, o.steps, o.state_since,
       o.placed_at, o.priority, o.currency, o.prices_include_tax, o.shipping, o.shipping_invoiced, o.email, o.phone,
       o.shipping_address, o.shipping_method, o.tags, o.attributes, c.code AS channel, c.kind AS channel_kind,
       u.name AS customer,
       w.id AS workflow_id, w.name AS workflow_name, w.version AS workflow_version, w.steps AS workflow_steps,
       w.capture_on, w.invoice_on,
       (SELECT json_agg(json_build_array(l.id, l.sku, l.kind, l.delivery_method, l.quantity, l.allocated,
                        l.backordered, l.fulfilled, l.cancelled, l.returned, l.invoiced, l.unit_price, l.discount,
                        l.tax) ORDER BY l.position)
          FROM order_line l WHERE l.order_id = o.id) AS lines,
       (SELECT json_agg(json_build_array(p.id, p.position, p.gateway, p.method, p.status, p.amount, p.authorized,
                        p.captured, p.refunded) ORDER BY p.position, p.id)
          FROM payment p WHERE p.order_id = o.id) AS payments,
       (SELECT json_agg(json_build_array(t.payment_id, t.id, t.kind, t.state, t.purpose, t.amount, t.at, t.failure)
                        ORDER BY t.at, t.id)
          FROM payment_transaction t WHERE t.order_id = o.id) AS transactions,
       (SELECT json_agg(json_build_array(s.id, s.number, s.state, s.delivery_method, s.state_since,
                        s.approved_at IS NOT NULL,
                        EXISTS (SELECT 1 FROM invoice i WHERE i.shipping_order_id = s.id AND i.kind = 'INVOICE'))
                        ORDER BY s.position)
          FROM shipping_order s WHERE s.order_id = o.id) AS shipping_orders,
       (SELECT json_agg(json_build_array(sl.shipping_order_id, sl.order_line_id, sl.quantity))
          FROM shipping_order s JOIN shipping_order_line sl ON sl.shipping_order_id = s.id
         WHERE s.order_id = o.id) AS shipping_order_lines,
       (SELECT json_agg(json_build_array(h.reason, h.at, h.held_by) ORDER BY h.at)
          FROM order_hold h WHERE h.order_id = o.id AND h.released_at IS NULL) AS holds,
       (SELECT count(*)::int FROM return_order r WHERE r.order_id = o.id
           AND r.state IN ('WAITING_APPROVAL', 'WAITING_RECEIPT', 'WAITING_REFUND')) AS open_returns
  FROM sales_order o
  JOIN channel c ON c.id = o.channel_id
  JOIN workflow w ON w.id = o.workflow_id
  LEFT JOIN customer u ON u.id = o.customer_id
 WHERE o.id = ANY($1)
"""
#: For a single order PostgreSQL settles on one plan; for a list it would plan anew each time, at three times the cost.
_ONE = _FACTS.replace("ANY($1)", "$1")


async def load_facts(order_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """By order; those that do not exist are left out. Inside a transaction it sees that transaction's changes."""
    return {row["id"]: _facts(row) for row in await db.fetch(_FACTS, list(order_ids))}


async def load_all(order_ids: Sequence[UUID]) -> list[Facts]:
    """Orders that are known to be there, in the order in which they are asked for."""
    if len(order_ids) == 1:
        return [await load(order_ids[0])]
    found = await load_facts(order_ids)
    return [found[order_id] for order_id in order_ids]


async def find(order_id: UUID) -> Facts | None:
    """One order, or None where there is none."""
    row = await db.fetchrow(_ONE, order_id)
    return _facts(row) if row is not None else None


async def load(order_id: UUID) -> Facts:
    """One order that is known to be there."""
    facts = await find(order_id)
    if facts is None:
        raise LookupError(f"There is no order {order_id}.")
    return facts


def _facts(row: Row) -> Facts:
    transactions: dict[str, list[TransactionFact]] = {}
    for payment_id, *values in _list(row["transactions"]):
        transactions.setdefault(payment_id, []).append(_transaction(values))
    given: dict[str, list[tuple[UUID, int]]] = {}
    for shipping_order_id, line_id, quantity in _list(row["shipping_order_lines"]):
        given.setdefault(shipping_order_id, []).append((UUID(line_id), quantity))
    return Facts(
        id=row["id"],
        number=row["number"],
        channel=row["channel"],
        channel_kind=row["channel_kind"],
        state=OrderState(row["state"]),
        payment_status=PaymentStatus(row["payment_status"]),
        fulfillment_status=FulfillmentStatus(row["fulfillment_status"]),
        suspended=row["suspended"],
        steps=json.loads(row["steps"]),
        state_since=row["state_since"],
        placed_at=row["placed_at"],
        priority=row["priority"],
        currency=row["currency"],
        prices_include_tax=row["prices_include_tax"],
        shipping=row["shipping"],
        shipping_invoiced=row["shipping_invoiced"],
        email=row["email"],
        phone=row["phone"],
        customer=row["customer"],
        shipping_address=json.loads(row["shipping_address"]) if row["shipping_address"] else None,
        shipping_method=row["shipping_method"],
        tags=row["tags"],
        workflow=_workflow(row),
        lines=[_line(values) for values in _list(row["lines"])],
        payments=[_payment(values, transactions.get(values[0], [])) for values in _list(row["payments"])],
        shipping_orders=[_shipping_order(values, given.get(values[0], [])) for values in _list(row["shipping_orders"])],
        holds=[HoldFact(reason, _time(at), held_by) for reason, at, held_by in _list(row["holds"])],
        open_returns=row["open_returns"],
        attributes=(json.loads(row["attributes"]) if row["attributes"] else None) or {},
    )


def _workflow(row: Row) -> WorkflowRules:
    return _read_workflow(
        row["workflow_id"],
        row["workflow_name"],
        row["workflow_version"],
        row["workflow_steps"],
        row["capture_on"],
        row["invoice_on"],
    )


@lru_cache(maxsize=256)
def _read_workflow(
    identity: UUID, name: str, version: int, steps: str, capture_on: str, invoice_on: str
) -> WorkflowRules:
    """Read once for as long as it stays the same."""
    return WorkflowRules(
        name=name,
        version=version,
        id=identity,
        steps=steps_from_json(json.loads(steps)),
        capture_on=LifecycleStep(capture_on),
        invoice_on=LifecycleStep(invoice_on),
    )


def _line(values: list[Any]) -> LineFact:
    return LineFact(UUID(values[0]), values[1], LineKind(values[2]), DeliveryMethod(values[3]), *values[4:])


def _transaction(values: list[Any]) -> TransactionFact:
    identity, kind, state, purpose, amount, at, failure = values
    return TransactionFact(
        UUID(identity),
        TransactionKind(kind),
        TransactionState(state),
        TransactionPurpose(purpose),
        amount,
        _time(at),
        failure,
    )


def _payment(values: list[Any], transactions: list[TransactionFact]) -> PaymentFact:
    identity, position, gateway, method, status, amount, authorized, captured, refunded = values
    return PaymentFact(
        UUID(identity),
        position,
        gateway,
        PaymentMethodKind(method),
        PaymentStatus(status),
        amount,
        authorized,
        captured,
        refunded,
        transactions,
    )


def _shipping_order(values: list[Any], lines: list[tuple[UUID, int]]) -> ShippingOrderFact:
    identity, number, state, method, since, approved, invoiced = values
    return ShippingOrderFact(
        UUID(identity),
        number,
        ShippingOrderState(state),
        DeliveryMethod(method),
        _time(since),
        approved,
        invoiced,
        lines,
    )


def _list(aggregate: str | None) -> list[list[Any]]:
    return json.loads(aggregate) if aggregate else []


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

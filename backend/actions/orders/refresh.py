"""Writes down what follows from an order's facts: its sums, state and statuses. Ends every action on an order."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.models.db import Transaction
from backend.models.facts import load
from backend.models.orders import Order
from backend.rules import standing
from backend.rules.facts import Facts
from backend.rules.lifecycle import ORDER_MOVES
from backend.rules.totals import Amounts
from backend.rules.vocabulary import LifecycleStep, OrderState

_SAVE = """
UPDATE sales_order
   SET state = $2::text, payment_status = $3, fulfillment_status = $4, subtotal = $5, discount = $6, tax = $7,
       total = $8, authorized = $9, captured = $10, refunded = $11,
       state_since = CASE WHEN state = $2::text THEN state_since ELSE $12::timestamptz END,
       closed_at = CASE WHEN $2::text IN ('CLOSED', 'CANCELLED') THEN coalesce(closed_at, $12::timestamptz) END,
       steps = CASE WHEN $13::text IS NULL THEN steps ELSE steps || $13::jsonb END
 WHERE id = $1
"""


async def refresh(tx: Transaction, order: Order, facts: Facts | None = None) -> OrderState:
    """Recompute and save; the order's row must be locked. Returns the state it is in now. `facts` where they are known.

    Sets `order.state` too, so that the caller sees it. A move that the lifecycle does not know is a bug and raises.
    """
    facts = facts or await load(order.id)
    state = standing.state_of(facts)
    if state is not facts.state and state not in ORDER_MOVES[facts.state]:
        raise RuntimeError(f"Order {facts.number} cannot move from {facts.state} to {state}.")
    amounts, sums = standing.amounts_of(facts), standing.tendered(facts)
    if standing.is_cancelled(facts) and order.total:
        amounts = Amounts(order.subtotal, order.discount, order.tax, order.total, order.shipping)
    paid = facts.mark(LifecycleStep.PAYMENT) is None and state not in (OrderState.DRAFT, OrderState.WAITING_PAYMENT)
    await tx.execute(
        _SAVE,
        order.id,
        state.value,
        standing.payment_status_of(facts).value,
        standing.fulfillment_status_of(facts).value,
        amounts.subtotal,
        amounts.discount,
        amounts.tax,
        amounts.total,
        sums.authorized,
        sums.captured,
        sums.refunded,
        tx.now,
        json.dumps({LifecycleStep.PAYMENT.value: mark(tx.now, "system")}) if paid else None,
    )
    order.state = state
    return state


def mark(at: datetime, by: str, *, skipped: bool = False) -> dict[str, Any]:
    """The note of a step that is done, as stored in `steps`."""
    return {"at": at.isoformat(), "by": by} | ({"skipped": True} if skipped else {})


async def set_mark(tx: Transaction, order_id: UUID, step: str, by: str, *, skipped: bool = False) -> None:
    """Note that a step of an order is done. Followed by `refresh`."""
    await tx.execute(
        "UPDATE sales_order SET steps = steps || $2::jsonb WHERE id = $1",
        order_id,
        json.dumps({step: mark(tx.now, by, skipped=skipped)}),
    )

"""Writes down what follows from an order's facts: its sums, state and statuses. Ends every action on an order."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
UPDATE sales_order o
   SET state = f.state, payment_status = f.payment_status, fulfillment_status = f.fulfillment_status,
       subtotal = f.subtotal, discount = f.discount, tax = f.tax, total = f.total, authorized = f.authorized,
       captured = f.captured, refunded = f.refunded,
       state_since = CASE WHEN o.state = f.state THEN o.state_since ELSE $13::timestamptz END,
       closed_at = CASE WHEN f.state IN ('CLOSED', 'CANCELLED') THEN coalesce(o.closed_at, $13::timestamptz) END,
       steps = CASE WHEN f.steps IS NULL THEN o.steps ELSE o.steps || f.steps::jsonb END
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
              $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
    AS f(id, state, payment_status, fulfillment_status, subtotal, discount, tax, total, authorized, captured, refunded,
         steps)
 WHERE o.id = f.id
"""
#: For one order: PostgreSQL keeps the plan of a statement, and the join looked cheaper as a scan of the whole table
#: while that was small.
_SAVE_ONE = _SAVE.replace("WHERE o.id", "WHERE o.id = ($1::uuid[])[1] AND o.id")


async def refresh(tx: Transaction, order: Order, facts: Facts | None = None) -> OrderState:
    """Recompute and save; the order's row must be locked. Returns the state it is in now. `facts` where they are known.

    Sets `order.state` too, so that the caller sees it.
    """
    facts = facts or await load(order.id)
    kept = Amounts(order.subtotal, order.discount, order.tax, order.total, order.shipping)
    [order.state] = await refresh_all(tx, [facts], kept if standing.is_cancelled(facts) and order.total else None)
    return order.state


async def refresh_all(tx: Transaction, orders: Sequence[Facts], amounts: Amounts | None = None) -> list[OrderState]:
    """The same for several whose facts, as they are now, are known; with `amounts` instead of what their lines come to.

    The states they are in now. A move that the lifecycle does not know is a bug and raises.
    """
    rows = [_row(facts, amounts or standing.amounts_of(facts), tx.now) for facts in orders]
    if rows:
        await tx.execute(
            _SAVE if len(rows) > 1 else _SAVE_ONE, *(list(column) for column in zip(*rows, strict=True)), tx.now
        )
    return [row[1] for row in rows]


def _row(facts: Facts, amounts: Amounts, now: datetime) -> tuple[Any, ...]:
    state, sums = standing.state_of(facts), standing.tendered(facts)
    if state is not facts.state and state not in ORDER_MOVES[facts.state]:
        raise RuntimeError(f"Order {facts.number} cannot move from {facts.state} to {state}.")
    passed = state not in (OrderState.DRAFT, OrderState.WAITING_PAYMENT)
    paid = passed and facts.mark(LifecycleStep.PAYMENT) is None
    return (
        facts.id,
        state,
        standing.payment_status_of(facts).value,
        standing.fulfillment_status_of(facts).value,
        amounts.subtotal,
        amounts.discount,
        amounts.tax,
        amounts.total,
        sums.authorized,
        sums.captured,
        sums.refunded,
        json.dumps({LifecycleStep.PAYMENT.value: mark(now, "system")}) if paid else None,
    )


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

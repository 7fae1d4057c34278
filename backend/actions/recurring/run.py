"""Make the order of a time that was due, with what is noted of it: in one transaction, so that it is made once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from backend.actions.orders.create import create_in
from backend.actions.recurring.template import order_of
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.models.recurring import RecurringOrder
from backend.rules.permissions import Actor
from backend.rules.vocabulary import RecurringOutcome


def alert_key(recurring: RecurringOrder) -> str:
    """Of the alert that says that it fails."""
    return f"recurring_order.failed:{recurring.id}"


async def make(tx: Transaction, actor: Actor, recurring: RecurringOrder, due_at: datetime) -> Order:
    """Refuses as entry does, before anything is written. The channel's own id of the order names the time."""
    template = order_of(
        recurring.template | {"externalId": f"{recurring.number}/{due_at.astimezone(UTC):%Y%m%dT%H%MZ}"}
    )
    created = await create_in(tx, actor, template, recurring_order_id=recurring.id)
    await note_run(tx, recurring, [due_at], RecurringOutcome.MADE, order_id=created.order_id)
    return await Order.get(id=created.order_id)


async def note_run(
    tx: Transaction,
    recurring: RecurringOrder,
    dues: Sequence[datetime],
    outcome: RecurringOutcome,
    message: str | None = None,
    order_id: UUID | None = None,
) -> None:
    await tx.execute(
        "INSERT INTO recurring_run (id, recurring_order_id, due_at, at, outcome, order_id, message)"
        " SELECT r.id, $1, r.due_at, $4, $5, $6, $7 FROM unnest($2::uuid[], $3::timestamptz[]) AS r(id, due_at)",
        recurring.id,
        [uuid7() for _ in dues],
        list(dues),
        tx.now,
        outcome.value,
        order_id,
        message,
    )

"""Have an order made again and again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.actions.orders.create import try_out
from backend.actions.recurring.locking import due, tell
from backend.actions.recurring.template import below, check_template, keep
from backend.errors import Refused
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.recurring import RecurringOrder
from backend.rules.order_input import CreateOrder
from backend.rules.permissions import Actor
from backend.rules.recurrence import checked


@dataclass(frozen=True, slots=True)
class CreateRecurring:
    """`schedule` is a RRULE of RFC 5545 by the clock of `timezone`, from `start_at` on, or from now."""

    order: CreateOrder
    schedule: str
    timezone: str
    start_at: datetime | None = None


@retried
async def create(actor: Actor, command: CreateRecurring) -> UUID:
    """Refuses an order that could not be entered now, and a schedule by which none comes due."""
    async with transaction() as tx:
        known = await check_order(tx, actor, command.order)
        plan = checked(command.schedule, command.timezone, command.start_at or tx.now, tx.now)
        number = await tx.fetchval("SELECT 'R' || nextval('recurring_order_number')")
        made = await RecurringOrder.create(
            number=number,
            channel_id=known["channel_id"],
            customer_id=customer_of(known),
            template=keep(command.order),
            schedule=plan.rule,
            timezone=plan.timezone,
            start_at=plan.start,
            created_at=tx.now,
            created_by=actor.label,
            **due(plan.first(tx.now)),
        )
        tell(tx, actor, made, "created", f"Entered: {plan.rule}.", schedule=plan.rule, timezone=plan.timezone)
        return UUID(str(made.id))


async def check_order(tx: Transaction, actor: Actor, order: CreateOrder) -> Row:
    """Its channel and customer; refuses with the paths of the input's `order`."""
    try:
        check_template(order)
        return await try_out(tx, actor, order)
    except Refused as refusal:
        raise below(refusal, "order") from None


def customer_of(known: Row) -> UUID | None:
    return UUID(json.loads(known["customer"])[0]) if known["customer"] else None

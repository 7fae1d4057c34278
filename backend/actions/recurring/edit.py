"""Change what a recurring order makes, or when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.actions.recurring.create import check_order, customer_of
from backend.actions.recurring.locking import change, due, lock_recurring, tell
from backend.actions.recurring.template import keep
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.rules.order_input import CreateOrder
from backend.rules.permissions import Actor
from backend.rules.recurrence import checked
from backend.rules.vocabulary import RecurringOrderState


@dataclass(frozen=True, slots=True)
class EditRecurring:
    """What is not given stays. A new schedule runs from `start_at`, or from now."""

    recurring_order_id: UUID
    order: CreateOrder | None = None
    schedule: str | None = None
    timezone: str | None = None
    start_at: datetime | None = None
    expected_version: int | None = None


@retried
async def edit(actor: Actor, command: EditRecurring) -> None:
    """Its channel stays. Orders that were made already stay as they are."""
    async with transaction() as tx:
        recurring = await lock_recurring(
            actor, command.recurring_order_id, "recurringOrderEdit", command.expected_version
        )
        changes: dict[str, Any] = {}
        if command.order is not None:
            known = await check_order(tx, actor, command.order)
            if known["channel_id"] != recurring.channel_id:
                raise refused(ErrorCode.INVALID, "The channel stays.", "order", "channel")
            changes |= {"template": keep(command.order), "customer_id": customer_of(known)}
        if any(it is not None for it in (command.schedule, command.timezone, command.start_at)):
            plan = checked(
                command.schedule or recurring.schedule,
                command.timezone or recurring.timezone,
                command.start_at or tx.now,
                tx.now,
            )
            changes |= {"schedule": plan.rule, "timezone": plan.timezone, "start_at": plan.start}
            if recurring.state is RecurringOrderState.ACTIVE:
                changes |= due(plan.first(tx.now))
        if not changes:
            raise refused(ErrorCode.INVALID, "Say what is to change.")
        await change(recurring, **changes)
        tell(tx, actor, recurring, "edited", "Changed.", changed=sorted(changes.keys() - {"run_at", "failures"}))

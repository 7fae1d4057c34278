"""Orders that come again: a template with a schedule, and what became of each time that it was due."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.recurrence import Schedule
from backend.rules.vocabulary import RecurringOrderState, RecurringOutcome


class RecurringOrder(Identified):
    """`next_at` is when the next order is due; `run_at` when it is tried, later than that after a failure."""

    number = fields.CharField(max_length=32, unique=True)
    channel: Any = link("Channel")
    channel_id: UUID
    customer: Any = link("Customer", null=True)
    customer_id: UUID | None
    state = fields.CharEnumField(RecurringOrderState, max_length=10)
    version = fields.IntField(default=1)
    template: Any = fields.JSONField(description="an order as imports take it (actions/imports/shapes.py)")
    schedule = fields.CharField(max_length=500)
    timezone = fields.CharField(max_length=64)
    start_at = fields.DatetimeField()
    next_at = fields.DatetimeField(null=True)
    run_at = fields.DatetimeField(null=True)
    failures = fields.IntField(default=0, description="of the order that is due")
    problem = fields.TextField(null=True, description="what the last failure said")
    created_at = fields.DatetimeField()
    created_by = fields.CharField(max_length=200)

    class Meta:
        table = "recurring_order"
        indexes = (
            Index(fields=("state", "run_at"), name="ix_recurring_order_run"),
            Index(fields=("created_at", "id"), name="ix_recurring_order_created"),
        )
        constraints = (
            one_of("recurring_order", "state", RecurringOrderState),
            check("recurring_order", "next", "(state = 'ACTIVE') = (next_at IS NOT NULL AND run_at IS NOT NULL)"),
            check("recurring_order", "run_at", "run_at >= next_at"),
            not_negative("recurring_order", ("failures",)),
        )

    @property
    def plan(self) -> Schedule:
        return Schedule(self.schedule, self.timezone, self.start_at)


class RecurringRun(Identified):
    """What became of an order that was due; each once."""

    recurring_order: Any = link("RecurringOrder")
    recurring_order_id: UUID
    due_at = fields.DatetimeField()
    at = fields.DatetimeField()
    outcome = fields.CharEnumField(RecurringOutcome, max_length=10)
    order: Any = link("Order", null=True, unique=True)
    order_id: UUID | None
    message = fields.TextField(null=True)

    class Meta:
        table = "recurring_run"
        constraints = (
            UniqueConstraint(fields=("recurring_order_id", "due_at"), name="uq_recurring_run"),
            one_of("recurring_run", "outcome", RecurringOutcome),
            check("recurring_run", "order", "(outcome = 'MADE') = (order_id IS NOT NULL)"),
        )

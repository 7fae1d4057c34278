"""Long work that somebody asked for: what is to be done, how far it is, and what became of each piece."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, check, link, one_of
from backend.rules.vocabulary import JobItemState, JobState


class Job(Identified):
    """`done` counts what was tried, `failed` what of it was refused; both move in the transaction of the piece."""

    kind = fields.CharField(max_length=40)
    state = fields.CharEnumField(JobState, max_length=10)
    given: Any = fields.JSONField(description="what was asked for")
    done = fields.IntField(default=0)
    total = fields.IntField()
    failed = fields.IntField(default=0)
    result: Any = fields.JSONField(null=True)
    requested_by = fields.CharField(max_length=64, description="the actor's key")
    created_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    cancel_requested_at = fields.DatetimeField(null=True)

    class Meta:
        table = "job"
        indexes = (
            Index(fields=("requested_by", "created_at"), name="ix_job_requested_by"),
            Index(fields=("created_at",), name="ix_job_created_at"),
        )
        constraints = (
            one_of("job", "state", JobState),
            check("job", "counts", "0 <= failed AND failed <= done AND done <= total"),
            check("job", "finished", "(state IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL)"),
        )


class JobItem(Identified):
    """One piece. Its tick is in one transaction with what it does, or with what its work came to (actions/jobs/run)."""

    job: Any = link("Job")
    job_id: UUID
    position = fields.IntField(description="1, 2, …")
    subject_id = fields.UUIDField(null=True)
    reference = fields.CharField(max_length=200, description="what a person calls it: an order's number")
    state = fields.CharEnumField(JobItemState, max_length=10)
    code = fields.CharField(max_length=40, null=True, description="of the refusal")
    message = fields.TextField(null=True)
    units = fields.IntField(default=1, db_default=1, description="what it counts for in the job: the rows of a part")
    problems: Any = fields.JSONField(null=True, description="[{reference, code, message}] of units that were refused")
    result: Any = fields.JSONField(null=True, description="what it came to, for the conclusion of the job")

    class Meta:
        table = "job_item"
        constraints = (
            one_of("job_item", "state", JobItemState),
            UniqueConstraint(fields=("job_id", "position"), name="uq_job_item"),
            check("job_item", "units", "units > 0"),
            check("job_item", "told", "(state = 'FAILED') = (message IS NOT NULL)"),
        )


class SweepRound(Model):
    """When a sweep that goes by a period last began, in whichever worker."""

    name = fields.CharField(max_length=40, primary_key=True)
    began_at = fields.DatetimeField()

    class Meta:
        table = "sweep_round"

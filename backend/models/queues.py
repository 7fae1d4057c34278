"""What waits in the dashboard's queues, kept by the log's follower (reactions/fold_dashboard.py) and by nobody else."""

from __future__ import annotations

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import check


class QueueEntry(Model):
    """A record in a queue, with whom it is seen by: the order's channel, and the sites that have work of it.

    From `from_at` on it waits, where a queue goes by the clock; `counted` tells whether the counts have it.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    queue = fields.CharField(max_length=64)
    subject_id = fields.UUIDField()
    order_id = fields.UUIDField(db_index=True)
    channel_id = fields.UUIDField()
    sites: list[UUID] = ArrayField(element_type="uuid", default=list)
    scope = fields.CharField(max_length=48, description="the row of queue_count that counts it for its sites")
    since = fields.DatetimeField()
    from_at = fields.DatetimeField(null=True)
    counted = fields.BooleanField()

    class Meta:
        table = "queue_entry"
        constraints = (UniqueConstraint(fields=("queue", "subject_id"), name="uq_queue_entry"),)


class QueueCount(Model):
    """How many records of a queue a scope has: `house`, `channel:<id>`, or `sites:<hash>` for one set of sites."""

    id = fields.BigIntField(primary_key=True, generated=True)
    queue = fields.CharField(max_length=64)
    scope = fields.CharField(max_length=48)
    sites: list[UUID] = ArrayField(element_type="uuid", default=list)
    count = fields.BigIntField()

    class Meta:
        table = "queue_count"
        indexes = (Index(fields=("scope",), name="ix_queue_count_scope"),)
        constraints = (
            UniqueConstraint(fields=("queue", "scope"), name="uq_queue_count"),
            check("queue_count", "count", "count >= 0"),
        )

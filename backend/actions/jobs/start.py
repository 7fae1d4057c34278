"""Start a job: written down with all its pieces and handed to the worker, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.events import enqueue, record
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.rules.permissions import Actor

#: The reaction that works on a job, a chunk at a time; its payload is {"job_id": …}.
RUN = "run_job"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece: of what, what a person calls it, how many of the job's units it is, and its place: 1, 2, …"""

    subject_id: UUID | None
    reference: str
    units: int = 1
    position: int = 0


_JOB = """
INSERT INTO job (id, kind, state, given, done, total, failed, requested_by, created_at)
VALUES ($1, $2, 'QUEUED', $3::jsonb, 0, $4, 0, $5, $6)
"""
_ITEMS = """
INSERT INTO job_item (id, job_id, position, subject_id, reference, state, units)
SELECT i.id, $1, i.position, i.subject_id, i.reference, 'WAITING', i.units
  FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[])
       WITH ORDINALITY AS i(id, subject_id, reference, units, position)
"""


def ask_to_run(tx: Transaction, job_id: UUID) -> None:
    """A chunk of it. Somebody waits for it, so it goes before the rest of the queue."""
    enqueue(tx, RUN, {"job_id": str(job_id)}, priority=1)


async def start(tx: Transaction, actor: Actor, kind: str, given: Mapping[str, Any], items: Sequence[Item]) -> UUID:
    """The job's id. The items are done in their order.

    `kind` is one of reactions/run_job.py; `given` is what it gets with every piece.
    """
    job_id = uuid7()
    total = sum(item.units for item in items)
    await tx.execute(_JOB, job_id, kind, db.jsonb(given), total, actor.key, tx.now)
    await tx.execute(
        _ITEMS,
        job_id,
        [uuid7() for _ in items],
        [item.subject_id for item in items],
        [item.reference for item in items],
        [item.units for item in items],
    )
    record(tx, actor, "job.started", f"{kind}: {total} to do.", subject=("Job", job_id), data={"kind": kind})
    ask_to_run(tx, job_id)
    return job_id

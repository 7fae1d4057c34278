"""Jobs: one's own, and all for those who lead; and what became of their pieces."""

from __future__ import annotations

from uuid import UUID

from backend.models.jobs import Job, JobItem
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor

MAX_ERRORS = 100


async def job(actor: Actor, job_id: UUID | None) -> Job | None:
    where = Where()
    where.add(f"t.id = {where.bind(job_id)}")
    scope(where, actor, Job)
    return next(iter(await rows(Job, f"SELECT t.* FROM job t WHERE {where}", *where.args)), None)


async def errors(actor: Actor, job_id: UUID) -> list[JobItem]:
    """The first 100 pieces that were refused, in order."""
    where = Where()
    where.add(f"t.job_id = {where.bind(job_id)}", "t.state = 'FAILED'")
    scope(where, actor, JobItem)
    sql = f"SELECT t.* FROM job_item t WHERE {where} ORDER BY t.position LIMIT {MAX_ERRORS}"
    return await rows(JobItem, sql, *where.args)

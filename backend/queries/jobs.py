"""Jobs: one's own, and all for those who lead; and what became of their pieces."""

from __future__ import annotations

from uuid import UUID

from backend.models import db
from backend.models.db import Row
from backend.models.jobs import Job, JobItem
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor

MAX_ERRORS = 100
_NEWEST = Sort("job", (("created_at", "timestamptz"), ("id", "uuid")), descending=True)

_ERRORS = """
SELECT coalesce(p.value ->> 'reference', t.reference) AS reference,
       coalesce(p.value ->> 'message', t.message) AS message
  FROM job_item t LEFT JOIN LATERAL jsonb_array_elements(t.problems) WITH ORDINALITY p ON TRUE
 WHERE {where} AND (t.state = 'FAILED' OR p.value IS NOT NULL) ORDER BY t.position, p.ordinality
"""


async def job(actor: Actor, job_id: UUID | None) -> Job | None:
    where = Where()
    where.add(f"t.id = {where.bind(job_id)}")
    scope(where, actor, Job)
    return next(iter(await rows(Job, f"SELECT t.* FROM job t WHERE {where}", *where.args)), None)


async def jobs(actor: Actor, window: Window) -> Page[Job]:
    """Newest first."""
    where = Where()
    scope(where, actor, Job)
    return await page(Job, where, _NEWEST, window)


async def errors(actor: Actor, job_id: UUID) -> list[Row]:
    """(reference, message) of the first 100 that were refused, in order: pieces, and units of pieces."""
    where = Where()
    where.add(f"t.job_id = {where.bind(job_id)}")
    scope(where, actor, JobItem)
    return await db.fetch(f"{_ERRORS.format(where=where)} LIMIT {MAX_ERRORS}", *where.args)

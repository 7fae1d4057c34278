"""Cancel a job: what was done stays done, what waits is left."""

from __future__ import annotations

from uuid import UUID

from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.permissions import LEADS, Actor

_CANCEL = """
UPDATE job SET cancel_requested_at = $2 WHERE id = $1 AND finished_at IS NULL AND cancel_requested_at IS NULL
RETURNING id
"""


@retried
async def cancel(actor: Actor, job_id: UUID) -> UUID:
    """The piece under way is finished first. One's own job, or anybody's for those who lead."""
    async with transaction() as tx:
        owner = await tx.fetchval("SELECT requested_by FROM job WHERE id = $1", job_id)
        if owner is None or not (owner == actor.key or actor.has(LEADS)):
            raise not_found("job", "job_id")
        if await tx.fetchval(_CANCEL, job_id, tx.now) is None:
            raise refused(ErrorCode.INVALID_STATE, "The job is finished, or is being cancelled.", "job_id")
        record(tx, actor, "job.cancel_requested", "To be cancelled.", subject=("Job", job_id))
        return job_id

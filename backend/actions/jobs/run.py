"""Work on a job, a chunk at a time; the next chunk is asked for in the transaction that notes what this one came to.

A piece and its tick are one transaction: a worker that is killed in between leaves neither, and two workers that have
the same chunk do no piece twice. Who asked is asked for anew with every chunk: whoever may not act any more, acts no
more.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.actions.jobs.start import RUN
from backend.actions.people.authenticate import actor_of
from backend.errors import Refused
from backend.events import enqueue, record
from backend.models import db
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.jobs import Job
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import JobState

_CHUNK = 100
#: Seconds after which a chunk ends, so that progress is told and a worker can stop.
_TIME = 1.0


@dataclass(frozen=True, slots=True)
class Item:
    subject_id: UUID | None
    reference: str


@dataclass(frozen=True, slots=True)
class JobKind:
    """`each` does one piece: all its writes join one transaction, it asks nothing of the outside, and it says no by
    `Refused`. With {"dry_run": true} in what was asked for, what it did is taken back.
    """

    each: Callable[[Actor, Mapping[str, Any], Item], Awaitable[object]]


class _TakenBack(Exception):
    """The end of a piece that was only tried."""


_WAITING = "SELECT position FROM job_item WHERE job_id = $1 AND state = 'WAITING' ORDER BY position LIMIT $2"
_TAKE = """
SELECT i.subject_id, i.reference FROM job_item i JOIN job j ON j.id = i.job_id
 WHERE i.job_id = $1 AND i.position = $2 AND i.state = 'WAITING' AND j.finished_at IS NULL
   AND j.cancel_requested_at IS NULL FOR UPDATE OF i
"""
_TICK = """
WITH ticked AS (
    UPDATE job_item SET state = CASE WHEN $4::text IS NULL THEN 'DONE' ELSE 'FAILED' END, code = $3, message = $4
     WHERE job_id = $1 AND position = $2
)
UPDATE job SET done = done + 1, failed = failed + CASE WHEN $4::text IS NULL THEN 0 ELSE 1 END WHERE id = $1
"""
_BEGIN = "UPDATE job SET state = 'RUNNING' WHERE id = $1 AND finished_at IS NULL RETURNING cancel_requested_at"
_FINISH = """
UPDATE job SET state = $2, finished_at = $3, result = $4::jsonb WHERE id = $1 AND finished_at IS NULL RETURNING id
"""
_CODES = """
SELECT code, count(*) AS items FROM job_item WHERE job_id = $1 AND state = 'FAILED' GROUP BY code ORDER BY code
"""


async def run(job_id: UUID, kinds: Mapping[str, JobKind]) -> None:
    """One chunk. Nothing is done for a job that is finished."""
    if await db.fetchrow(_BEGIN, job_id) is None:
        return
    job = await Job.get(id=job_id)
    actor = await actor_of(job.requested_by)
    if actor is None:
        await _finish(job_id, JobState.FAILED, why="Whoever asked for it may not act any more.")
        return
    until = time.monotonic() + _TIME
    for row in await db.fetch(_WAITING, job_id, _CHUNK):
        await _do(job, kinds[job.kind], actor, row["position"])
        if time.monotonic() > until:
            break
    await _conclude(job_id, actor)


async def give_up(job_id: UUID) -> None:
    """The worker has failed at it for good."""
    await _finish(job_id, JobState.FAILED, why="It failed; an alert names the reason.")


@retried
async def _do(job: Job, kind: JobKind, actor: Actor, position: int) -> None:
    """The piece and its tick; of a refusal, and of what was only tried, the tick alone."""
    problem = None
    dry = bool(job.given.get("dry_run"))
    try:
        async with transaction(together=True) as tx:
            taken = await tx.fetchrow(_TAKE, job.id, position)
            if taken is None:
                return
            await kind.each(actor, job.given, Item(taken["subject_id"], taken["reference"]))
            if dry:
                raise _TakenBack
            await _tick(tx, job.id, position)
            return
    except _TakenBack:
        pass
    except Refused as refusal:
        problem = refusal.problems[0]
    async with transaction() as tx:
        if await tx.fetchrow(_TAKE, job.id, position) is not None:
            await _tick(tx, job.id, position, problem.code if problem else None, problem.message if problem else None)


async def _tick(
    tx: Transaction, job_id: UUID, position: int, code: str | None = None, message: str | None = None
) -> None:
    await tx.execute(_TICK, job_id, position, code, message)


@retried
async def _conclude(job_id: UUID, actor: Actor) -> None:
    """Tell how far it is, and ask for the next chunk; or finish."""
    async with transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM job WHERE id = $1 AND finished_at IS NULL FOR NO KEY UPDATE", job_id)
        if row is None:
            return
        if row["done"] == row["total"]:
            await _finish_in(tx, row, JobState.SUCCEEDED)
        elif row["cancel_requested_at"] is not None:
            await _finish_in(tx, row, JobState.CANCELLED)
        else:
            told = f"{row['done']} of {row['total']}."
            record(tx, actor, "job.progressed", told, subject=("Job", job_id), data={"kind": row["kind"]})
            enqueue(tx, RUN, {"job_id": str(job_id)})


@retried
async def _finish(job_id: UUID, state: JobState, why: str) -> None:
    async with transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM job WHERE id = $1 FOR NO KEY UPDATE", job_id)
        if row is not None and row["finished_at"] is None:
            await _finish_in(tx, row, state, why)


async def _finish_in(tx: Transaction, row: Row, state: JobState, why: str | None = None) -> None:
    refusals = {found["code"]: found["items"] for found in await tx.fetch(_CODES, row["id"])}
    result: dict[str, Any] = {"succeeded": row["done"] - row["failed"], "refused": refusals}
    if why is not None:
        result["reason"] = why
    await tx.fetchval(_FINISH, row["id"], state.value, tx.now, db.jsonb(result))
    data = {"kind": row["kind"], "state": state.value}
    record(tx, SYSTEM, "job.finished", f"{row['kind']}: {state.value}.", subject=("Job", row["id"]), data=data)

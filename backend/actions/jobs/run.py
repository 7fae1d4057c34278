"""Work on a job, a chunk at a time; the next chunk is asked for in the transaction that notes what this one came to.

A piece that is done (`Pieces`) and its tick are one transaction: a worker that is killed in between leaves neither, and
two workers that have the same chunk do no piece twice. A piece that is worked on (`Works`) has as many transactions as
it takes; the tick with what it came to is one of its own. Who asked is asked for anew with every chunk: whoever may not
act any more, acts no more.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson

from backend.actions.jobs.start import Item, ask_to_run
from backend.actions.people.authenticate import actor_of
from backend.errors import ErrorCode, Problem, Refused
from backend.events import record
from backend.models import db
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.jobs import Job
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import JobState

_CHUNK = 100
#: Seconds after which a chunk ends, so that progress is told and a worker can stop.
_TIME = 1.0


@dataclass(frozen=True, slots=True)
class Pieces:
    """`each` does one piece: all its writes join one transaction, it asks nothing of the outside, and it says no by
    `Refused`. With {"dry_run": true} in what was asked for, what it did is taken back.
    """

    each: Callable[[Actor, Mapping[str, Any], Item], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a piece came to. `refused` tells of its units that were not taken, at most one entry for each."""

    result: Any = None
    refused: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    reference: str
    code: ErrorCode
    message: str


@dataclass(frozen=True, slots=True)
class Works:
    """`work` is called outside of any transaction, and again for a piece whose worker died: what it did then is to be
    found done. `conclude` makes of the pieces' results, in their order, what the job's result tells beside its counts.
    """

    work: Callable[[Actor, Job, Item], Awaitable[Outcome]]
    conclude: Callable[[Mapping[str, Any], Sequence[Any]], Mapping[str, Any]]


JobKind = Pieces | Works


class _TakenBack(Exception):
    """The end of a piece that was only tried."""


_WAITING = "SELECT position FROM job_item WHERE job_id = $1 AND state = 'WAITING' ORDER BY position LIMIT $2"
_LOOK = """
SELECT i.subject_id, i.reference, i.units, i.position FROM job_item i JOIN job j ON j.id = i.job_id
 WHERE i.job_id = $1 AND i.position = $2 AND i.state = 'WAITING' AND j.finished_at IS NULL
   AND j.cancel_requested_at IS NULL
"""
_TAKE = f"{_LOOK} FOR UPDATE OF i"
_TICK = """
WITH ticked AS (
    UPDATE job_item SET state = CASE WHEN $4::text IS NULL THEN 'DONE' ELSE 'FAILED' END, code = $3, message = $4
     WHERE job_id = $1 AND position = $2
)
UPDATE job SET done = done + $5, failed = failed + CASE WHEN $4::text IS NULL THEN 0 ELSE $5 END WHERE id = $1
"""
_SETTLE = """
WITH settled AS (
    UPDATE job_item SET state = 'DONE', problems = $3::jsonb, result = $4::jsonb
     WHERE job_id = $1 AND position = $2 AND state = 'WAITING' RETURNING units
)
UPDATE job SET done = done + units, failed = failed + $5 FROM settled WHERE id = $1
"""
_BEGIN = "UPDATE job SET state = 'RUNNING' WHERE id = $1 AND finished_at IS NULL RETURNING cancel_requested_at"
_FINISH = """
UPDATE job SET state = $2, finished_at = $3, result = $4::jsonb WHERE id = $1 AND finished_at IS NULL RETURNING id
"""
_CODES = """
SELECT code, sum(units) AS units
  FROM (SELECT code, units FROM job_item WHERE job_id = $1 AND state = 'FAILED'
        UNION ALL
        SELECT p ->> 'code', 1 FROM job_item, jsonb_array_elements(problems) p WHERE job_id = $1) refused
 GROUP BY code ORDER BY code
"""
_RESULTS = "SELECT result FROM job_item WHERE job_id = $1 AND state = 'DONE' ORDER BY position"


async def run(job_id: UUID, kinds: Mapping[str, JobKind]) -> None:
    """One chunk. Nothing is done for a job that is finished."""
    if await db.fetchrow(_BEGIN, job_id) is None:
        return
    job = await Job.get(id=job_id)
    actor = await actor_of(job.requested_by)
    if actor is None:
        await _finish(job_id, JobState.FAILED, why="Whoever asked for it may not act any more.")
        return
    kind = kinds[job.kind]
    until = time.monotonic() + _TIME
    for row in await db.fetch(_WAITING, job_id, _CHUNK):
        if isinstance(kind, Pieces):
            await _do(job, kind, actor, row["position"])
        else:
            await _work(job, kind, actor, row["position"])
        if time.monotonic() > until:
            break
    await _conclude(job_id, kind, actor)


async def give_up(job_id: UUID) -> None:
    """The worker has failed at it for good."""
    await _finish(job_id, JobState.FAILED, why="It failed; an alert names the reason.")


@retried
async def _do(job: Job, kind: Pieces, actor: Actor, position: int) -> None:
    """The piece and its tick; of a refusal, and of what was only tried, the tick alone."""
    problem = None
    dry = bool(job.given.get("dry_run"))
    try:
        async with transaction(together=True) as tx:
            taken = await tx.fetchrow(_TAKE, job.id, position)
            if taken is None:
                return
            await kind.each(actor, job.given, Item(*taken))
            if dry:
                raise _TakenBack
            await _tick(tx, job.id, position, taken["units"])
            return
    except _TakenBack:
        pass
    except Refused as refusal:
        problem = refusal.problems[0]
    await _tried(job.id, position, problem)


@retried
async def _tried(job_id: UUID, position: int, problem: Problem | None) -> None:
    async with transaction() as tx:
        taken = await tx.fetchrow(_TAKE, job_id, position)
        if taken is not None:
            await _tick(tx, job_id, position, taken["units"], problem)


async def _tick(tx: Transaction, job_id: UUID, position: int, units: int, problem: Problem | None = None) -> None:
    code, message = (problem.code, problem.message) if problem else (None, None)
    await tx.execute(_TICK, job_id, position, code, message, units)


async def _work(job: Job, kind: Works, actor: Actor, position: int) -> None:
    """What was worked is told, also when the job was cancelled meanwhile."""
    looked = await db.fetchrow(_LOOK, job.id, position)
    if looked is None:
        return
    try:
        outcome = await kind.work(actor, job, Item(*looked))
    except Refused as refusal:
        await _tried(job.id, position, refusal.problems[0])
    else:
        await _settle(job.id, position, outcome)


@retried
async def _settle(job_id: UUID, position: int, outcome: Outcome) -> None:
    problems = [asdict(refusal) for refusal in outcome.refused]
    async with transaction() as tx:
        await tx.execute(_SETTLE, job_id, position, db.jsonb(problems), db.jsonb(outcome.result), len(problems))


@retried
async def _conclude(job_id: UUID, kind: JobKind, actor: Actor) -> None:
    """Tell how far it is, and ask for the next chunk; or finish."""
    async with transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM job WHERE id = $1 AND finished_at IS NULL FOR NO KEY UPDATE", job_id)
        if row is None:
            return
        if row["done"] == row["total"]:
            await _finish_in(tx, row, JobState.SUCCEEDED, await _conclusion(tx, row, kind))
        elif row["cancel_requested_at"] is not None:
            await _finish_in(tx, row, JobState.CANCELLED, await _conclusion(tx, row, kind))
        else:
            told = f"{row['done']} of {row['total']}."
            record(tx, actor, "job.progressed", told, subject=("Job", job_id), data={"kind": row["kind"]})
            ask_to_run(tx, job_id)


@retried
async def _finish(job_id: UUID, state: JobState, why: str) -> None:
    async with transaction() as tx:
        row = await tx.fetchrow("SELECT * FROM job WHERE id = $1 FOR NO KEY UPDATE", job_id)
        if row is not None and row["finished_at"] is None:
            await _finish_in(tx, row, state, {"reason": why})


async def _conclusion(tx: Transaction, row: Row, kind: JobKind) -> Mapping[str, Any]:
    if isinstance(kind, Pieces):
        return {}
    results = [orjson.loads(found["result"]) for found in await tx.fetch(_RESULTS, row["id"])]
    return kind.conclude(orjson.loads(row["given"]), results)


async def _finish_in(tx: Transaction, row: Row, state: JobState, more: Mapping[str, Any]) -> None:
    refusals = {found["code"]: found["units"] for found in await tx.fetch(_CODES, row["id"])}
    result = {"succeeded": row["done"] - row["failed"], "refused": refusals, **more}
    await tx.fetchval(_FINISH, row["id"], state.value, tx.now, db.jsonb(result))
    data = {"kind": row["kind"], "state": state.value}
    record(tx, SYSTEM, "job.finished", f"{row['kind']}: {state.value}.", subject=("Job", row["id"]), data=data)

"""The worker as a process would run it: retries, what is given up, poison, a lost database, a clean stop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from backend import worker
from backend.config import Settings
from backend.models import db
from backend.models.log import Alert


@asynccontextmanager
async def running(url: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(Settings(database_url=url), stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 15)


async def ask(reaction: str, **payload: Any) -> int:
    return await db.fetchval(
        "INSERT INTO pgqueuer (priority, status, entrypoint, payload) VALUES (0, 'queued', $1, $2) RETURNING id",
        reaction,
        json.dumps(payload).encode(),
    )


async def until(sql: str, *args: Any, seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await db.fetchval(sql, *args):  # noqa: ASYNC110 - another process's doing is waited for
            await asyncio.sleep(0.05)


@pytest.fixture
def reactions(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Mapping[str, Any]]]:
    """Two more reactions: one that fails the first time, one that always does. What they were called with."""
    calls: dict[str, list[Mapping[str, Any]]] = {"flaky": [], "hopeless": []}

    async def flaky(payload: Mapping[str, Any]) -> None:
        calls["flaky"].append(payload)
        if len(calls["flaky"]) == 1:
            raise OSError("the network")

    async def hopeless(payload: Mapping[str, Any]) -> None:
        calls["hopeless"].append(payload)
        raise ValueError("never")

    monkeypatch.setattr(worker, "REACTIONS", {"flaky": flaky, "hopeless": hopeless})
    return calls


async def test_a_job_that_fails_is_tried_again(database: str, reactions: dict[str, list[Any]]) -> None:
    job = await ask("flaky", n=1)
    async with running(database):
        await until("SELECT NOT EXISTS (SELECT 1 FROM pgqueuer WHERE id = $1)", job)
    assert reactions["flaky"] == [{"n": 1}, {"n": 1}]


async def test_a_job_that_never_works_is_parked_with_an_alert(
    database: str, reactions: dict[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_ATTEMPTS", 0)
    job = await ask("hopeless")
    async with running(database):
        await until("SELECT status = 'failed' FROM pgqueuer WHERE id = $1", job)
    assert [(alert.kind, alert.key) for alert in await Alert.all()] == [("job.failed", f"job.failed:{job}")]


async def test_jobs_of_a_worker_that_died_are_taken_over_and_poison_is_parked(
    database: str, reactions: dict[str, list[Any]]
) -> None:
    reactions["flaky"].append("an earlier call")
    left, poison = await ask("flaky", n=2), await ask("flaky", n=3)
    await db.execute(
        "UPDATE pgqueuer SET status = 'picked', heartbeat = now() - interval '1 minute',"
        " queue_manager_id = '00000000-0000-0000-0000-000000000001',"
        " attempts = CASE WHEN id = $1 THEN $2 ELSE 0 END",
        poison,
        worker.MAX_ATTEMPTS,
    )
    async with running(database):
        await until("SELECT NOT EXISTS (SELECT 1 FROM pgqueuer WHERE id = $1)", left)
        await until("SELECT status = 'failed' FROM pgqueuer WHERE id = $1", poison)
    assert reactions["flaky"][1:] == [{"n": 2}]
    assert await Alert.filter(key=f"job.failed:{poison}").count() == 1


async def test_a_lost_connection_is_waited_out(database: str, reactions: dict[str, list[Any]]) -> None:
    reactions["flaky"].append("an earlier call")
    async with running(database):
        await until(
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE query ILIKE '%pgqueuer%' AND pid <> pg_backend_pid()"
        )
        await db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        job = None
        while job is None:
            try:
                job = await ask("flaky", n=4)
            except Exception as error:
                if not db.is_away(error):
                    raise
        await until("SELECT NOT EXISTS (SELECT 1 FROM pgqueuer WHERE id = $1)", job, seconds=20)
    assert reactions["flaky"][-1] == {"n": 4}

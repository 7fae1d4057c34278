"""THE table of jobs: which function does one piece of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.actions.jobs.run import JobKind, run
from backend.actions.orders import bulk

KINDS: Mapping[str, JobKind] = {bulk.KIND: JobKind(bulk.on_one)}


async def run_job(payload: Mapping[str, Any]) -> None:
    await run(UUID(payload["job_id"]), KINDS)

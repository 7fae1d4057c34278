"""THE table of jobs: which function does one piece of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.actions.allocation import simulate
from backend.actions.imports import start as imports
from backend.actions.jobs.run import JobKind, Pieces, Works, run
from backend.actions.orders import bulk

KINDS: Mapping[str, JobKind] = {
    bulk.KIND: Pieces(bulk.on_one),
    simulate.KIND: Works(simulate.on_part, simulate.conclude_job),
    imports.KIND: Works(imports.on_part, imports.conclude),
}


async def run_job(payload: Mapping[str, Any]) -> None:
    await run(UUID(payload["job_id"]), KINDS)

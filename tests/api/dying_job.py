"""Works on a job until it kills itself in the middle of the third piece: `python -m tests.api.dying_job URL JOB`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any
from uuid import UUID

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.jobs.run import Pieces, run
from backend.actions.jobs.start import Item
from backend.actions.orders import bulk
from backend.models import db
from backend.rules.permissions import Actor


async def work(url: str, job_id: UUID) -> None:
    begun = 0

    async def deadly(actor: Actor, given: Any, item: Item) -> None:
        nonlocal begun
        begun += 1
        await bulk.on_one(actor, given, item)
        if begun == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    await db.connect(url)
    await run(job_id, {bulk.KIND: Pieces(deadly)})


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], UUID(sys.argv[2])))

"""PostgreSQL, stopped at once and started again by somebody else."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

from backend.integrations.postgres import EmbeddedPostgres
from tests.stack import until


async def crash(postgres: EmbeddedPostgres, times: int, seconds: float) -> None:
    """So many times, spread over these seconds."""
    for _ in range(times):
        await asyncio.sleep(seconds / (times + 1))
        pid = postgres.server_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        await until(_gone(postgres, pid), "PostgreSQL has ended", 20)
        # As a service manager would: another comes, finds it gone and starts it.
        again = EmbeddedPostgres(postgres.data_dir)
        await asyncio.to_thread(again.start)
        await asyncio.to_thread(again.stop)


def _gone(postgres: EmbeddedPostgres, pid: int) -> Callable[[], Awaitable[bool]]:
    async def gone() -> bool:
        return postgres.server_pid() != pid

    return gone

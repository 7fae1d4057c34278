"""A transaction that could not begin leaves nothing behind: no place in the pool lost, no task tied to what is dead."""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import threading
from collections.abc import AsyncIterator

import asyncpg
import pytest

from backend.models import db
from backend.models.channels import Channel

TRIES = 3


@pytest.fixture
async def narrow(shared_database: str) -> AsyncIterator[str]:
    """A pool of one connection: whoever loses it stands still."""
    await db.connect(shared_database, maxsize=1)
    yield shared_database
    await db.disconnect()


async def _usable() -> bool:
    """Whether another can have the connection, and this very task can read, and begin what the ORM joins."""
    async with asyncio.timeout(5):
        await asyncio.create_task(db.fetchval("SELECT 1"), context=contextvars.Context())
        await Channel.all().count()
        async with db.transaction() as tx:
            assert await tx.fetchval("SELECT 1") == 1
            assert await Channel.all().count() == await db.fetchval("SELECT count(*) FROM channel")
    return True


async def test_a_connection_that_breaks_before_begin(narrow: str) -> None:
    for _ in range(TRIES):
        _cut(narrow, await db.fetchval("SELECT pg_backend_pid()"))
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)) as caught:
            async with db.transaction():
                pytest.fail("It began on a connection that is no more.")
        assert db.is_away(caught.value)
        assert await _usable()


async def test_a_begin_that_is_cancelled(narrow: str) -> None:
    for _ in range(TRIES):
        pid = await db.fetchval("SELECT pg_backend_pid()")
        asyncio.get_running_loop().call_later(0.3, os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), db.transaction():
                pytest.fail("It began on a server that stood still.")
        assert await _usable()


async def test_a_connection_that_breaks_within(narrow: str) -> None:
    for _ in range(TRIES):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)) as caught:
            await _broken_within(narrow)
        assert db.is_away(caught.value)
        assert await _usable()


async def _broken_within(url: str) -> None:
    async with db.transaction() as tx:
        _cut(url, await tx.fetchval("SELECT pg_backend_pid()"))
        await tx.execute("SELECT 1")


def _cut(url: str, pid: int) -> None:
    """End a connection while this loop is kept from noticing."""

    async def end() -> None:
        other = await asyncpg.connect(url)
        try:
            await other.execute("SELECT pg_terminate_backend($1, 5000)", pid)
        finally:
            await other.close()

    thread = threading.Thread(target=asyncio.run, args=(end(),))
    thread.start()
    thread.join()

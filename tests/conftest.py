"""A real PostgreSQL for every test that asks: one server for the session, one fresh, migrated database for each test.

`CROSSDOCK_TEST_DATABASE_URL` names a server to use instead of our own (a superuser's URL), and
`CROSSDOCK_TEST_POSTGRES_BIN=/usr/lib/postgresql/15/bin` other programs for our own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from backend.integrations.postgres import EmbeddedPostgres, create_database
from backend.models import db

_numbers = itertools.count(1)


def pytest_configure() -> None:
    """What is set in the developer's shell does not reach the tests."""
    for name in list(os.environ):
        if name.startswith("CROSSDOCK_") and not name.startswith("CROSSDOCK_TEST_"):
            del os.environ[name]


@pytest.fixture(scope="session")
def open_dir() -> Iterator[Path]:
    """A temporary folder that the server's user can enter when the tests run as root (pytest's own are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="crossdock-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def data_dir(open_dir: Path) -> Path:
    """Where `get_settings()` keeps things during the tests."""
    folder = open_dir / "data"
    os.environ["CROSSDOCK_DATA_DIR"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def database_server(open_dir: Path) -> Iterator[str]:
    """The URL of a database to create others from."""
    given = os.environ.get("CROSSDOCK_TEST_DATABASE_URL")
    if given:
        yield given
        return
    programs = os.environ.get("CROSSDOCK_TEST_POSTGRES_BIN")
    with EmbeddedPostgres(
        open_dir / "postgres", durable=False, bin_dir=Path(programs) if programs else None
    ) as postgres:
        yield postgres.url("postgres")


@pytest.fixture(scope="session")
async def template_database(database_server: str) -> AsyncIterator[str]:
    """The name of a migrated, empty database to copy."""
    name = f"crossdock_template_{os.getpid()}"
    await db.migrate(await create_database(database_server, name))
    yield name
    await drop_database(database_server, name)


@pytest.fixture
async def database_url(database_server: str, template_database: str) -> AsyncIterator[str]:
    """A migrated database of the test's own, with nobody connected: for tests that start processes."""
    name = f"crossdock_test_{os.getpid()}_{next(_numbers)}"
    yield await create_database(database_server, name, template_database)
    await drop_database(database_server, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The same, with `backend.models.db` connected to it; its URL."""
    await db.connect(database_url)
    yield database_url
    await db.disconnect()


async def drop_database(server_url: str, name: str) -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()

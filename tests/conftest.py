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
from tests.search_engine.run import meilisearch

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


@pytest.fixture(scope="session")
async def shared_database(database_server: str, template_database: str) -> AsyncIterator[str]:
    """One database that test after test finds empty: much quicker than a copy for each."""
    name = f"crossdock_shared_{os.getpid()}"
    yield await create_database(database_server, name, template_database)
    await drop_database(database_server, name)


@pytest.fixture
async def database(shared_database: str) -> AsyncIterator[str]:
    """An empty database with `backend.models.db` connected to it; its URL."""
    await empty(shared_database)
    await db.connect(shared_database)
    yield shared_database
    await db.disconnect()


@pytest.fixture(scope="session")
def search_server() -> Iterator[str]:
    """The URL of a real Meilisearch."""
    with meilisearch() as url:
        yield url


async def empty(url: str) -> None:
    """As the migrations left it. Whatever still works on it is cut off."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_EMPTY)
    finally:
        await connection.close()


#: Triggers are off meanwhile: foreign keys need no order then, and the append-only tables let go.
_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('tortoise_migrations', 'number_series') LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    UPDATE number_series SET value = 0;
    PERFORM setval('order_number', 100001, false);
END $$;
"""


async def drop_database(server_url: str, name: str) -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()

"""The way to the database: open it, migrate it, and the one kind of transaction that actions use.

Transactions are short and free of I/O to the outside. Lock the order row first, then look, then change; stock rows
last, in (site, sku) order. A deadlock or a serialization failure is retried, bounded, by `retried`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeAlias, TypeVar

import asyncpg
import orjson
from tortoise import Tortoise, connections
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.exceptions import DBConnectionError
from tortoise.migrations import api as migrations

from backend.models import MODULES

APP = "crossdock"
Row: TypeAlias = asyncpg.Record

P = ParamSpec("P")
T = TypeVar("T")

_RETRIES = 6
_PLANNED = "SET LOCAL plan_cache_mode = force_custom_plan"
#: What asyncpg says of a connection that broke under whoever held it.
_GONE = re.compile("closed|released back to the pool")
_AWAY = (
    ConnectionError,
    FileNotFoundError,  # Its socket.
    DBConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # The connection broke in the middle of an answer.
)


def tortoise_config(url: str, **pool: Any) -> dict[str, Any]:
    """The ORM's configuration for a `postgres://` URL; `pool` goes to asyncpg (minsize, maxsize, …)."""
    connection = expand_db_url(url)
    connection["credentials"].update(pool)
    return {
        "connections": {"default": connection},
        "apps": {
            APP: {
                "models": list(MODULES),
                "default_connection": "default",
                "migrations": "backend.models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def connect(url: str, **pool: Any) -> None:
    """Open the pool for this process. One per process."""
    options = {"minsize": 1, "maxsize": 16, "reset": _keep} | pool
    await Tortoise.init(config=tortoise_config(url, **options), _enable_global_fallback=True)


async def _keep(_: asyncpg.Connection) -> None:
    """No session state is ever set, so a connection goes back to the pool as it is, without another round trip."""


async def disconnect() -> None:
    await Tortoise.close_connections()


async def migrate(url: str) -> None:
    """Bring the schema up to date. Safe to run from several processes at once: one does it, the others wait."""
    guard = await asyncpg.connect(url)
    try:
        await guard.execute("SELECT pg_advisory_lock(hashtext('crossdock.migrate'))")
        await migrations.migrate(config=tortoise_config(url))
    finally:
        await Tortoise.close_connections()
        await guard.close()


class Transaction:
    """An open transaction: raw SQL beside the ORM, which joins it. `now` is one instant for all that it writes."""

    def __init__(self, connection: asyncpg.Connection, *, together: bool = False) -> None:
        self.connection = connection
        self.together = together
        self.now = datetime.now(UTC)
        self.before_commit: dict[str, Callable[[Transaction], Awaitable[None]]] = {}
        self.buffer: dict[str, list[Any]] = {}

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        return list(await self.connection.fetch(sql, *args))

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        return await self.connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        return await self.connection.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        """Rows changed."""
        return _count(await self.connection.execute(sql, *args))

    async def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        await self.connection.executemany(sql, rows)


_current: ContextVar[Transaction | None] = ContextVar("crossdock_transaction", default=None)


@contextlib.asynccontextmanager
async def transaction(*, together: bool = False) -> AsyncIterator[Transaction]:
    """Commit at the end, roll back on any exception. Not to be nested: pass the transaction to helpers.

    The one exception is a transaction that is opened to do several actions `together`: theirs join it, and a refusal of
    one of them undoes them all.
    """
    outer = _current.get()
    if outer is not None:
        if not outer.together:
            raise RuntimeError("A transaction is open already; pass it on instead of opening another.")
        yield outer
        return
    async with _begun() as connection:
        tx = Transaction(connection, together=together)
        token = _current.set(tx)
        try:
            yield tx
            for hook in tx.before_commit.values():
                await hook(tx)
        finally:
            _current.reset(token)


@contextlib.asynccontextmanager
async def _begun() -> AsyncIterator[asyncpg.Connection]:
    """A connection in a transaction, which the ORM joins in this task.

    Not the ORM's `in_transaction`: where BEGIN fails or is cancelled, that keeps the connection's place in the pool,
    and the task stays bound to the connection.
    """
    orm = connections.get("default")
    async with orm.acquire_connection() as connection:
        client = TransactionWrapper(orm)
        client._connection = connection
        bound = connections.set("default", client)
        try:
            async with connection.transaction():
                yield connection
        finally:
            connections.reset(bound)


def outside_transaction(what: str) -> None:
    """To be called before any call to the outside world: it never happens while a transaction is open."""
    if _current.get() is not None:
        raise RuntimeError(f"{what} was called inside a database transaction.")


def retried(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run the function again when its transaction lost a deadlock or a serialization conflict, a few times.

    Inside a transaction it is for whoever opened that one to run again.
    """

    @functools.wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _current.get() is not None:
            return await function(*args, **kwargs)
        for attempt in range(_RETRIES):
            try:
                return await function(*args, **kwargs)
            except Exception as error:
                if not is_conflict(error) or attempt == _RETRIES - 1:
                    raise
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("unreachable")

    return run


def is_conflict(error: BaseException) -> bool:
    """Whether the database asks for the transaction to be run again."""
    return any(
        isinstance(cause, asyncpg.DeadlockDetectedError | asyncpg.SerializationError) for cause in _causes(error)
    )


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached, or went away in the middle."""
    return any(
        isinstance(cause, _AWAY) or (isinstance(cause, asyncpg.InterfaceError) and _GONE.search(str(cause)))
        for cause in _causes(error)
    )


def violates(error: BaseException, constraint: str) -> bool:
    """Whether a unique, check or foreign key violation is of this constraint."""
    broken = (cause for cause in _causes(error) if isinstance(cause, asyncpg.IntegrityConstraintViolationError))
    return any(str(cause.constraint_name) == constraint for cause in broken)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps: the ORM wraps some of the database's."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None)


async def fetch(sql: str, *args: Any) -> list[Row]:
    """Read: in the open transaction, if there is one."""
    async with _acquire() as connection:
        return list(await connection.fetch(sql, *args))


async def fetch_planned(sql: str, *args: Any, sorting: bool = True) -> list[Row]:
    """Read by a statement that is planned for these very values: PostgreSQL plans others once, for any values.

    Where what is found depends much on the values, the plan for any is far from that for these. Without `sorting`, rows
    come from an index that is in their order: for those who know that enough are met soon.
    """
    async with _acquire() as connection, connection.transaction():
        await connection.execute(_PLANNED if sorting else f"{_PLANNED}; SET LOCAL enable_sort = off")
        return list(await connection.fetch(sql, *args))


async def fetchrow(sql: str, *args: Any) -> Row | None:
    async with _acquire() as connection:
        return await connection.fetchrow(sql, *args)


async def fetchval(sql: str, *args: Any) -> Any:
    async with _acquire() as connection:
        return await connection.fetchval(sql, *args)


async def execute(sql: str, *args: Any) -> int:
    """One statement that is a transaction of its own, for bookkeeping that no event tells of. Rows changed."""
    async with _acquire() as connection:
        return _count(await connection.execute(sql, *args))


@contextlib.asynccontextmanager
async def _acquire() -> AsyncIterator[asyncpg.Connection]:
    tx = _current.get()
    if tx is not None:
        yield tx.connection
        return
    async with connections.get("default").acquire_connection() as connection:
        yield connection


def jsonb(value: Any) -> str:
    """The text of a jsonb parameter; what JSON does not know (money, ids, times) becomes a string."""
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:  # Integers of more than 64 bits, which JSON and PostgreSQL have.
        return json.dumps(value, default=str)


def _count(status: str) -> int:
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0

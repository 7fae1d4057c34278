"""The database that a command works on: the one that is configured, else the embedded one of the data folder."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import backend.reactions  # noqa: F401 - events refuse to be recorded before their consequences are known
from backend.actions.alert_rules.install import install_alert_rules
from backend.actions.rule_sets.install import install_rule_sets
from backend.actions.workflows.install import install_ready
from backend.config import Settings, get_settings
from backend.integrations.postgres import EmbeddedPostgres
from backend.models import db

T = TypeVar("T")


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """The settings with a `database_url` that answers. An embedded server is attached to, or started and stopped."""
    if settings.database_url is not None:
        yield settings
        return
    with EmbeddedPostgres(settings.data_dir) as postgres:
        yield settings.model_copy(update={"database_url": postgres.start()})


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[None]:
    """The pool of this process, open."""
    assert settings.database_url is not None
    await db.connect(settings.database_url, **settings.pool)
    try:
        yield
    finally:
        await db.disconnect()


def run(work: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """Do something with an open pool, on whatever database there is."""
    with database(get_settings()) as settings:

        async def perform() -> T:
            async with connected(settings):
                return await work(settings)

        return run_loop(perform())


def spare_collector() -> None:
    """What is loaded by now stays for ever: the collector need not look at it again, and for the rest less often.

    A request leaves few cycles behind; looking for them after every 700 objects took an eighth of its time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def run_loop(main: Coroutine[Any, Any, T]) -> T:
    """On the fast event loop, where there is one."""
    spare_collector()
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def migrate(settings: Settings) -> None:
    """Bring the tables up to date and install what comes with Crossdock: workflows and rules."""
    with database(settings) as ready:
        run_loop(_migrate(ready))


async def _migrate(settings: Settings) -> None:
    assert settings.database_url is not None
    await db.migrate(settings.database_url)
    async with connected(settings):
        await install_ready()
        await install_rule_sets()
        await install_alert_rules()

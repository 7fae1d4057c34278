"""The worker as a process of its own."""

from __future__ import annotations

from backend import worker
from backend.commands.database import connected, database, run_loop
from backend.commands.signals import stop_on_signals
from backend.config import Settings
from backend.integrations import mail, meilisearch


def work(settings: Settings) -> None:
    """Until a signal; jobs under way are finished."""
    with database(settings) as ready:
        run_loop(_work(ready))


async def _work(settings: Settings) -> None:
    meilisearch.use(meilisearch.engine_of(settings))
    mail.use(mail.mailer_of(settings))
    async with connected(settings):
        await worker.run(settings, stop_on_signals())

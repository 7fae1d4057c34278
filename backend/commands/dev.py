"""Everything at once, for one machine: database, migrations, demo data on the first start, server and worker."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from backend import worker
from backend.actions.alert_rules.install import install_alert_rules
from backend.actions.rule_sets.install import install_rule_sets
from backend.actions.workflows.install import install_ready
from backend.commands.access import ensure_access
from backend.commands.database import connected, database, run_loop
from backend.commands.demo.world import DEFAULT_ORDERS, is_empty, keep_moving, make_world
from backend.commands.serving import address, listen, serve_until
from backend.commands.signals import stop_on_signals
from backend.config import Settings
from backend.models import db

Tell = Callable[[str], None]


def dev(settings: Settings, tell: Tell, *, demo: bool, live: bool) -> None:
    """Until a signal. `tell` shows lines to the person who started it."""
    listening = listen(settings.host, settings.port)
    with database(settings) as ready:
        run_loop(_run(ready, listening, tell, demo, live))


async def _run(settings: Settings, listening: socket.socket, tell: Tell, demo: bool, live: bool) -> None:
    stop = stop_on_signals()
    assert settings.database_url is not None
    tell("Bringing the database up to date ...")
    await db.migrate(settings.database_url)
    url = settings.public_url or address(listening)
    async with connected(settings):
        await install_ready()
        await install_rule_sets()
        await install_alert_rules()
        if demo and await is_empty():
            tell("First start: making a demo world ...")
            await make_world(DEFAULT_ORDERS, stop=stop)
        access = await ensure_access(settings.data_dir, url)
    if stop.is_set():
        return
    serving = asyncio.create_task(_serve_and_work(settings, listening, stop, live))
    tell(f"\n  Work with it at   {url}/admin/\n  In a store at     {url}/store/\n  Try the API at    {url}/graphql\n")
    tell(f"  Log in with       {access.email}  {access.password}\n  Keys and all in   {access.path}\n")
    tell("  Ctrl-C ends it.\n")
    await serving


async def _serve_and_work(settings: Settings, listening: socket.socket, stop: asyncio.Event, live: bool) -> None:
    """The worker uses the pool that the server opens: it starts after it and ends before it. A failure ends all."""
    started, until = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve_until(settings, listening, until, started))
    beginning = asyncio.create_task(started.wait())
    await asyncio.wait({serving, beginning}, return_when=asyncio.FIRST_COMPLETED)
    beginning.cancel()
    work = [asyncio.create_task(worker.run(settings, stop))] if started.is_set() else []
    if work and live:
        work.append(asyncio.create_task(keep_moving(stop)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping, *work}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    try:
        await asyncio.gather(*work)
    finally:
        until.set()
        await serving

"""The server: its socket, its processes, and their end in order when a signal comes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

from backend.app import create_app
from backend.commands.database import database, run_loop, spare_collector
from backend.commands.signals import stop_on_signals
from backend.config import Settings, get_settings
from backend.observability import configure_logging

_GRACE_SECONDS = 10
#: A process that has not answered its parent for so long is replaced. On a busy machine the start alone takes seconds.
_SILENT_SECONDS = 60


class Server(uvicorn.Server):
    """Signals are ours: what is beneath the server (a database of our own) is to be ended after it, not with it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Taken before anything else is started, so that a port in use is told at once. Port 0 takes any."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    listening.set_inheritable(True)
    return listening


def address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
        "ws_max_size": settings.body_limit_bytes,
        # Messages are small and many: to compress them costs more than it saves, and 60 kB a socket.
        "ws_per_message_deflate": False,
    }


async def serve_until(
    settings: Settings, listening: socket.socket, stop: asyncio.Event, started: asyncio.Event | None = None
) -> None:
    """Serve, in this process, until `stop` is set; requests under way are finished. `started`: it answers."""
    server = Server(uvicorn.Config(create_app(settings), **_options(settings)))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    while not (server.started or serving.done()):
        await asyncio.wait({serving}, timeout=0.02)
    if started is not None and server.started:
        started.set()
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    server.should_exit = True
    await serving
    if not server.started:
        raise RuntimeError("The server could not be started; its log tells why.")


def application() -> Starlette:
    """For uvicorn's processes: settings come by the environment."""
    settings = get_settings()
    configure_logging(settings)
    spare_collector()
    return create_app(settings)


def serve(settings: Settings, workers: int) -> None:
    """Until a signal. Several processes accept from the same socket, and those that die are replaced."""
    with database(settings) as ready:
        if workers == 1:
            run_loop(_serve_one(ready, listen(settings.host, settings.port)))
            return
        os.environ["CROSSDOCK_DATABASE_URL"] = str(ready.database_url)
        uvicorn.run(
            "backend.commands.serving:application",
            factory=True,
            workers=workers,
            timeout_worker_healthcheck=_SILENT_SECONDS,
            **_options(ready),
        )


async def _serve_one(settings: Settings, listening: socket.socket) -> None:
    await serve_until(settings, listening, stop_on_signals())

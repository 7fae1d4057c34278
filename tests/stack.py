"""Crossdock as it runs in earnest: servers, workers and commands as processes of their own, which may be killed.

Used by the tests of concurrency and faults, and by bench/.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.models import db

ROOT = Path(__file__).parents[1]
_STOP_SECONDS = 20
#: Jobs that are due or under way, and gateways that have not been heard of.
OPEN_WORK = """
SELECT (SELECT count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now()))
     + (SELECT count(*) FROM payment_transaction WHERE state IN ('PENDING', 'UNCERTAIN'))
"""


@dataclass
class Process:
    """A running `crossdock …`; what it says goes to `log`."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        return self.popen.poll() is None

    def kill(self) -> None:
        """kill -9, children included."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        if self.running:
            self.popen.terminate()
            try:
                self.popen.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.popen.returncode

    def cpu(self) -> float:
        """Seconds that it has computed for so far (Linux)."""
        fields = Path(f"/proc/{self.popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class Stack:
    """Processes on one migrated database. All that still run are killed at the end."""

    database_url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self.processes:
            process.kill()
        if error is not None:
            print(self.said())

    def said(self) -> str:
        """The last of what each process said."""
        logs = ((process.name, process.said().strip()[-6000:]) for process in self.processes)
        return "\n".join(f"---- {name}\n{text}" for name, text in logs if text)

    def start(self, *arguments: str, program: tuple[str, ...] = ("-m", "backend.cli")) -> Process:
        """`crossdock` with these arguments (or another Python program), as a process group of its own."""
        name = f"{len(self.processes):03}-{Path(arguments[0]).name}"
        log = self.folder / f"{name}.log"
        with log.open("wb") as said:
            popen = subprocess.Popen(
                [sys.executable, *program, *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(name, popen, log)
        self.processes.append(process)
        return process

    def run(self, *arguments: str, timeout: float = 280) -> str:
        """To its end; what it said. `AssertionError` where it fails."""
        process = self.start(*arguments)
        status = process.popen.wait(timeout)
        assert status == 0, f"crossdock {' '.join(arguments)} ended with {status}:\n{process.said()[-4000:]}"
        return process.said()

    def serve(self, port: int, *options: str) -> Process:
        """A server that answers."""
        process = self.start("serve", "--port", str(port), *options)
        _await_ready(process, f"http://127.0.0.1:{port}/readyz")
        return process

    def worker(self) -> Process:
        return self.start("worker")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}
        own = {
            "CROSSDOCK_DATABASE_URL": self.database_url,
            "CROSSDOCK_DATA_DIR": str(self.folder / "data"),
            "CROSSDOCK_LOG_LEVEL": "warning",
            "CROSSDOCK_RATE_LIMIT": "100000",
            "PYTHONPATH": str(ROOT),
        }
        return kept | own | self.environment


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _await_ready(process: Process, url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.running, f"{process.name} ended:\n{process.said()[-4000:]}"
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(url, timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"{process.name} does not answer:\n{process.said()[-4000:]}")


async def until(done: Callable[[], Awaitable[bool]], what: str, seconds: float = 60) -> None:
    """Wait for it; `AssertionError` if it does not come true."""
    deadline = time.monotonic() + seconds
    while not await done():
        assert time.monotonic() < deadline, f"This did not come true in {seconds:.0f} s: {what}"
        await asyncio.sleep(0.1)


async def time_passes() -> None:
    """Until the jobs of dead workers are taken back, and payments that nobody heard of are asked about."""
    await db.execute("UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 minute' WHERE status = 'picked'")
    await db.execute(
        "UPDATE payment_transaction SET at = at - interval '2 minutes' WHERE state IN ('PENDING', 'UNCERTAIN')"
    )


async def at_rest(seconds: float = 60) -> None:
    """Until nothing goes on by itself, on the database to which this process is connected."""

    async def quiet() -> bool:
        return not await db.fetchval(OPEN_WORK)

    try:
        await until(quiet, "jobs and payments are settled", seconds)
    except AssertionError as error:
        rows = await db.fetch("SELECT status::text, entrypoint, attempts, count(*) FROM pgqueuer GROUP BY 1, 2, 3")
        open_ = await db.fetch(
            "SELECT t.kind, t.state, t.attempts, o.state AS order_state, count(*) FROM payment_transaction t"
            " JOIN sales_order o ON o.id = t.order_id WHERE t.state IN ('PENDING', 'UNCERTAIN') GROUP BY 1, 2, 3, 4"
        )
        found = f"jobs: {[tuple(row) for row in rows]}, payments: {[tuple(row) for row in open_]}"
        raise AssertionError(f"{error}; {found}") from None

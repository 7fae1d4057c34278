"""The `crossdock` command, as a person calls it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from backend.models import db

_PROGRAM = [sys.executable, "-m", "backend.cli"]


def _crossdock(database_url: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_PROGRAM, *words],
        env={**os.environ, "CROSSDOCK_DATABASE_URL": database_url, "CROSSDOCK_LOG_LEVEL": "error", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help(database_url: str) -> None:
    done = _crossdock(database_url, "--help")
    assert done.returncode == 0
    for command in ("dev", "serve", "worker", "migrate", "demo", "import", "user", "apikey", "verify", "export-schema"):
        assert f" {command} " in done.stdout


def test_an_import(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "channels.json"
    good = {"code": "web", "name": "Web", "kind": "WEB", "currency": "USD"}
    file.write_text(json.dumps([good, {"code": "x"}]))
    first = _crossdock(database_url, "import", "channels", str(file))
    assert first.returncode == 1
    assert first.stdout.startswith("channels: 2 read, 1 created, 0 changed, 0 unchanged, 1 refused")
    assert first.stderr.splitlines() == [
        "line 1: name: Field required",
        "line 1: kind: Field required",
        "line 1: currency: Field required",
    ]
    file.write_text(json.dumps([good]))
    second = _crossdock(database_url, "import", "channels", str(file))
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.startswith("channels: 1 read, 0 created, 0 changed, 1 unchanged, 0 refused")


async def test_users_and_keys(database_url: str) -> None:
    made = _crossdock(database_url, "user", "create", "Ada@example.com", "--name", "Ada", "--role", "ADMIN")
    assert made.returncode == 0, made.stderr
    again = _crossdock(
        database_url,
        "user",
        "create",
        "ada@example.com",
        "--name",
        "Ada",
        "--role",
        "VIEWER",
        "--password",
        "1234567890",
    )
    assert (again.returncode, again.stderr) == (1, "email: There is a user with this address.\n")
    changed = _crossdock(database_url, "user", "password", "ada@example.com", CROSSDOCK_PASSWORD="correct horse")
    assert (changed.returncode, changed.stdout) == (0, "ada@example.com logs in anew.\n")
    unknown = _crossdock(database_url, "user", "password", "bob@example.com")
    assert (unknown.returncode, unknown.stderr) == (1, "email: There is no such user.\n")
    key = _crossdock(database_url, "apikey", "create", "Reports", "--role", "VIEWER")
    secret = key.stdout.strip()
    assert secret.startswith("cd_")
    revoked = _crossdock(database_url, "apikey", "revoke", secret[:11])
    assert (revoked.returncode, revoked.stdout) == (0, "Revoked.\n")
    await db.connect(database_url)
    try:
        row = await db.fetchrow("SELECT u.roles, k.revoked_at FROM app_user u, api_key k")
        assert row is not None
        assert row["roles"] == ["ADMIN"]
        assert row["revoked_at"] is not None
    finally:
        await db.disconnect()


async def test_verify_and_demo(database_url: str) -> None:
    made = _crossdock(database_url, "demo", "--orders", "12")
    assert (made.returncode, made.stdout) == (0, "12 orders made.\n"), made.stderr
    again = _crossdock(database_url, "demo", "--orders", "12")
    assert (again.returncode, again.stdout) == (0, "0 orders made.\n"), again.stderr
    well = _crossdock(database_url, "verify")
    assert well.returncode == 0, well.stdout
    assert well.stdout.splitlines()[-1].endswith("invariants, 0 broken.")
    await db.connect(database_url)
    await db.execute("UPDATE sales_order SET event_sequence = event_sequence + 1")
    await db.disconnect()
    broken = _crossdock(database_url, "verify")
    assert broken.returncode == 1
    assert broken.stdout.splitlines()[-1].endswith("invariants, 1 broken.")
    assert "event.sequence: An order knows the number of its last event." in broken.stdout


def test_export_schema(database_url: str, tmp_path: Path) -> None:
    out = tmp_path / "schema.graphql"
    assert _crossdock(database_url, "export-schema", "--out", str(out)).returncode == 0
    assert "type Mutation {" in out.read_text()
    assert _crossdock(database_url, "export-schema", "--check", "--out", str(out)).returncode == 0
    out.write_text(out.read_text().replace("orderCreate(", "orderMake("))
    assert _crossdock(database_url, "export-schema", "--check", "--out", str(out)).returncode == 1


def test_a_port_that_is_taken(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = _crossdock(database_url, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Address already in use" in done.stderr


def test_several_processes_serve_and_end(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as said:
        serving = subprocess.Popen(
            [*_PROGRAM, "serve", "--workers", "2", "--port", str(port)],
            env={**os.environ, "CROSSDOCK_DATABASE_URL": database_url},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + 90
        while log.read_text().count("Application startup complete.") < 2:
            assert serving.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10) as answer:
            assert answer.status == 200
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0
        assert "died" not in log.read_text()
    finally:
        serving.kill()
        serving.wait()

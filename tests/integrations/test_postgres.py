"""The embedded server through everything that happens to processes, as root (if we are) and as an ordinary user."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from backend.integrations.postgres import EmbeddedPostgres
from backend.integrations.postgres_binaries import PostgresUnavailable, find_binaries, may_enter
from backend.models import db

HOLDER = Path(__file__).with_name("hold_postgres.py")
ROOT = HOLDER.parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


def interpreter_for(user: str) -> str:
    """A Python of this version that the user can get to: root's own may lie in its closed home."""
    entry = pwd.getpwnam(user)
    if not may_enter(ROOT, entry):
        pytest.skip(f"{user} cannot enter the checkout")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        real = Path(candidate).resolve()
        if real.exists() and may_enter(real.parent, entry):
            return candidate
    pytest.skip(f"{user} can enter no folder with a Python {version}")


@dataclass
class Holder:
    process: subprocess.Popen[str]
    url: str = ""

    def wait_ready(self) -> Holder:
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the holder ended at its start"
        return self

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(40) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Ground:
    """A folder, the user that the processes run as, and the processes."""

    folder: Path
    user: str | None
    holders: list[Holder] = field(default_factory=list)

    def spawn(self) -> Holder:
        packages = os.pathsep.join([str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))])
        process = subprocess.Popen(
            [interpreter_for(self.user) if self.user else sys.executable, str(HOLDER), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            user=self.user,
            group="nogroup" if self.user else None,
            extra_groups=[] if self.user else None,
            env=os.environ | {"PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self.holders.append(Holder(process))
        return self.holders[-1]

    def hold(self) -> Holder:
        return self.spawn().wait_ready()

    def server_pid(self) -> int | None:
        return EmbeddedPostgres(self.folder).server_pid()

    def clean_up(self) -> None:
        for holder in self.holders:
            if holder.process.poll() is None:
                holder.kill()
            for stream in (holder.process.stdin, holder.process.stdout):
                assert stream is not None
                stream.close()
        if (pid := self.server_pid()) is not None:
            os.kill(pid, signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


USERS = [pytest.param(None, id="as_we_are"), pytest.param("nobody", id="as_nobody")] if os.geteuid() == 0 else [None]


@pytest.fixture(params=USERS)
def ground(request: pytest.FixtureRequest, open_dir: Path) -> Iterator[Ground]:
    folder = Path(tempfile.mkdtemp(prefix="hold-", dir=open_dir))
    folder.chmod(0o755)
    if request.param:
        shutil.chown(folder, request.param, "nogroup")
    ground = Ground(folder, request.param)
    yield ground
    ground.clean_up()


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def write(url: str) -> None:
    await ask(url, "CREATE TABLE note AS SELECT 'kept' AS text")


def gone(pid: int | None) -> bool:
    """Within ten seconds: no process, or one that only waits to be buried."""
    for _ in range(200):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


async def test_first_start_makes_a_durable_utf8_database_that_a_restart_keeps(ground: Ground) -> None:
    first = ground.hold()
    settings = [await ask(first.url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "listen_addresses")]
    assert settings == ["on", "on", ""]
    assert await ask(
        first.url, "SELECT current_database() || pg_encoding_to_char(encoding) FROM pg_database LIMIT 1"
    ) == ("crossdockUTF8")
    assert await ask(first.url, "SELECT lower('ÄÖÉ')") == "äöé"
    await write(first.url)
    pid = ground.server_pid()
    first.leave()
    assert gone(pid)

    second = ground.hold()
    assert await ask(second.url, "SELECT text FROM note") == "kept"
    second.leave()
    assert ground.server_pid() is None


async def test_a_second_process_attaches_and_leaves_the_server_running(ground: Ground) -> None:
    first = ground.hold()
    pid = ground.server_pid()
    second = ground.hold()
    assert (second.url, ground.server_pid()) == (first.url, pid)
    second.leave()
    assert ground.server_pid() == pid
    assert await ask(first.url, "SELECT 1") == 1
    first.leave()
    assert gone(pid)


async def test_the_last_to_leave_stops_the_server(ground: Ground) -> None:
    first, second = ground.hold(), ground.hold()
    pid = ground.server_pid()
    first.leave()
    assert await ask(second.url, "SELECT 1") == 1
    second.leave()
    assert gone(pid)


async def test_processes_that_start_at_once_share_one_server(ground: Ground) -> None:
    holders = [ground.spawn() for _ in range(3)]
    assert len({holder.wait_ready().url for holder in holders}) == 1
    pid = ground.server_pid()
    for holder in holders:
        holder.leave()
    assert gone(pid)


async def test_the_next_takes_over_from_a_killed_owner(ground: Ground) -> None:
    first = ground.hold()
    await write(first.url)
    pid = ground.server_pid()
    first.kill()
    assert ground.server_pid() == pid

    second = ground.hold()
    assert ground.server_pid() == pid
    assert await ask(second.url, "SELECT text FROM note") == "kept"
    second.leave()
    assert gone(pid)


async def test_a_killed_server_comes_back_with_what_was_committed(ground: Ground) -> None:
    first = ground.hold()
    await write(first.url)
    pid = ground.server_pid()
    assert pid is not None
    busy = await asyncpg.connect(first.url)
    os.kill(pid, signal.SIGKILL)

    second = ground.hold()
    assert ground.server_pid() not in (None, pid)
    assert await ask(second.url, "SELECT text FROM note") == "kept"
    busy.terminate()


async def test_the_process_id_of_a_dead_server_may_be_another_programs_by_now(ground: Ground) -> None:
    first = ground.hold()
    await write(first.url)
    home = Path(first.url.partition("host=")[2].partition("&")[0]).parent
    note = (home / "data" / "postmaster.pid").read_text()
    pid = ground.server_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    first.kill()
    owner = pwd.getpwuid((home / "data").stat().st_uid).pw_name
    other = subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None)
    try:
        (home / "data" / "postmaster.pid").write_text(note.replace(str(pid), str(other.pid), 1))
        second = ground.hold()
        assert await ask(second.url, "SELECT text FROM note") == "kept"
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


async def test_a_server_whose_socket_was_swept_away_is_reached_again(ground: Ground) -> None:
    first = ground.hold()
    await write(first.url)
    socket_dir = Path(first.url.partition("host=")[2].partition("&")[0])
    (socket_dir / ".s.PGSQL.5432").unlink()
    second = ground.hold()
    assert await ask(second.url, "SELECT text FROM note") == "kept"


@pytest.fixture
def deep_dir(open_dir: Path) -> Iterator[Path]:
    folder = open_dir / ("a folder with a name, that no socket can have " * 3)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_path_too_long_for_a_socket_gets_one_elsewhere(deep_dir: Path) -> None:
    with EmbeddedPostgres(deep_dir, durable=False) as postgres:
        url = postgres.url("crossdock")
        socket_dir = Path(url.partition("host=")[2].partition("&")[0])
        assert socket_dir.stat().st_mode & 0o777 == 0o700
        assert await ask(url, "SELECT 1") == 1
        assert await ask(await postgres.create_database("copied", "crossdock"), "SELECT current_database()") == "copied"
    shutil.rmtree(socket_dir)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
async def test_root_keeps_the_data_where_the_servers_user_can_get(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    postgres = EmbeddedPostgres(tmp_path / "closed", durable=False)
    try:
        await write(postgres.start())
        postgres.stop()
        with EmbeddedPostgres(tmp_path / "closed", durable=False) as again:
            assert await ask(again.url("crossdock"), "SELECT text FROM note") == "kept"
    finally:
        shutil.rmtree((tmp_path / "closed" / "moved").readlink())


async def test_the_bundled_programs_work_from_a_copy(open_dir: Path) -> None:
    copy = find_binaries().copied_to(open_dir / "programs")
    with EmbeddedPostgres(open_dir / "by-copy", durable=False, bin_dir=copy.path) as postgres:
        url = postgres.url("crossdock")
        await ask(url, "CREATE EXTENSION pg_trgm")
        assert await ask(url, "SELECT similarity('Müller', 'Müler') > 0.4")


def test_data_of_another_major_version_is_refused_and_left_alone(ground: Ground) -> None:
    cluster = ground.folder / "data"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresUnavailable, match=r"written by PostgreSQL 9; here are only \d+"):
        EmbeddedPostgres(ground.folder).start()
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="PostgreSQL 15 is not installed")
async def test_migrations_apply_on_postgresql_15(open_dir: Path) -> None:
    with EmbeddedPostgres(open_dir / "fifteen", durable=False, bin_dir=DEBIAN_15) as postgres:
        url = postgres.url("crossdock")
        await db.migrate(url)
        assert str(await ask(url, "SHOW server_version")).startswith("15.")
        assert await ask(url, "SELECT count(*) FROM event") == 0

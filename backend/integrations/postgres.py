"""A PostgreSQL of our own, for whoever has none: nothing to install, no port, data in a folder.

Any number of processes may hold one folder. The first to come starts the server, the others attach, and the last to
leave stops it. Who holds it is known by file locks, which the kernel releases however a process ends. The server
listens on a Unix socket in a folder that only its user may enter. It refuses to run as root: then it is run as the
folder's owner or as `nobody`, in a place that this user can reach.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import asyncpg

from backend.integrations.postgres_binaries import Binaries, PostgresUnavailable, find_binaries, may_enter
from backend.integrations.postgres_process import Postmaster, accepts, lives, processes_in

DATABASE = "crossdock"
_PORT = 5432  # Only a part of the socket's name.
_SOCKET = f".s.PGSQL.{_PORT}"
_ROOT_HOME = Path("/var/lib/crossdock")
_START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """The server over `data_dir`, and this process's hold on it. Blocking: call it before the event loop is busy.

    `durable=False` trades crash safety for speed and is for tests. `bin_dir` names other programs than the bundled.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, bin_dir: Path | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._durable = durable
        self._bin_dir = bin_dir
        self._hold: int | None = None

    def start(self) -> str:
        """Start or attach; the URL of the database `crossdock`, for the ORM as for asyncpg.

        `PostgresUnavailable` when it cannot be done.
        """
        if self._hold is None:
            with self._control():
                hold = self._open_lock("holders.lock")
                try:
                    fcntl.flock(hold, fcntl.LOCK_SH)
                    self._ensure_running()
                except BaseException:
                    os.close(hold)
                    raise
                self._hold = hold
        return self.url(DATABASE)

    def stop(self) -> None:
        """Let go; the server is stopped when nobody else holds it. Nothing happens if this process does not hold it."""
        if self._hold is None:
            return
        with self._control():
            hold, self._hold = self._hold, None
            try:
                fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop_server()
            finally:
                os.close(hold)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def url(self, database: str) -> str:
        """Of any database of the running server."""
        running = self._postmaster()
        if running is None:
            raise PostgresUnavailable(f"No PostgreSQL runs over {self.data_dir}.")
        return f"postgres://postgres:@/{database}?host={running.socket_dir}&port={_PORT}"

    def server_pid(self) -> int | None:
        running = self._postmaster()
        return running.pid if running else None

    async def create_database(self, name: str, template: str | None = None) -> str:
        """Its URL. With a template, nobody may be connected to that one meanwhile."""
        return await create_database(self.url("postgres"), name, template)

    # Everything below runs under the control lock.

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while (running := self._postmaster()) is not None:
            if running.status == "ready" and accepts(running.socket_dir / _SOCKET):
                return
            if time.monotonic() > deadline:
                raise PostgresUnavailable(f"PostgreSQL over {self.data_dir} does not answer.{self._log_tail()}")
            if running.status == "ready":  # Its socket was swept away: it can only be reached by signals.
                self._stop_server()
            time.sleep(0.1)
        if not (self._cluster / "PG_VERSION").exists():
            self._initialize()
        self._start_server(deadline)

    def _initialize(self) -> None:
        """Made aside and moved into place in full, so that an interrupted first start leaves no half cluster."""
        aside = self._home / "data.new"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        self._give_away(aside)
        command = [*("-D", str(aside), "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--data-checksums")]
        # Sorted by code point, yet with the letters of every script known as letters (pg_trgm asks lc-ctype).
        command += ["--locale=C", f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"]
        if self._binaries.major >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self._durable:
            command.append("--no-sync")
        self._run("initdb", command)
        self._run("postgres", ["--single", "-D", str(aside), "postgres"], stdin=f"CREATE DATABASE {DATABASE};\n")
        aside.rename(self._cluster)

    def _start_server(self, deadline: float) -> None:
        socket_dir = self._socket_dir()
        # The children of a killed server outlive it for a moment. PostgreSQL sees to that too, but only while its
        # process id is free, and by now the id may be a zombie's or another program's.
        while survivors := processes_in(self._cluster):
            if time.monotonic() > deadline:
                raise PostgresUnavailable(f"Processes of a killed PostgreSQL still run: {survivors}.")
            time.sleep(0.05)
        stale = Postmaster.read(self._cluster)
        if stale is not None and lives(stale.pid):
            (self._cluster / "postmaster.pid").unlink()
        for leftover in (socket_dir / _SOCKET, socket_dir / f"{_SOCKET}.lock"):
            leftover.unlink(missing_ok=True)
        settings = _SETTINGS | ({} if self._durable else _NOT_DURABLE) | {"unix_socket_directories": str(socket_dir)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run("pg_ctl", ["-D", str(self._cluster), "-l", str(self._log), "-o", options, "-w", "-t", "60", "start"])

    def _stop_server(self) -> None:
        if self._postmaster() is None:
            return
        try:
            self._run("pg_ctl", ["-D", str(self._cluster), "-m", "fast", "-w", "-t", "30", "stop"])
        except PostgresUnavailable:
            if self._postmaster() is not None:
                self._run("pg_ctl", ["-D", str(self._cluster), "-m", "immediate", "-w", "-t", "30", "stop"])

    def _postmaster(self) -> Postmaster | None:
        running = Postmaster.read(self._cluster)
        return running if running is not None and running.is_over(self._cluster) else None

    # Where things are.

    @property
    def _cluster(self) -> Path:
        return self._home / "data"

    @property
    def _log(self) -> Path:
        return self._home / "server.log"

    @cached_property
    def _home(self) -> Path:
        """`data_dir`, or for root, if the server's user cannot get there, a folder that a link in it points to."""
        link = self.data_dir / "moved"
        if link.is_symlink():
            home = link.readlink()
        elif self._user is None or may_enter(self.data_dir, self._user):
            home = self.data_dir
        else:
            home = _ROOT_HOME / secrets.token_hex(6)
            link.symlink_to(home)
        if home != self.data_dir:
            for each in (_ROOT_HOME, home):
                each.mkdir(exist_ok=True)
                each.chmod(0o711)
        log = home / "server.log"
        log.touch()
        self._give_away(log)
        if (home / "data").exists():
            self._give_away(home / "data")
        return home

    def _socket_dir(self) -> Path:
        """Beside the data if the name is short enough for a socket and needs no quoting, else in a runtime folder."""
        beside = self._home / "run"
        if len(f"{beside}/{_SOCKET}.lock") < 100 and re.fullmatch(r"[\w/.-]+", str(beside), re.ASCII):
            beside.mkdir(mode=0o700, exist_ok=True)
            self._give_away(beside)
            return beside
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        if self._user is not None or len(str(runtime)) > 40:
            runtime = Path("/tmp")  # noqa: S108 -- ownership is checked below.
        name = hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]
        chosen = runtime / f"crossdock-{os.geteuid()}-{name}"
        with contextlib.suppress(FileExistsError):
            chosen.mkdir(mode=0o700)
            self._give_away(chosen)
        found = chosen.lstat()
        if found.st_uid != (self._user.pw_uid if self._user else os.geteuid()) or found.st_mode & 0o170777 != 0o040700:
            raise PostgresUnavailable(f"{chosen} is in the way: it belongs to another user or others may enter it.")
        return chosen

    @cached_property
    def _user(self) -> pwd.struct_passwd | None:
        """Whom the server runs as when we are root; None when it runs as we do."""
        if os.geteuid() != 0:
            return None
        try:
            owner = self.data_dir.stat().st_uid or self.data_dir.parent.stat().st_uid
            return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
        except KeyError:
            return pwd.getpwnam("nobody")

    @cached_property
    def _binaries(self) -> Binaries:
        cluster = self._cluster / "PG_VERSION"
        major = int(cluster.read_text().strip()) if cluster.exists() else None
        found = find_binaries(major, self._bin_dir)
        if self._user is None or may_enter(found.path, self._user):
            return found
        return found.copied_to(_ROOT_HOME / f"postgresql-{found.version}")

    # Means.

    def _give_away(self, path: Path) -> None:
        """To the server's user, with what is in it, if it is not his already."""
        if self._user is None or path.stat().st_uid == self._user.pw_uid:
            return
        paths = [path, *path.rglob("*")] if path.is_dir() else [path]
        for each in paths:
            os.chown(each, self._user.pw_uid, self._user.pw_gid, follow_symlinks=False)

    def _run(self, program: str, arguments: Sequence[str], *, stdin: str = "") -> None:
        # To files, not pipes: the server inherits them and would keep a pipe open.
        with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
            given.write(stdin)
            given.seek(0)
            done = subprocess.run(
                [str(self._binaries.path / program), *arguments],
                stdin=given,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))},
                check=False,
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
            )
            said.seek(0)
            if done.returncode != 0:
                raise PostgresUnavailable(f"{program} failed: {said.read().strip()[-2000:]}{self._log_tail()}")

    def _log_tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-8:]
        return "".join(f"\n  {line}" for line in lines)

    @contextlib.contextmanager
    def _control(self) -> Iterator[None]:
        """Starting and stopping are one process's business at a time."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            lock = self._open_lock("control.lock")
        except PermissionError as error:
            raise PostgresUnavailable(f"{self.data_dir} belongs to another user.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _open_lock(self, name: str) -> int:
        return os.open(self.data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


async def create_database(server_url: str, name: str, template: str | None = None) -> str:
    """On any server; the new database's URL. `server_url` names a database to ask from that is not the template."""
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
    finally:
        await connection.close()
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()

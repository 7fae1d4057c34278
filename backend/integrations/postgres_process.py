"""Whether a PostgreSQL server lives, by the file that it keeps, its process and its socket."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    socket_dir: Path
    status: str

    @classmethod
    def read(cls, cluster: Path) -> Postmaster | None:
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            return cls(int(lines[0]), Path(lines[4]), lines[7].strip() if len(lines) > 7 else "starting")
        except (OSError, ValueError, IndexError):
            return None

    def is_over(self, cluster: Path) -> bool:
        """Whether that process lives and is a server over this cluster, not another one that got its id since."""
        if not lives(self.pid):
            return False
        here = Path(f"/proc/{self.pid}")
        if here.exists():
            try:
                return (here / "cwd").readlink() == cluster.resolve() and "postgres" in (here / "comm").read_text()
            except OSError:
                return False
        listed = subprocess.run(
            ["ps", "-o", "command=", "-p", str(self.pid)], capture_output=True, text=True, check=False
        )
        return str(cluster) in listed.stdout


def accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def processes_in(cluster: Path) -> list[int]:
    """Those that work in the cluster's folder, as all of a server's do; none where the system does not say."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == cluster.resolve():
                found.append(int(process.name))
        except OSError:
            continue
    return found

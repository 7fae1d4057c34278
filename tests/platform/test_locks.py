"""The locks can be trusted: hashes on everything, no host named, nothing run that was not tested."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LOCKS = Path(__file__).resolve().parents[2] / "requirements"


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (LOCKS / f"{name}.lock").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["build", "runtime", "dev"])
def test_every_pin_has_a_hash_and_no_line_names_a_host(name: str) -> None:
    text = (LOCKS / f"{name}.lock").read_text()
    assert not re.search(r"://|^--|@ ", text, re.MULTILINE)
    for requirement in re.split(r"\n(?=\S)", text):
        assert requirement.startswith("#") or "--hash=sha256:" in requirement


def test_what_is_tested_is_what_is_run() -> None:
    assert pins("runtime").items() <= pins("dev").items()


def test_a_changed_requirement_is_noticed_without_a_network(tmp_path: Path) -> None:
    for file in LOCKS.iterdir():
        if file.is_file():
            (tmp_path / "requirements").mkdir(exist_ok=True)
            (tmp_path / "requirements" / file.name).write_bytes(file.read_bytes())
    project = (LOCKS.parent / "pyproject.toml").read_text()
    command = [sys.executable, str(tmp_path / "requirements" / "lock.py"), "--check"]

    (tmp_path / "pyproject.toml").write_text(project)
    assert subprocess.run(command, capture_output=True).returncode == 0

    (tmp_path / "pyproject.toml").write_text(project.replace("pgqueuer==1.6.0", "pgqueuer==1.6.1"))
    changed = subprocess.run(command, capture_output=True, text=True)
    assert changed.returncode == 1
    assert re.findall(r"requirements/(\w+)\.lock", changed.stderr) == ["runtime", "dev"]

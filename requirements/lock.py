"""Compile the hash-checked locks from pyproject.toml, or check that they still belong to it.

`python requirements/lock.py` recompiles, keeping every pin that still satisfies pyproject.toml; `--upgrade` takes the
newest releases instead. `--check` needs no network: each lock records a digest of the requirements that it answers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
PYTHON = PROJECT["project"]["requires-python"].removeprefix(">=")
RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS: dict[str, list[str]] = {
    "build": PROJECT["build-system"]["requires"] + EXTRAS["build"],
    "runtime": RUNTIME,
    "dev": RUNTIME + EXTRAS["dev"],
}
DIGEST = "# inputs sha256:"
HEADER = "# Compiled by `make lock` from pyproject.toml; do not edit."


def digest(requirements: list[str]) -> str:
    return hashlib.sha256(json.dumps([PYTHON, sorted(requirements)]).encode()).hexdigest()


def is_current(name: str) -> bool:
    lock = HERE / f"{name}.lock"
    return lock.exists() and f"{DIGEST} {digest(LOCKS[name])}" in lock.read_text(encoding="utf-8").splitlines()[:2]


def recompile(name: str, *, upgrade: bool) -> None:
    lock = HERE / f"{name}.lock"
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", f"--python-version={PYTHON}"),
        *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
        *("--no-config", f"--output-file={lock}", "-"),
    ]
    if upgrade:
        command.append("--upgrade")
    if name == "dev":  # What is tested is what is run.
        command.append(f"--constraints={HERE / 'runtime.lock'}")
    subprocess.run(command, input="\n".join(LOCKS[name]), text=True, check=True)
    pins = "".join(line for line in lock.read_text(encoding="utf-8").splitlines(keepends=True) if line[0] != "#")
    lock.write_text(f"{HEADER}\n{DIGEST} {digest(LOCKS[name])}\n{pins}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        stale = [name for name in LOCKS if not is_current(name)]
        for name in stale:
            print(f"requirements/{name}.lock does not belong to pyproject.toml: run `make lock`", file=sys.stderr)
        return 1 if stale else 0
    for name in LOCKS:
        recompile(name, upgrade=arguments.upgrade)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

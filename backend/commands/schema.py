"""`crossdock export-schema`: the API's schema as a file that is committed, so that a change of it is seen in review."""

from __future__ import annotations

from pathlib import Path

from backend import schema
from backend.resolvers.schema import export

COMMITTED = Path(schema.__file__).with_name("schema.graphql")


def is_current(path: Path) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == export()


def write(path: Path) -> None:
    path.write_text(export(), encoding="utf-8")

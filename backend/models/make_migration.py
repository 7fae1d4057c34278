"""`python -m backend.models.make_migration NAME`: write the migration that the models ask for.

The ORM's generator puts a new table's constraints where its executor silently drops them; here they are taken out and
added by operations of their own. tests/models/test_constraints.py holds us to it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AddConstraint, CreateModel
from tortoise.migrations.writer import format_migration_name

from backend.models.db import APP, tortoise_config


async def make(name: str) -> str | None:
    """The new file's path, or None where the models ask for nothing."""
    config = tortoise_config("postgres://nobody@/none?host=/nowhere")
    await Tortoise.init(config=config, init_connections=False)
    assert Tortoise.apps is not None
    writers = await MigrationAutodetector(Tortoise.apps, {APP: config["apps"][APP]}).changes()
    if not writers:
        return None
    [writer] = writers
    writer.operations = [step for operation in writer.operations for step in _split(operation)]
    writer.name = format_migration_name(int(writer.name.split("_", 1)[0]), name)
    return str(writer.write())


def _split(operation: Any) -> list[Any]:
    if not isinstance(operation, CreateModel):
        return [operation]
    constraints = (operation.options or {}).pop("constraints", ())
    added = [AddConstraint(model_name=operation.name, constraint=constraint) for constraint in constraints]
    return [operation, *added]


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(make(sys.argv[1] if len(sys.argv) > 1 else 'change'))}\n")

"""The constraints of the models are those of the database: the ORM drops them silently from new tables."""

from __future__ import annotations

from enum import StrEnum

import pytest
from tortoise import Tortoise
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from backend.models import db

pytestmark = pytest.mark.usefixtures("database")


def models() -> list[type[Model]]:
    found = Tortoise.apps
    assert found is not None
    return list(found[db.APP].values())


async def test_every_constraint_of_a_model_stands_in_the_database() -> None:
    rows = await db.fetch(
        "SELECT conname AS name FROM pg_constraint UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
    )
    there = {row["name"] for row in rows}
    wanted = {
        constraint.name
        for model in models()
        for constraint in getattr(model.Meta, "constraints", ())
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }
    assert len(wanted) > 80
    assert wanted - there == set()


async def test_every_word_list_is_checked_by_the_database() -> None:
    """A column of an enum refuses a word that is not on its list; alerts of columns that nobody checks."""
    unchecked = []
    for model in models():
        for name, field in model._meta.fields_map.items():
            if isinstance(field, CharEnumFieldInstance) and issubclass(field.enum_type, StrEnum):
                definition = await db.fetchval(
                    "SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint"
                    " WHERE conrelid = $1::regclass AND contype = 'c'",
                    model._meta.db_table,
                )
                if name not in (definition or ""):
                    unchecked.append(f"{model._meta.db_table}.{name}")
    assert unchecked == []


async def test_every_foreign_key_stands_in_the_database() -> None:
    missing = []
    for model in models():
        for name in model._meta.fk_fields:
            column = model._meta.fields_map[name].source_field  # type: ignore[attr-defined]
            there = await db.fetchval(
                "SELECT count(*) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
                " AND a.attnum = ANY(c.conkey) WHERE c.contype = 'f' AND c.conrelid = $1::regclass AND a.attname = $2",
                model._meta.db_table,
                column,
            )
            if not there:
                missing.append(f"{model._meta.db_table}.{column}")
    assert missing == []


async def test_the_migrations_are_those_of_the_models() -> None:
    """Nothing is left for `makemigrations` to write."""
    from tortoise.migrations.autodetector import MigrationAutodetector

    apps = Tortoise.apps
    assert apps is not None
    config = {db.APP: {"models": [], "default_connection": "default", "migrations": "backend.models.migrations"}}
    assert await MigrationAutodetector(apps, config).changes() == []

"""What all tables share: UUIDv7 keys made by us, enum checks, amounts in minor units."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint
from tortoise.models import Model


class _Last:
    """The newest key that this process has made."""

    value = 0


def uuid7() -> UUID:
    """A UUID that begins with the time in milliseconds (RFC 9562); a process's keys sort by their making."""
    stamp = (time.time_ns() // 1_000_000) & ((1 << 48) - 1)
    noise = random.getrandbits(74)  # Python seeds it anew from the system in each process; a key is no secret.
    made = stamp << 80 | 0x7 << 76 | (noise >> 62) << 64 | 0b10 << 62 | (noise & ((1 << 62) - 1))
    _Last.value = made = max(made, _Last.value + 1)
    return UUID(int=made)


class Identified(Model):
    id = fields.UUIDField(primary_key=True, default=uuid7)

    class Meta:
        abstract = True


def one_of(table: str, column: str, words: type[StrEnum]) -> CheckConstraint:
    """The column holds a word of the list (NULL passes, as in SQL)."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(check=f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def check(table: str, name: str, condition: str) -> CheckConstraint:
    return CheckConstraint(check=condition, name=f"ck_{table}_{name}")


def not_negative(table: str, columns: Iterable[str]) -> CheckConstraint:
    return CheckConstraint(
        check=" AND ".join(f"{column} >= 0" for column in columns),
        name=f"ck_{table}_not_negative",
    )


def link(model: str, **options: Any) -> Any:
    """A foreign key to another of our tables, without cascades. Declare `<name>_id: UUID` beside it."""
    return fields.ForeignKeyField(
        f"crossdock.{model}",
        related_name=False,
        on_delete=fields.OnDelete.RESTRICT,
        **options,
    )

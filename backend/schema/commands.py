"""From inputs to the plain records that actions and queries take."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import strawberry

C = TypeVar("C")


def plain(record: type[C], given: Any, **instead: Any) -> C:
    """A `record` (a dataclass) from an input with the same field names; nested inputs become nested records.

    What was left out keeps the record's default, and so does a null where the record has no room for it. `instead`
    overrides: decoded ids, for example. Fields of the input that the record lacks are not passed on.
    """
    values = dict(instead)
    for name, (kind, optional) in _shape(record).items():
        value = getattr(given, name, strawberry.UNSET)
        if name in instead or value is strawberry.UNSET or (value is None and not optional):
            continue
        values[name] = _nested(kind, value)
    return record(**values)


def _nested(kind: type | None, value: Any) -> Any:
    if kind is None or value is None:
        return value
    return [plain(kind, item) for item in value] if isinstance(value, list) else plain(kind, value)


@lru_cache(maxsize=256)
def _shape(record: Any) -> Mapping[str, tuple[type | None, bool]]:
    """Field → the dataclass inside its type, if there is one, and whether it may be None."""
    hints = typing.get_type_hints(record)
    return {field.name: _inside(hints[field.name]) for field in dataclasses.fields(record)}


def _inside(hint: Any) -> tuple[type | None, bool]:
    parts = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    found: type | None = None
    for part in parts:
        inner = typing.get_args(part)[0] if typing.get_origin(part) in (Sequence, list) else part
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            found = inner
    return found, type(None) in parts

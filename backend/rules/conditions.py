"""Conditions that people write: CEL, compiled once, asked about what the caller lets them see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import cel

from backend.errors import ErrorCode, refused

MAX_EXPRESSION = 4_000
#: What a condition sees where its caller does not say more.
ORDER = frozenset({"order"})


@lru_cache(maxsize=1024)
def _program(expression: str) -> Any:
    return cel.compile(expression)


def compile_condition(expression: str, *path: str, names: frozenset[str] = ORDER) -> None:
    """Refuse an expression that is not CEL, or that speaks of more than `names`, with the place of the error."""
    if len(expression) > MAX_EXPRESSION:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"An expression has at most {MAX_EXPRESSION} characters.", *path)
    try:
        unknown = sorted(speaks_of(expression) - names)
    except ValueError as error:
        raise refused(ErrorCode.INVALID, str(error), *path) from None
    if unknown:
        seen = ", ".join(f"`{name}`" for name in sorted(names))
        raise refused(ErrorCode.INVALID, f"Unknown name {unknown[0]!r}: conditions see {seen}.", *path)


@lru_cache(maxsize=1024)
def speaks_of(expression: str) -> frozenset[str]:
    """The names that it is about; ValueError where it is not CEL."""
    return frozenset(_program(expression).variables()) - frozenset(_bound_names(expression))


def _bound_names(expression: str) -> Iterable[str]:
    """Names that a comprehension may bind: any single lower-case letter."""
    return (letter for letter in "abcdefghijklmnopqrstuvwxyz" if f"({letter}," in expression.replace(" ", ""))


def holds(expression: str | None, context: Mapping[str, Any]) -> bool:
    """Whether the condition holds; raises ValueError where it cannot be evaluated or does not give a boolean."""
    if expression is None:
        return True
    try:
        value = _program(expression).execute(dict(context))
    except Exception as error:  # noqa: BLE001 - the engine raises whatever the expression ran into
        raise ValueError(f"The condition {expression!r} cannot be evaluated: {error}") from None
    if not isinstance(value, bool):
        raise ValueError(f"The condition {expression!r} gives {value!r}, not true or false.")
    return value

"""The scalars of the contract: exact decimals, instants in UTC, dates, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from graphql import (
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,20})?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MAX_JSON_DEPTH = 32


def _parse_decimal(value: Any) -> Decimal:
    """A string, or an integer. A float is refused: it has lost its exactness already."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise GraphQLError('A Decimal is a string: "9.41".')
    if not _DECIMAL.fullmatch(str(value)):
        raise GraphQLError(f"{_short(value)} is not a Decimal.")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise GraphQLError(f"{_short(value)} is not a Decimal.") from None


def _decimal_literal(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Decimal:
    del variables
    if isinstance(node, FloatValueNode):
        raise GraphQLError('A Decimal is a string: "9.41".', node)
    if isinstance(node, StringValueNode | IntValueNode):
        return _parse_decimal(node.value)
    raise GraphQLError('A Decimal is a string: "9.41".', node)


def _show_decimal(value: Any) -> str:
    return f"{Decimal(value):f}"


def _parse_instant(value: Any) -> datetime:
    """RFC 3339, with its offset; kept in UTC."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise GraphQLError(f'{_short(value)} is not a time in RFC 3339 with an offset: "2026-05-01T12:00:00Z".')
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError(f"{_short(value)} is not a time.") from None


def show_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parse_date(value: Any) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise GraphQLError(f'{_short(value)} is not a date: "2026-05-01".')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"{_short(value)} is not a date.") from None


def _parse_json(value: Any, depth: int = 0) -> Any:
    """As it came. What PostgreSQL could not keep (NUL, half a surrogate pair, NaN) is refused; so is deep nesting."""
    if depth > _MAX_JSON_DEPTH:
        raise GraphQLError(f"JSON is nested at most {_MAX_JSON_DEPTH} deep.")
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise GraphQLError("JSON text has a character that cannot be kept.")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise GraphQLError("JSON has finite numbers.")
    if isinstance(value, dict):
        for key, item in value.items():
            _parse_json(key, depth + 1)
            _parse_json(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _parse_json(item, depth + 1)
    return value


def _json_literal(node: ValueNode, variables: Mapping[str, Any] | None = None) -> Any:
    if isinstance(node, VariableNode) and node.name.value not in (variables or {}):
        raise GraphQLError("The variable has no value.", node)
    return _parse_json(value_from_ast_untyped(node, dict(variables or {})))


def _short(value: Any) -> str:
    shown = json.dumps(value, default=str)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


#: For StrawberryConfig: which Python type is which scalar.
SCALARS: Mapping[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as a string: "9.41".',
        serialize=_show_decimal,
        parse_value=_parse_decimal,
        parse_literal=_decimal_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='RFC 3339, in UTC: "2026-05-01T12:00:00Z".',
        serialize=show_instant,
        parse_value=_parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A day: "2026-05-01".',
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=lambda value: value,
        parse_value=_parse_json,
        parse_literal=_json_literal,
    ),
}

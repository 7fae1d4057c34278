"""From a row's JSON to the command that the API would make of it: the same names, types and strictness.

Names are camelCase, unknown ones are refused, decimals are strings or integers (a float has lost its exactness), times
have their offset. What is wrong is told with its path, all of it at once.

Rows of CSV are all text: there a number may be its digits, a flag `true`, and a list its words with | between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    create_model,
)
from pydantic import Field as Option
from pydantic.alias_generators import to_camel

from backend.errors import ErrorCode, Problem, Refused
from backend.rules.vocabulary import FileForm

T = TypeVar("T")
_DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,20})?")


class Shape(Generic[T]):
    """Reads rows of a form into commands of one kind (a dataclass)."""

    def __init__(self, kind: type[T], form: FileForm = FileForm.JSON) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(_read_as(kind, form is FileForm.JSON))

    def read(self, text: bytes) -> T:
        """`Refused` with every problem and its camelCase path."""
        try:
            return self._adapter.validate_json(text)
        except ValidationError as error:
            raise Refused(*(_problem(found) for found in error.errors()[:50])) from None


def written(command: Any) -> Any:
    """The JSON that a `Shape` reads it from; what is not given is left out."""
    if is_dataclass(command):
        values = {to_camel(field.name): getattr(command, field.name) for field in fields(command)}
        return {name: written(value) for name, value in values.items() if value is not None}
    if isinstance(command, Decimal):
        return format(command, "f")
    if isinstance(command, datetime):
        return command.isoformat()
    if isinstance(command, Enum):
        return command.value
    if isinstance(command, Sequence) and not isinstance(command, str):
        return [written(item) for item in command]
    return command


def _problem(found: Mapping[str, Any]) -> Problem:
    return Problem(ErrorCode.INVALID, str(found["msg"]), tuple(str(part) for part in found["loc"]))


@cache
def _model(kind: type[Any], strict: bool) -> type[BaseModel]:
    """A model with the dataclass's fields, its names in camelCase."""
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for field in fields(kind):
        default = field.default if field.default is not MISSING else ...
        given[field.name] = (_read_as(hints[field.name], strict), Option(default))
    config = ConfigDict(strict=strict, extra="forbid", alias_generator=to_camel)
    model: type[BaseModel] = create_model(kind.__name__, __config__=config, **given)
    return model


def _read_as(kind: Any, strict: bool) -> Any:
    """The type by which pydantic reads what a command's field holds."""
    if kind is Decimal:
        return Annotated[Decimal, BeforeValidator(_exact)]
    if kind is datetime:
        return AwareDatetime
    if is_dataclass(kind):
        return Annotated[_model(kind, strict), AfterValidator(_maker(kind))]  # type: ignore[arg-type]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return Union[tuple(_read_as(argument, strict) for argument in arguments)]  # noqa: UP007 - made at run time
    if isinstance(origin, type) and issubclass(origin, Sequence):
        items: Any = list[_read_as(arguments[0], strict)]  # type: ignore[misc]
        return items if strict else Annotated[items, BeforeValidator(_words)]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[str, Any]
    return kind


def _maker(kind: Any) -> Any:
    names = [field.name for field in fields(kind)]

    def make(model: BaseModel) -> Any:
        return kind(**{name: getattr(model, name) for name in names})

    return make


def _words(value: Any) -> Any:
    return [word.strip() for word in value.split("|")] if isinstance(value, str) else value


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int) or not _DECIMAL.fullmatch(str(value)):
        raise ValueError('a decimal is a string, such as "9.41"')
    return Decimal(value)

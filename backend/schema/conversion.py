"""Inputs become their dataclasses by a plan that is made once for each type.

The library's own way finds names and types of every field anew for every value: a fifth of what `orderCreate` costs.
`from_input` is its hook for types that build their own value. What comes here has been coerced and validated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, TypeAlias

from strawberry import Schema
from strawberry.types.base import (
    StrawberryList,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
    has_object_definition,
)
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

#: None where a value is taken as it is.
Convert: TypeAlias = Callable[[Any], Any] | None


def plan_inputs(schema: Schema) -> None:
    """For every input type of the schema."""
    for known in schema.schema_converter.type_map.values():
        definition = known.definition
        if isinstance(definition, StrawberryObjectDefinition) and definition.is_input:
            definition.from_input = _Plan(schema, definition)


class _Plan:
    """How values of one input type are built. Made in full at its first use: types may name each other."""

    def __init__(self, schema: Schema, definition: StrawberryObjectDefinition) -> None:
        self.schema = schema
        self.definition = definition
        self.missing: dict[str, Any] = {}
        self.fields: dict[str, tuple[str, Convert]] | None = None

    def __call__(self, _kind: type, value: Mapping[str, Any], _context: Any) -> Any:
        return self.build(value)

    def build(self, value: Mapping[str, Any] | None) -> Any:
        if value is None:
            return None
        fields = self.fields if self.fields is not None else self._complete()
        given = dict(self.missing)
        for name, item in value.items():
            python_name, convert = fields[name]
            given[python_name] = convert(item) if convert is not None and item is not None else item
        return self.definition.origin(**given)

    def _complete(self) -> dict[str, tuple[str, Convert]]:
        """Fields that may be left out and have no default are None."""
        fields: dict[str, tuple[str, Convert]] = {}
        name_of = self.schema.config.name_converter.from_field
        for field in self.definition.fields:
            fields[name_of(field)] = (field.python_name, self._convert(_type_of(field, self.definition)))
            if field.default_value is MISSING and field.default_factory is MISSING:
                self.missing[field.python_name] = None
        self.fields = fields
        return fields

    def _convert(self, kind: Any) -> Convert:
        if isinstance(kind, StrawberryOptional):
            return self._convert(kind.of_type)
        if isinstance(kind, LazyType):
            return self._convert(kind.resolve_type())
        if isinstance(kind, StrawberryList):
            return _each(self._convert(kind.of_type))
        if has_object_definition(kind):
            plan = get_object_definition(kind, strict=True).from_input
            assert isinstance(plan, _Plan), f"{kind} is no input of this schema."
            return plan.build
        return None


def _type_of(field: StrawberryField, definition: StrawberryObjectDefinition) -> Any:
    return field.resolve_type(type_definition=definition)


def _each(convert: Convert) -> Convert:
    """A list is copied: graphql-core gives the same default to every request."""
    if convert is None:
        return list
    return lambda items: [convert(item) if item is not None else None for item in items]

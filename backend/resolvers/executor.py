"""Fields that are only read off what is there already are read by compiled functions, not resolved one by one.

The stock executor takes some 20 µs for each field, most of a list page's time. Where a field is an attribute, or a
method that needs nothing but its object, and so is all that was selected below it, one function reads the whole
subtree. Whatever goes wrong in it, the stock executor does that object again and makes the error of the specification.
Fields with arguments, context or loaders are the stock executor's anyway.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from operator import attrgetter
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    TypeNameMetaFieldDef,
    Undefined,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

from backend.schema.common import Held

Read = Callable[[Any], Any]
Fields = Mapping[str, Any]


class _Plan:
    """What to do with the fields selected of a type: `quick` ones by name, and the `rest` for the stock executor."""

    __slots__ = ("names", "of", "quick", "rest")

    def __init__(self, fields: Fields, quick: dict[str, Read]) -> None:
        self.of = fields  # Kept, so that its id is not given to another.
        self.names = list(fields)
        self.quick = list(quick.items())
        self.rest = {name: details for name, details in fields.items() if name not in quick}

    def read(self, source: Any) -> dict[str, Any]:
        return {name: read(source) for name, read in self.quick}


class QuickExecutor(StrawberryGraphQLCoreExecutionContext):
    """For `execution_context_class`; lives for one operation, and so do its plans."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, int], _Plan] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Any,
        grouped_field_set: Any,
        position_context: Any,
    ) -> Any:
        plan = self._plan(parent_type, grouped_field_set)
        if not plan.quick:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        try:
            done = plan.read(source_value)
        except Exception:  # noqa: BLE001 - the stock executor runs into it again, and knows what to make of it
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        if not plan.rest:
            return done
        others = super().execute_fields(parent_type, source_value, path, plan.rest, position_context)
        if self.is_awaitable(others):
            return _merged(plan.names, done, cast("Awaitable[dict[str, Any]]", others))
        return _in_order(plan.names, done, cast("dict[str, Any]", others))

    def _plan(self, parent_type: GraphQLObjectType, fields: Fields) -> _Plan:
        key = (parent_type.name, id(fields))
        plan = self._plans.get(key)
        if plan is None:
            found = {name: self._reader(parent_type, details) for name, details in fields.items()}
            plan = _Plan(fields, {name: read for name, read in found.items() if read is not None})
            self._plans[key] = plan
        return plan

    def _reader(self, parent_type: GraphQLObjectType, details: Any) -> Read | None:
        """From the object to the field's part of the answer; None where it takes more than the object."""
        field = self.schema.get_field(parent_type, details[0].node.name.value)
        if field is TypeNameMetaFieldDef:
            return lambda _: parent_type.name
        value = _value_of(field) if field is not None else None
        complete = self._completion(cast("GraphQLField", field).type, details) if value is not None else None
        if value is None or complete is None:
            return None
        return lambda source: complete(value(source))

    def _completion(self, kind: GraphQLOutputType, details: Any) -> Read | None:
        if isinstance(kind, GraphQLNonNull):
            inner = self._completion(kind.of_type, details)
            return _not_null(inner) if inner is not None else None
        if isinstance(kind, GraphQLList):
            inner = self._completion(kind.of_type, details)
            return _each(inner) if inner is not None else None
        if is_leaf_type(kind):
            return _leaf(kind)
        if isinstance(kind, GraphQLObjectType):
            fields, deferred, _ = self.collect_subfields(kind, details)
            plan = self._plan(kind, fields)
            return _object(plan) if not plan.rest and not deferred else None
        return None


def _value_of(field: GraphQLField) -> Read | None:
    """What the field's resolver gives, where that depends on the object alone."""
    definition = field.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryField) or field.args or definition.extensions:
        return None
    resolver = definition.base_resolver
    if resolver is None:
        return attrgetter(f"row.{definition.python_name}" if _is_column(definition) else definition.python_name)
    if resolver.is_async or resolver.arguments or resolver.info_parameter or not resolver.self_parameter:
        return None
    return cast("Read", resolver.wrapped_func)


def _is_column(definition: StrawberryField) -> bool:
    """common.column: not an attribute of the object, but of the row that it holds."""
    origin = definition.origin
    return not definition.init and isinstance(origin, type) and issubclass(origin, Held)


def _not_null(inner: Read) -> Read:
    def complete(value: Any) -> Any:
        found = inner(value)
        if found is None:
            raise TypeError("null")
        return found

    return complete


def _each(inner: Read) -> Read:
    def complete(value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise TypeError(type(value).__name__)
        return [inner(item) for item in value]

    return complete


def _leaf(kind: GraphQLLeafType) -> Read:
    coerce = kind.coerce_output_value

    def complete(value: Any) -> Any:
        if value is None:
            return None
        found = coerce(value)
        if found is None or found is Undefined:
            raise TypeError(kind.name)
        return found

    return complete


def _object(plan: _Plan) -> Read:
    return lambda value: None if value is None else plan.read(value)


async def _merged(names: list[str], done: dict[str, Any], others: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    return _in_order(names, done, await others)


def _in_order(names: list[str], done: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """As they were selected. A field that the stock executor leaves out stays out."""
    return {name: done[name] if name in done else others[name] for name in names if name in done or name in others}

"""Fields that are only read off what is there already are read by compiled functions, not resolved one by one.

The stock executor takes some 20 µs for each field, most of a list page's time. Where a field is an attribute, or a
method that needs nothing but its object, and so is all that was selected below it, one function reads the whole
subtree. Fields of rows that wait for loaders are asked of all the rows of a list together, level by level, without a
task for each. Whatever goes wrong, the stock executor does that object or list again and makes the error of the
specification. Connections, interfaces and the operation's root are the stock executor's anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

from backend.schema.common import Held

Read = Callable[[Any], Any]
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A field of a row that may wait for loaders: `ask` it of a source; what all have given is completed as `kind`."""

    ask: Callable[[Any], Any]
    kind: GraphQLOutputType
    plan: _Plan | None


class _Plan:
    """What to do with the fields selected of a type: `quick` ones by name, and the `rest` for the stock executor.

    Of the rest, `ahead` can be asked of many objects together; `whole` where nothing else is left.
    """

    __slots__ = ("ahead", "names", "of", "quick", "rest", "whole")

    def __init__(self, fields: Fields, quick: dict[str, Read], ahead: dict[str, _Ahead]) -> None:
        self.of = fields  # Kept, so that its id is not given to another.
        self.names = list(fields)
        self.quick = list(quick.items())
        self.rest = {name: details for name, details in fields.items() if name not in quick}
        self.ahead = ahead
        self.whole = len(quick) + len(ahead) == len(fields)

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
        if plan.ahead and plan.whole:
            return self._ahead_or(
                self._read_one(plan, source_value),
                partial(super().execute_fields, parent_type, source_value, path, grouped_field_set, position_context),
            )
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

    def complete_list_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        stock = partial(
            super().complete_list_value, return_type, field_details_list, info, path, result, position_context
        )
        kind = get_nullable_type(return_type.of_type)
        if isinstance(kind, GraphQLObjectType) and isinstance(result, list) and result and None not in result:
            plan = self._plan_of(kind, field_details_list)
            if plan is not None and plan.ahead and plan.whole:
                return self._ahead_or(self._read(plan, result), stock)
        return stock()

    async def _ahead_or(self, reading: Awaitable[Any], stock: Callable[[], Any]) -> Any:
        try:
            return await reading
        except Exception:  # noqa: BLE001 - the stock executor runs into it again, and knows what to make of it
            done = stock()
            return await done if self.is_awaitable(done) else done

    async def _read_one(self, plan: _Plan, source: Any) -> dict[str, Any]:
        return (await self._read(plan, [source]))[0]

    async def _read(self, plan: _Plan, sources: Sequence[Any]) -> list[dict[str, Any]]:
        """The answers of all the sources: what is there, then what their loaders give, then what is below that."""
        answers = [plan.read(source) for source in sources]
        if not plan.ahead:
            return answers
        given = await _together([ahead.ask(source) for ahead in plan.ahead.values() for source in sources])
        columns: dict[str, list[Any]] = {}
        for place, (name, ahead) in enumerate(plan.ahead.items()):
            values = given[place * len(sources) : (place + 1) * len(sources)]
            columns[name] = await self._complete(ahead.kind, ahead.plan, values)
        return [
            {name: columns[name][place] if name in columns else answer[name] for name in plan.names}
            for place, answer in enumerate(answers)
        ]

    async def _complete(self, kind: GraphQLOutputType, plan: _Plan | None, values: list[Any]) -> list[Any]:
        """Each of the values as the type wants it; objects below them are read together."""
        if isinstance(kind, GraphQLNonNull):
            found = await self._complete(kind.of_type, plan, values)
            if any(value is None for value in found):
                raise TypeError("null")
            return found
        there = [value for value in values if value is not None]
        if isinstance(kind, GraphQLList):
            if not all(isinstance(value, list) for value in there):
                raise TypeError("no list")
            items = iter(await self._complete(kind.of_type, plan, [item for value in there for item in value]))
            return [None if value is None else [next(items) for _ in value] for value in values]
        done = iter(await self._read(plan, there) if plan is not None else map(_leaf(cast("Any", kind)), there))
        return [None if value is None else next(done) for value in values]

    def _plan(self, parent_type: GraphQLObjectType, fields: Fields) -> _Plan:
        key = (parent_type.name, id(fields))
        plan = self._plans.get(key)
        if plan is None:
            found = {name: self._reader(parent_type, details) for name, details in fields.items()}
            quick = {name: read for name, read in found.items() if read is not None}
            slow = {name: details for name, details in fields.items() if name not in quick}
            asked = {name: self._ahead(parent_type, details) for name, details in slow.items()}
            plan = _Plan(fields, quick, {name: ahead for name, ahead in asked.items() if ahead is not None})
            self._plans[key] = plan
        return plan

    def _plan_of(self, kind: GraphQLObjectType, details: Any) -> _Plan | None:
        fields, deferred, _ = self.collect_subfields(kind, details)
        return None if deferred else self._plan(kind, fields)

    def _ahead(self, parent_type: GraphQLObjectType, details: Any) -> _Ahead | None:
        """For a field of a row, all of whose selection can be read so; None for any other."""
        field = self.schema.get_field(parent_type, details[0].node.name.value)
        definition = field.extensions.get("strawberry-definition") if field is not None else None
        if field is None or not isinstance(definition, StrawberryField) or not _is_of_row(definition):
            return None
        kind, plan = get_named_type(field.type), None
        if isinstance(kind, GraphQLObjectType):
            plan = self._plan_of(kind, details)
            if plan is None or not plan.whole:
                return None
        elif not is_leaf_type(kind):
            return None
        return _Ahead(self._asking(parent_type, field, details), field.type, plan)

    def _asking(self, parent_type: GraphQLObjectType, field: GraphQLField, details: Any) -> Callable[[Any], Any]:
        """The field's resolver, with what is the same for all sources: its arguments, and where it was asked for."""
        node = details[0].node
        path = Path(None, node.name.value, parent_type.name)
        info = self.build_resolve_info(field, [each.node for each in details], parent_type, path)
        given = details[0].fragment_variable_values
        arguments = get_argument_values(field, node, self.variable_values, given) if field.args else {}
        resolve = field.resolve
        assert resolve is not None, "Strawberry gives every field a resolver."
        return lambda source: resolve(source, info, **arguments)

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
            plan = self._plan_of(kind, details)
            return _object(plan) if plan is not None and not plan.rest else None
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
    return not definition.init and _is_of_row(definition)


def _is_of_row(definition: StrawberryField) -> bool:
    return isinstance(definition.origin, type) and issubclass(definition.origin, Held)


async def _together(asked: Sequence[Any]) -> list[Any]:
    """What the resolvers give. Those that wait for futures of loaders are gone on with when all of these have come."""
    found = list(asked)
    waiting = [(place, value) for place, value in enumerate(asked) if isinstance(value, Coroutine)]
    try:
        while waiting:
            still, futures = [], set()
            for place, coroutine in waiting:
                try:
                    future = coroutine.send(None)
                except StopIteration as ended:
                    found[place] = ended.value
                else:
                    still.append((place, coroutine))
                    if future is not None:
                        future._asyncio_future_blocking = False
                        futures.add(future)
            waiting = still
            if futures:
                await asyncio.wait(futures)
            elif waiting:
                await asyncio.sleep(0)
    finally:
        for _, coroutine in waiting:
            coroutine.close()
    return found


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

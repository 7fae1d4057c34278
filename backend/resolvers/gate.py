"""The one door to the schema, whatever the transport: limits, validation and roles before anything is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionContext, StreamExecutionResult

from backend.resolvers import faults, guard
from backend.resolvers.context import Context
from backend.resolvers.documents import Documents, Prepared
from backend.resolvers.executor import QuickExecutor


class Gate(SchemaExtension):
    """HTTP and WebSocket operations both pass through here; the schema's own validation is not run a second time."""

    def on_parse(self) -> Iterator[None]:
        execution = self.execution_context
        execution.graphql_document = prepared(execution).document
        yield

    def on_validate(self) -> Iterator[None]:
        execution = self.execution_context
        context: Context = execution.context
        schema = cast("GatedSchema", execution.schema)
        execution.pre_execution_errors = []
        if not context.admitted:
            execution.pre_execution_errors = prepared(execution).refusals(
                schema.access, context.identity, execution._provided_operation_name, execution.variables or {}
            )
        yield

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        errors = result.errors if isinstance(result, strawberry.types.ExecutionResult) else None
        if errors:
            suggestions = self.execution_context.context.identity is not None
            errors[:] = [_shown(error, suggestions) for error in errors]
        yield


class GatedSchema(strawberry.Schema):
    """A schema behind the gate. What its errors look like is decided in faults.py, which also logs them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, extensions=[Gate], execution_context_class=QuickExecutor)
        self.access = guard.access_table(self._schema)
        self.documents = Documents(self._schema)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing here: the stock method logs every user's typing mistake with a traceback."""


def prepared(execution: ExecutionContext) -> Prepared:
    context: Context = execution.context
    query = execution.query or ""
    if context.prepared is None or context.prepared[0] != query:
        documents = cast("GatedSchema", execution.schema).documents
        context.prepared = (query, documents.prepare(query, suggestions=context.identity is not None))
    return cast("Prepared", context.prepared[1])


def _shown(error: GraphQLError, suggestions: bool) -> GraphQLError:
    entry = faults.present(error, suggestions=suggestions)
    return GraphQLError(entry["message"], error.nodes, path=error.path, extensions=entry["extensions"])

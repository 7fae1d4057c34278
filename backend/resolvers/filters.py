"""An OrderFilter that came as JSON instead of as a GraphQL variable: in a saved search, in a URL."""

from __future__ import annotations

from typing import Any, cast

from graphql import GraphQLError, GraphQLInputObjectType
from graphql.utilities import coerce_input_value, validate_input_value
from strawberry.schema.base import BaseSchema
from strawberry.types.base import get_object_definition

import backend.schema.enums  # noqa: F401 - the word lists are declared before the fields that use them
from backend.errors import ErrorCode, Problem, Refused
from backend.schema.order_inputs import OrderFilter

_MAX_PROBLEMS = 20


def order_filter(schema: BaseSchema, value: Any, *path: str) -> OrderFilter:
    """Refuses what a search would not take, each problem at its place below `path`."""
    problems: list[Problem] = []

    def note(error: GraphQLError, at: list[str | int]) -> None:
        problems.append(Problem(ErrorCode.INVALID, error.message, (*path, *(str(part) for part in at))))

    kind = cast("GraphQLInputObjectType", schema._schema.type_map[OrderFilter.__name__])  # type: ignore[attr-defined]
    if value is None:
        problems.append(Problem(ErrorCode.INVALID, "A filter is an object; {} finds everything.", path))
    else:
        validate_input_value(value, kind, note, hide_suggestions=True)
    if problems:
        raise Refused(*problems[:_MAX_PROBLEMS])
    build = get_object_definition(OrderFilter, strict=True).from_input
    assert build is not None, "schema/conversion.py plans every input."
    return cast("OrderFilter", build(OrderFilter, coerce_input_value(value, kind), cast("Any", None)))

"""Query texts, parsed and examined: what does not depend on who asks is done once and kept for the next request."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from backend.resolvers import guard, limits
from backend.resolvers.guard import AccessTable, Selected
from backend.rules.permissions import Actor

_KEPT = 500
_KEPT_LENGTH = 20_000
_MAX_LENGTH = 200_000
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that passed the limits. `errors` are those of validation; then there is nothing `asked`."""

    document: DocumentNode
    shape: limits.Shape
    errors: list[GraphQLError]
    asked: dict[str | None, Selected]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation to be run, or None where the name is missing, ambiguous or unknown."""
        found = [node for node in self.document.definitions if isinstance(node, OperationDefinitionNode)]
        if name is not None:
            found = [node for node in found if node.name and node.name.value == name]
        return found[0] if len(found) == 1 else None

    def refusals(
        self, table: AccessTable, actor: Actor | None, name: str | None, variables: Mapping[str, Any]
    ) -> list[GraphQLError]:
        """Why this operation is not run for this actor: invalid, too expensive, or not theirs to ask."""
        if self.errors:
            return self.errors
        operation = self.operation(name)
        if operation is None:
            return [limits.too_much("Say which operation to run: operationName names none, or several are there.")]
        key = operation.name.value if operation.name else None
        refusal = guard.check(table, self.asked[key], actor) or limits.check_cost(self.shape, key, variables)
        return [refusal] if refusal else []


class Documents:
    """A bounded store of prepared documents, least recently used out first. Only valid ones are kept."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.kept: OrderedDict[str, Prepared] = OrderedDict()

    def prepare(self, query: str, *, suggestions: bool) -> Prepared:
        """Raises GraphQLError for what is no document, or one beyond the limits."""
        known = self.kept.get(query)
        if known is not None:
            self.kept.move_to_end(query)
            return known
        prepared = self._prepare(query, suggestions)
        if not prepared.errors and len(query) <= _KEPT_LENGTH:
            self.kept[query] = prepared
            if len(self.kept) > _KEPT:
                self.kept.popitem(last=False)
        return prepared

    def _prepare(self, query: str, suggestions: bool) -> Prepared:
        if len(query) > _MAX_LENGTH:
            raise limits.too_much(f"A document may have {_MAX_LENGTH} characters; values belong in variables.")
        try:
            document = parse(query, max_tokens=limits.MAX_TOKENS, max_comments=limits.MAX_TOKENS)
        except RecursionError as error:
            raise limits.too_much("The document is nested too deeply.") from error
        shape = limits.examine(self.schema, document)
        errors = validate(self.schema, document, _RULES, max_errors=20, hide_suggestions=not suggestions)
        return Prepared(document, shape, errors, {} if errors else guard.selected(self.schema, document))


def is_subscription(operation: OperationDefinitionNode) -> bool:
    return operation.operation is OperationType.SUBSCRIPTION


def is_mutation(operation: OperationDefinitionNode | None) -> bool:
    return operation is not None and operation.operation is OperationType.MUTATION

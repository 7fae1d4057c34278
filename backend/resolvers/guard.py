"""What a role may ask: checked once per operation over its validated selection, never per row.

Deny by default. Nobody but sessionCreate is open to those who are not logged in; below it they may read what every
role may read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from backend.rules.permissions import READERS, Actor
from backend.rules.vocabulary import Role
from backend.schema.access import ROLES, TYPE_ROLES

#: (type, field) as GraphQL names them → who may ask; what is missing here nobody may.
AccessTable = dict[tuple[str, str], frozenset[Role]]
ANONYMOUS = ("Mutation", "sessionCreate")


def access_table(schema: GraphQLSchema) -> AccessTable:
    """Read from the fields' metadata, once, when the schema is made."""
    table: AccessTable = {}
    for kind in schema.type_map.values():
        definition = kind.extensions.get("strawberry-definition")
        for name, declared in getattr(kind, "fields", {}).items():
            if kind.name.startswith("__") or definition is None:
                continue
            roles = _roles_of(declared.extensions.get("strawberry-definition"), definition.origin)
            if roles:
                table[kind.name, name] = frozenset(roles)
    return table


def _roles_of(declared: Any, owner: type) -> frozenset[Role] | None:
    """A field's own roles, or those of the very class that declares it: a mark is not inherited by new fields."""
    own: frozenset[Role] | None = getattr(declared, "metadata", {}).get(ROLES)
    return own or vars(getattr(declared, "origin", None) or owner).get(TYPE_ROLES)


@dataclass(slots=True)
class Selected:
    """What an operation asks for: its root fields as (type, field), and each (type, field) below a root, once."""

    roots: list[tuple[str, str]] = field(default_factory=list)
    below: set[tuple[str, str]] = field(default_factory=set)


def selected(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Selected]:
    """By operation name. The document is valid; each fragment is visited once per operation."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    found = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            walk = _Walk(schema, fragments)
            walk.root(node.selection_set, schema.get_root_type(node.operation))
            found[node.name.value if node.name else None] = walk.found
    return found


class _Walk:
    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.schema = schema
        self.fragments = fragments
        self.found = Selected()
        self.visited: set[tuple[str, bool]] = set()

    def root(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None) -> None:
        self._selections(selection_set, parent, at_root=True)

    def _selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, *, at_root: bool) -> None:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                self._field(selection, parent, at_root)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if (name, at_root) not in self.visited:
                    self.visited.add((name, at_root))
                    fragment = self.fragments[name]
                    kind = self.schema.type_map[fragment.type_condition.name.value]
                    self._selections(fragment.selection_set, kind, at_root=at_root)
            else:
                assert isinstance(selection, InlineFragmentNode)
                condition = selection.type_condition
                kind_here = self.schema.type_map[condition.name.value] if condition else parent
                self._selections(selection.selection_set, kind_here, at_root=at_root)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, at_root: bool) -> None:
        assert parent is not None
        name = node.name.value
        if name == "__typename" or (parent.name.startswith("__") and not at_root):
            return
        (self.found.roots.append if at_root else self.found.below.add)((parent.name, name))
        if node.selection_set is None or name in ("__schema", "__type"):
            return
        declared = getattr(parent, "fields", {})[name]
        self._selections(node.selection_set, get_named_type(declared.type), at_root=False)


def check(table: AccessTable, asked: Selected, actor: Actor | None) -> GraphQLError | None:
    """The refusal of an operation, or None."""
    if actor is None:
        return _check_anonymous(table, asked)
    for entry in (*asked.roots, *asked.below):
        if entry[1] in ("__schema", "__type"):
            continue
        allowed = table.get(entry)
        if allowed is None or not actor.has(allowed):
            return GraphQLError(f"Your role may not ask for {entry[0]}.{entry[1]}.", extensions={"code": "FORBIDDEN"})
    return None


def _check_anonymous(table: AccessTable, asked: Selected) -> GraphQLError | None:
    for root in asked.roots:
        if root != ANONYMOUS:
            return GraphQLError("Log in first.", extensions={"code": "UNAUTHENTICATED"})
    for entry in asked.below:
        if table.get(entry) != READERS:
            return GraphQLError(f"Log in to ask for {entry[0]}.{entry[1]}.", extensions={"code": "UNAUTHENTICATED"})
    return None

"""What an operation may cost: one linear pass over the document that visits each fragment once.

The pass runs before validation, whose rules are not safe against hostile documents: it refuses cycles and everything
that the rules would multiply. Costs and depths of fragments are computed once and reused wherever they are spread, so
that 2^n spreads cost n steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
)

MAX_TOKENS = 8_000
MAX_DEPTH = 16
MAX_NESTING = 60
MAX_FIELDS = 1_500
MAX_ROOT_FIELDS = 20
MAX_ALIASES = 100
MAX_REPEATS = 60
MAX_DIRECTIVES = 50
MAX_DEFINITIONS = 60
MAX_SPREADS = 200
MAX_NAME = 100
#: Objects that an operation may ask for, were every page and every list full.
MAX_COST = 60_000

#: What a list that is not a connection is taken to hold.
LIST_SIZE = 5
PAGE_SIZE = 25
_CEILING = 10**9


def too_much(message: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "BAD_USER_INPUT"})


@dataclass(slots=True)
class Weight:
    """A selected object: `size` of them (or the variable that says how many), each with its `parts`."""

    size: int | str
    parts: list[Weight | str] = field(default_factory=list)


@dataclass(slots=True)
class Shape:
    """What costs are computed from, for each request's own variables. Parts that are strings name fragments."""

    operations: dict[str | None, list[Weight | str]] = field(default_factory=dict)
    fragments: dict[str, list[Weight | str]] = field(default_factory=dict)
    defaults: dict[str, int] = field(default_factory=dict)

    def cost(self, operation: str | None, variables: Mapping[str, Any]) -> int:
        known: dict[str, int] = {}

        def total(parts: Iterable[Weight | str]) -> int:
            return min(sum(one(part) for part in parts), _CEILING)

        def one(part: Weight | str) -> int:
            if isinstance(part, str):
                if part not in known:
                    known[part] = total(self.fragments.get(part, ()))
                return known[part]
            return self._size(part.size, variables) * (1 + total(part.parts))

        return total(self.operations.get(operation, ()))

    def _size(self, size: int | str, variables: Mapping[str, Any]) -> int:
        if isinstance(size, int):
            return size
        given = variables.get(size, self.defaults.get(size, PAGE_SIZE))
        return max(given, 1) if isinstance(given, int) and not isinstance(given, bool) else PAGE_SIZE


def check_cost(shape: Shape, operation: str | None, variables: Mapping[str, Any]) -> GraphQLError | None:
    cost = shape.cost(operation, variables)
    if cost <= MAX_COST:
        return None
    return too_much(f"This operation may ask for {cost} objects; {MAX_COST} are allowed. Ask for smaller pages.")


def examine(schema: GraphQLSchema, document: DocumentNode) -> Shape:
    """The shape of a document; raises GraphQLError for one that is too large, too deep, or goes in circles."""
    if len(document.definitions) > MAX_DEFINITIONS:
        raise too_much(f"A document may have {MAX_DEFINITIONS} definitions.")
    return _Examination(schema, document).run()


class _Examination:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.document = document
        definitions = document.definitions
        self.fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
        self.shape = Shape()
        self.depths: dict[str, int | None] = {}
        self.counts: Counter[str] = Counter()
        self.limits = {
            "fields": MAX_FIELDS,
            "aliases": MAX_ALIASES,
            "directives": MAX_DIRECTIVES,
            "repeated fields": MAX_REPEATS,
            "fragment spreads": MAX_SPREADS,
        }

    def run(self) -> Shape:
        # First every fragment, also those that nothing spreads: validation will look at them all.
        for name in self.fragments:
            self._fragment_depth(name, 0)
        for node in self.document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._operation(node)
        return self.shape

    def _operation(self, node: OperationDefinitionNode) -> None:
        root = self.schema.get_root_type(node.operation)
        parts: list[Weight | str] = []
        self._directives(node.directives)
        for variable in node.variable_definitions or ():
            self._name(variable.variable.name.value)
            self._directives(variable.directives)
            if isinstance(variable.default_value, IntValueNode):
                self.shape.defaults[variable.variable.name.value] = _int(variable.default_value)
            elif variable.default_value is not None:
                self._value(variable.default_value, 0)
        if len(node.selection_set.selections) > MAX_ROOT_FIELDS:
            raise too_much(f"An operation may have {MAX_ROOT_FIELDS} root fields.", node)
        depth = self._selections(node.selection_set, root, parts, 0)
        if depth > MAX_DEPTH:
            raise too_much(f"An operation may be {MAX_DEPTH} fields deep.", node)
        name = node.name.value if node.name else None
        if name is not None:
            self._name(name)
        self.shape.operations[name] = parts

    def _fragment_depth(self, name: str, nesting: int) -> int:
        """How many fields deep; 0 for a fragment that does not exist, which validation reports."""
        fragment = self.fragments.get(name)
        if fragment is None:
            return 0
        if name in self.depths:
            known = self.depths[name]
            if known is None:
                raise too_much(f"Cannot spread fragment '{name}' within itself.", fragment)
            return known
        self.depths[name] = None
        self._name(name)
        self._directives(fragment.directives)
        parts: list[Weight | str] = []
        kind = self.schema.type_map.get(fragment.type_condition.name.value)
        depth = self._selections(fragment.selection_set, kind, parts, nesting + 1)
        self.shape.fragments[name] = parts
        self.depths[name] = depth
        return depth

    def _selections(
        self,
        selection_set: SelectionSetNode,
        parent: GraphQLNamedType | None,
        parts: list[Weight | str],
        nesting: int,
        seen: set[str] | None = None,
    ) -> int:
        if nesting > MAX_NESTING:
            raise too_much("The document is nested too deeply.", selection_set)
        seen = set() if seen is None else seen
        deepest = 0
        for selection in selection_set.selections:
            self._directives(selection.directives)
            if isinstance(selection, FieldNode):
                depth = self._field(selection, parent, parts, nesting, seen)
            elif isinstance(selection, FragmentSpreadNode):
                self._count("fragment spreads", selection)
                depth = self._fragment_depth(selection.name.value, nesting)
                parts.append(selection.name.value)
            else:
                assert isinstance(selection, InlineFragmentNode)
                self._count("fragment spreads", selection)
                condition = selection.type_condition
                kind = self.schema.type_map.get(condition.name.value) if condition else parent
                depth = self._selections(selection.selection_set, kind, parts, nesting + 1, seen)
            deepest = max(deepest, depth)
        return deepest

    def _field(
        self,
        node: FieldNode,
        parent: GraphQLNamedType | None,
        parts: list[Weight | str],
        nesting: int,
        seen: set[str],
    ) -> int:
        self._count("fields", node)
        self._name(node.name.value)
        response_name = node.name.value
        if node.alias is not None:
            self._count("aliases", node)
            response_name = node.alias.value
            self._name(response_name)
        # Merging fields of one name is quadratic in their number.
        if response_name in seen:
            self._count("repeated fields", node)
        seen.add(response_name)
        for argument in node.arguments or ():
            self._value(argument.value, 0)
        if node.selection_set is None:
            return 1
        declared: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        weight = Weight(_size(node, declared, parent))
        parts.append(weight)
        kind = get_named_type(declared.type) if declared else None
        return 1 + self._selections(node.selection_set, kind, weight.parts, nesting + 1)

    def _directives(self, directives: Iterable[DirectiveNode] | None) -> None:
        for directive in directives or ():
            self._count("directives", directive)
            for argument in directive.arguments or ():
                self._value(argument.value, 0)

    def _value(self, value: Any, nesting: int) -> None:
        if nesting > MAX_NESTING:
            raise too_much("The document is nested too deeply.", value)
        if isinstance(value, StringValueNode):
            if "\x00" in value.value:
                raise too_much("Text must not hold NUL characters.", value)
        elif isinstance(value, ListValueNode):
            for item in value.values:
                self._value(item, nesting + 1)
        elif isinstance(value, ObjectValueNode):
            for part in value.fields:
                self._value(part.value, nesting + 1)

    def _count(self, what: str, node: Node) -> None:
        self.counts[what] += 1
        if self.counts[what] > self.limits[what]:
            raise too_much(f"A document may have {self.limits[what]} {what}.", node)

    def _name(self, name: str) -> None:
        if len(name) > MAX_NAME:
            raise too_much(f"Names may have {MAX_NAME} characters.")


def _size(node: FieldNode, declared: GraphQLField | None, parent: GraphQLNamedType | None) -> int | str:
    """How many objects a field stands for: the page asked for, or a guess for lists."""
    if declared is None:
        return 1
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            if isinstance(argument.value, VariableNode):
                return argument.value.name.value
            if isinstance(argument.value, IntValueNode):
                return max(_int(argument.value), 1)
        if argument.name.value == "ids" and isinstance(argument.value, ListValueNode):
            return max(len(argument.value.values), 1)
    if "first" in declared.args:
        return PAGE_SIZE
    kind = declared.type.of_type if isinstance(declared.type, GraphQLNonNull) else declared.type
    in_page = parent is not None and parent.name.endswith("Connection")
    return LIST_SIZE if is_list_type(kind) and not in_page and not (parent and parent.name.startswith("__")) else 1


def _int(node: IntValueNode) -> int:
    return int(node.value) if len(node.value) < 12 else _CEILING

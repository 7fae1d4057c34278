"""The schema against the contract: nothing breaks it but what is still to come, all of which is named here."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, InputValueDefinitionNode, build_schema, find_breaking_changes, parse, print_ast

from backend.resolvers.schema import export, schema

TEXT = Path(__file__).with_name("contract.graphql").read_text(encoding="utf-8")
CONTRACT = build_schema(TEXT)
OURS = schema._schema
COMMITTED = Path(__file__).parents[2] / "backend" / "schema" / "schema.graphql"

#: What later work brings. This list may only shrink: what is there may not be listed.
TO_COME: set[str] = set()


def test_nothing_breaks_the_contract_but_what_is_still_to_come() -> None:
    broken = {change.description for change in find_breaking_changes(CONTRACT, OURS)}
    assert broken - TO_COME == set()
    assert TO_COME - broken == set(), "These are there: take them off the list."


def defaults(text: str) -> dict[str, str | None]:
    """Every argument and input field → its default value, as written."""
    found: dict[str, str | None] = {}
    for kind in parse(text).definitions:
        for field in getattr(kind, "fields", ()) or ():
            place = f"{kind.name.value}.{field.name.value}"
            for argument in getattr(field, "arguments", ()) or ():
                found[f"{place}({argument.name.value}:)"] = written(argument)
            if isinstance(field, InputValueDefinitionNode):
                found[place] = written(field)
    return found


def written(declared: InputValueDefinitionNode) -> str | None:
    return print_ast(declared.default_value) if declared.default_value else None


def test_defaults_are_those_of_the_contract() -> None:
    promised, ours = defaults(TEXT), defaults(export())
    both = promised.keys() & ours.keys()
    assert len(both) > 300
    assert {key: ours[key] for key in both} == {key: promised[key] for key in both}


@pytest.mark.parametrize("name", sorted(set(CONTRACT.type_map) & set(OURS.type_map)))
def test_types_are_as_strict_as_the_contract(name: str) -> None:
    """find_breaking_changes lets an output become stricter and an input laxer; here both are exactly as promised."""
    promised, ours = CONTRACT.type_map[name], OURS.type_map[name]
    if isinstance(promised, GraphQLEnumType):
        assert isinstance(ours, GraphQLEnumType)
        assert list(ours.values) == list(promised.values)
        return
    fields, found = getattr(promised, "fields", {}), getattr(ours, "fields", {})
    shared = [key for key in fields if key in found]
    assert {key: str(found[key].type) for key in shared} == {key: str(fields[key].type) for key in shared}


def test_the_committed_schema_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == export(), "Run `crossdock export-schema`."


def test_the_committed_schema_says_the_whole_schema() -> None:
    committed = build_schema(COMMITTED.read_text(encoding="utf-8"))
    assert find_breaking_changes(committed, OURS) == []

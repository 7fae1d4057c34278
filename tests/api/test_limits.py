"""What an operation may cost. Every hostile document is answered within milliseconds."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

import pytest
from graphql import GraphQLError, build_schema, get_introspection_query

from backend.resolvers import limits
from backend.resolvers.documents import Documents, Prepared

SCHEMA = build_schema(
    """
    interface Node { id: ID! }
    type Order implements Node {
      id: ID! number: String customer: Customer lines: [Line!]! orders(first: Int): OrderConnection!
    }
    type Line implements Node { id: ID! order: Order! }
    type Customer implements Node { id: ID! name: String orders(first: Int, after: String): OrderConnection! }
    type OrderEdge { cursor: String! node: Order! }
    type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! }
    input Filter { text: String not: Filter }
    type Query {
      node(id: ID!): Node order: Order
      orders(first: Int, last: Int, filter: Filter, words: [String!]): OrderConnection!
    }
    """
)


def prepare(query: str) -> Prepared:
    return Documents(SCHEMA).prepare(query, suggestions=True)


def cost(query: str, **variables: object) -> int:
    prepared = prepare(query)
    assert not prepared.errors
    return prepared.shape.cost(None, variables)


@pytest.fixture(autouse=True)
def own_garbage_alone() -> Iterator[None]:
    """What a thousand other tests have left in this process is not walked through on the time measured here."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def refusal(query: str) -> str:
    """The message of a document that is refused, in less than 300 ms of this process's time, most of it parsing."""
    started = time.process_time()
    with pytest.raises(GraphQLError) as caught:
        prepare(query)
    assert time.process_time() - started < 0.3
    return caught.value.message


def test_a_page_costs_its_size_times_what_each_object_costs() -> None:
    assert cost("{ order { number } }") == 1
    assert cost("{ orders(first: 10) { nodes { number } } }") == 10 * (1 + 1)
    assert cost("{ orders(first: 10) { nodes { number customer { name } lines { id } } } }") == 10 * (1 + (1 + 1 + 5))
    assert cost("{ orders { edges { node { number } } } }") == limits.PAGE_SIZE * (1 + (1 + 1))
    assert cost("{ orders(last: 7) { nodes { id } } }") == 7 * 2


def test_page_sizes_come_from_variables_and_their_defaults() -> None:
    query = "query ($n: Int = 3) { orders(first: $n) { nodes { id } } }"
    assert cost(query) == 3 * 2
    assert cost(query, n=50) == 50 * 2
    assert cost(query, n="many") == limits.PAGE_SIZE * 2
    assert cost(query, n=-4) == 2


def test_nested_pages_multiply_and_are_refused() -> None:
    query = "{ orders(first: 100) { nodes { customer { orders(first: 100) { nodes { lines { id } } } } } } }"
    prepared = prepare(query)
    error = limits.check_cost(prepared.shape, None, {})
    assert error is not None
    assert error.message.startswith("This operation may ask for ")
    assert error.extensions == {"code": "BAD_USER_INPUT"}


def test_fragments_count_wherever_they_are_spread() -> None:
    query = "fragment A on Order { lines { id } } { a: order { ...A } b: order { ...A ...A } }"
    assert cost(query) == (1 + 5) + (1 + 5 + 5)


def test_a_fragment_bomb_costs_as_many_steps_as_it_has_characters() -> None:
    bomb = "".join(
        f"fragment F{i} on Order {{ a: orders {{ nodes {{ ...F{i + 1} }} }} b: orders {{ nodes {{ ...F{i + 1} }} }} }} "
        for i in range(4)
    )
    bomb += "fragment F4 on Order { id } { order { ...F0 } }"
    started = time.process_time()
    prepared = prepare(bomb)
    assert time.process_time() - started < 0.05
    assert limits.check_cost(prepared.shape, None, {}) is not None


def test_thirty_generations_of_doubled_spreads_are_refused_at_once() -> None:
    bomb = "".join(f"fragment F{i} on Order {{ a: customer {{ id }} ...F{i + 1} ...F{i + 1} }} " for i in range(30))
    started = time.process_time()
    prepared = Documents(SCHEMA).prepare(bomb + "fragment F30 on Order { id } { order { ...F0 } }", suggestions=True)
    assert time.process_time() - started < 0.05
    assert limits.check_cost(prepared.shape, None, {}) is not None


def test_deep_bombs_of_aliases_and_fragments_are_refused() -> None:
    bomb = "".join(
        f"fragment F{i} on Order {{ x: customer {{ orders {{ nodes {{ ...F{i + 1} }} }} }}"
        f" y: customer {{ orders {{ nodes {{ ...F{i + 1} }} }} }} }} "
        for i in range(25)
    )
    assert "deep" in refusal(bomb + "fragment F25 on Order { id } { order { ...F0 } }")


@pytest.mark.parametrize(
    "query",
    [
        "fragment A on Order { ...A } { order { ...A } }",
        "fragment A on Order { ...B } fragment B on Order { ...A } { order { id } }",
        "fragment A on Order { customer { orders { nodes { ...A } } } } { order { ...A } }",
    ],
)
def test_circles_are_refused_before_validation(query: str) -> None:
    assert "within itself" in refusal(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ order { " + "orders { nodes { " * 9 + "id" + " } }" * 9 + " } }", "16 fields deep"),
        ("{ order {" + " ...on Order {" * 100 + "id" + "}" * 100 + " } }", "nested too deeply"),
        ("{" + " ".join(f"a{i}: order {{ id }}" for i in range(21)) + "}", "20 root fields"),
        ("{ order {" + " ".join(f"a{i}: id" for i in range(101)) + "} }", "100 aliases"),
        ("{ order {" + " id" * 62 + "} }", "60 repeated fields"),
        ("{ order { id" + " @skip(if: false)" * 51 + "} }", "50 directives"),
        (" ".join(f"query Q{i} {{ order {{ id }} }}" for i in range(61)), "60 definitions"),
        ("{ order {" + " ...on Order { id }" * 201 + "} }", "repeated fields"),
        ("{ order { " + "x" * 101 + " } }", "100 characters"),
        ('{ node(id: "\\u0000") { id } }', "NUL"),
        ("{ orders(filter: " + "{not: " * 61 + "{}" + "}" * 61 + ") { nodes { id } } }", "nested too deeply"),
        ("{" + "a{" * 3000 + "a" + "}" * 3000 + "}", ""),
        ("{" + " a" * 8001 + "}", "8000 tokens"),
        ("#" * 200_001, "200000 characters"),
    ],
)
def test_what_rules_would_multiply_is_bounded(query: str, message: str) -> None:
    assert message in refusal(query)


def test_many_fragments_over_the_same_fields_are_validated_quickly() -> None:
    body = "number customer { name orders { nodes { id } } }"
    fragments = " ".join(f"fragment F{i} on Order {{ {body} }}" for i in range(50))
    query = f"{fragments} {{ order {{ {' '.join(f'...F{i}' for i in range(50))} }} }}"
    started = time.process_time()
    prepared = prepare(query)
    assert not prepared.errors
    assert time.process_time() - started < 0.5


def test_the_introspection_query_of_the_tools_passes() -> None:
    prepared = prepare(get_introspection_query(specified_by_url=True, input_value_deprecation=True))
    assert not prepared.errors
    assert limits.check_cost(prepared.shape, "IntrospectionQuery", {}) is None


def test_valid_documents_are_parsed_once_and_invalid_ones_not_kept() -> None:
    documents = Documents(SCHEMA)
    first = documents.prepare("{ order { id } }", suggestions=True)
    assert documents.prepare("{ order { id } }", suggestions=True) is first
    assert documents.prepare("{ order { nope } }", suggestions=True).errors
    assert list(documents.kept) == ["{ order { id } }"]


def test_suggestions_are_for_those_who_are_logged_in() -> None:
    shown = Documents(SCHEMA).prepare("{ order { numbr } }", suggestions=True).errors[0].message
    hidden = Documents(SCHEMA).prepare("{ order { numbr } }", suggestions=False).errors[0].message
    assert shown == "Cannot query field 'numbr' on type 'Order'. Did you mean 'number'?"
    assert hidden == "Cannot query field 'numbr' on type 'Order'."

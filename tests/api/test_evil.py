"""The evil list: whatever is sent, there is a clear answer within a second, and never a fault of ours."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    get_named_type,
)
from structlog.testing import capture_logs

from backend.models import db
from backend.resolvers.schema import schema
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api.conftest import Api

CORE = schema._schema

TEXTS = [
    "", " ", "x", "x" * 300, "x" * 50_000, "\u202e", "🏃" * 100, "'; DROP TABLE sales_order; --", "%", "_", "\\",
    "\u0001", "\u007f", "{{7*7}}", "../../etc/passwd", "S1", "web", "USD", "usd", "US", "-1", "NaN", "null", "a@b.co",
    "\n\r\t", "Europe/Berlin", "America/Los_Angeles", "DTSTART:x", "\ufeff", "İ", "ß", "1e5", "http://169.254.169.254/",
]  # fmt: skip
INTEGERS = [0, 1, -1, 2, 99, 100_001, 2_147_483_647, -2_147_483_648]
DECIMALS = ["0", "1", "-1", "9.41", "0.001", "1" * 30, "9" * 30 + ".9", "-0", "0.00000000000000000001", "99999999.99"]
INSTANTS = ["2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"]
WRONG: list[Any] = [None, True, 1.5, [], {}, [[]], {"a": 1}, 2**31, 2**63, -(2**63), 1e308, "text", "\u2603"]
JSONS: list[Any] = [{}, {"a": {"b": [1, 2.5, None, "x"]}}, [], "x", 1, None, {"k" * 1000: "v"}, {"a": "x" * 40_000}]


class Generator:
    """Values for an input, from a seed: mostly of the right shape, now and then of none."""

    def __init__(self, seed: int, ids: list[str]) -> None:
        self.random = random.Random(seed)
        self.ids = ids

    def value(self, kind: Any, depth: int = 0) -> Any:
        if self.random.random() < 0.01:
            return self.random.choice(WRONG)
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, depth)
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, depth + 1) for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
        if isinstance(kind, GraphQLInputObjectType):
            return self.record(kind, depth)
        return self.leaf(kind)

    def record(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        made = {}
        for name, field in kind.fields.items():
            needed = isinstance(field.type, GraphQLNonNull)
            if self.random.random() < (0.99 if needed else 0.4 if depth < 4 else 0):
                made[name] = self.value(field.type, depth + 1)
        return made

    def leaf(self, kind: GraphQLNamedType) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice([*kind.values, "NOPE"] if self.random.random() < 0.1 else list(kind.values))
        pool: list[Any] = {
            "ID": [*self.ids, "x"],
            "Int": INTEGERS,
            "Float": [0, 1.5, -91, 200.1, 1e308],
            "Boolean": [True, False],
            "Decimal": DECIMALS,
            "DateTime": INSTANTS,
            "Date": ["2026-01-01", "0000-00-00"],
            "JSON": JSONS,
        }.get(kind.name, TEXTS)
        return self.random.choice(pool)


def calls() -> list[tuple[str, str]]:
    """(field, operation) of every root field, its arguments as variables."""
    made = []
    for root in (CORE.query_type, CORE.mutation_type):
        assert root is not None
        for name, field in root.fields.items():
            if name.startswith("session"):
                continue
            variables = ", ".join(f"${key}: {argument.type}" for key, argument in field.args.items())
            arguments = ", ".join(f"{key}: ${key}" for key in field.args)
            below = " { __typename }" if hasattr(get_named_type(field.type), "fields") else ""
            start = f"{root.name.lower()} ({variables})" if variables else root.name.lower()
            call = f"{name}({arguments})" if arguments else name
            made.append((name, f"{start} {{ {call}{below} }}"))
    return made


async def known_ids(api: Api) -> list[str]:
    created = await api.do(
        """mutation { orderCreate(input: {channel: "web", currency: "USD", draft: false, email: "a@b.co"
             shippingAddress: {line1: "1 Main St", city: "Reno", country: "US"}
             payments: [{gateway: "sandbox", method: CARD, amount: "9.00", token: "sandbox_ok"}]
             lines: [{sku: "TEA", quantity: 2, unitPrice: "4.50"}]}) {
           order { id lines { id } payments { id } } userErrors { message } } }"""
    )
    order = created["orderCreate"]["order"]
    assert api.site_id is not None
    nobody = encode_id("Order", api.site_id)
    site = encode_id("InventorySite", api.site_id)
    return [order["id"], order["id"], order["id"], order["lines"][0]["id"], order["payments"][0]["id"], nobody, site]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
async def test_generated_requests_are_answered_clearly(api: Api, seed: int) -> None:
    generator = Generator(seed, await known_ids(api))
    for _ in range(9):
        for name, query in calls():
            root = CORE.mutation_type if query.startswith("mutation") else CORE.query_type
            assert root is not None
            variables = {key: generator.value(argument.type) for key, argument in root.fields[name].args.items()}
            started = time.process_time()
            with capture_logs() as logs:
                answer = await api.ask(query, variables)
            taken = time.process_time() - started
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            faults = [line for line in logs if line["log_level"] == "error"]
            assert "INTERNAL" not in codes, (query, json.dumps(variables)[:2000], faults)
            assert taken < 1, (query, taken)


@pytest.mark.parametrize(
    "query",
    [
        "{" * 5000,
        "{ me " * 400 + "}" * 400,
        "{ me { id" + " id" * 3000 + " } }",
        "query (" + "$a: Int, " * 2000 + ") { me { id } }",
        "{ me " + "@a " * 2000 + "{ id } }",
        "{ __typename " + " ".join(f"a{i}: __typename" for i in range(2000)) + "}",
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        "{ me(x: " + "[" * 2000 + "]" * 2000 + ") { id } }",
        'mutation { orderNoteAdd(input: {orderId: "x", body: "' + "x" * 150_000 + '"}) { userErrors { code } } }',
        "query Q { ...Q } fragment Q on Query { ...Q }",
        "\ufeff{ me { id } }",
        "{ me { id } } # " + "x" * 100_000,
        "subscription { __typename }",
        "type Query { a: Int }",
        "{ me { id } } type A { b: Int }",
        "query { me { id } } query { me { id } }",
        "{ me { id @skip(if: $x) } }",
        "{ me { ... @include(if: 3) { id } } }",
        "{ a: me { id } a: __typename }",
        "\u0000",
        "{ me { i\u0000d } }",
        "💥",
        "{ me { ...{ id } ...{ id } } }",
        "query ($a: [[[[[[Int!]!]!]!]!]!]! = [[[[[[1]]]]]]) { me { id } }",
        '{ __type(name: "' + "x" * 100_000 + '") { name } }',
        "fragment A on Nope { a } { me { ...A } }",
        "{ " + "x" * 50_000 + " }",
    ],
)
async def test_hostile_documents_are_answered_clearly(api: Api, query: str) -> None:
    for role in (None, Role.ADMIN):
        headers = {} if role is None else {"authorization": f"Bearer {api.keys[role]}"}
        started = time.process_time()
        response = await api.post(json.dumps({"query": query}), **headers)
        assert time.process_time() - started < 1
        assert response.status_code in (200, 400)
        codes = {error["extensions"]["code"] for error in response.json().get("errors", ())}
        assert codes <= {"BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN"}
    assert await db.fetchval("SELECT count(*) FROM sales_order") == 0

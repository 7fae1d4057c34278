"""Quick reading gives what the stock executor gives: the same answers, in the same order, and the same errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from backend.resolvers.executor import QuickExecutor
from backend.resolvers.schema import schema
from backend.schema.common import Held, column
from tests.api.conftest import Api
from tests.api.test_reads import FULL
from tests.api.world import full, stock, straight_through

SHAPES = """query ($yes: Boolean!, $no: Boolean!) { orders(first: 5) {
  nodes { __typename second: number number ...Money tags attributes @skip(if: $yes) email @include(if: $no)
    lines { ... on OrderLine { kind: __typename sku } again: sku total { amount } total { currency } }
    ... on Node { id } customer { name id } shippingAddress { ...Place } } }
  node(id: "nothing") { id } }
fragment Money on Order { totals { total { amount } due { ...Amount } } }
fragment Amount on Money { currency amount }
fragment Place on Address { city name line2 }"""


@pytest.fixture
async def shop(api: Api) -> Api:
    await stock("TEA", "CUP")
    await straight_through()
    for number in (1, 2, 3):
        await full(number, tags=["b", "a"], attributes={"gift": True})
    return api


class Strict(QuickExecutor):
    """Does not fall back: what can be read together is."""

    async def _ahead_or(self, reading: Awaitable[Any], _: Callable[[], Any]) -> Any:
        return await reading


async def both(api: Api, monkeypatch: pytest.MonkeyPatch, query: str, **variables: Any) -> list[Any]:
    answers = []
    for executor in (StrawberryGraphQLCoreExecutionContext, Strict):
        monkeypatch.setattr(schema, "execution_context_class", executor)
        answers.append(await api.ask(query, variables))
    return answers


@pytest.mark.parametrize(
    ("query", "variables"), [(FULL, {"first": 3}), (SHAPES, {"yes": True, "no": False})], ids=["full", "shapes"]
)
async def test_the_same_answers(
    shop: Api, monkeypatch: pytest.MonkeyPatch, query: str, variables: dict[str, Any]
) -> None:
    stock_answer, ours = await both(shop, monkeypatch, query, **variables)
    assert ours["data"]["orders"]["nodes"][2]["lines"]
    assert orjson.dumps(ours) == orjson.dumps(stock_answer)


@strawberry.type
class Leaf:
    number: int
    name: str | None = None

    @strawberry.field
    def half(self) -> int:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd.")
        return self.number // 2


@strawberry.type
class Tree:
    leaves: list[Leaf]
    perhaps: list[Leaf | None]
    top: Leaf | None

    @strawberry.field
    async def later(self) -> list[Leaf]:
        return self.leaves

    @strawberry.field
    def times(self, by: int = 2) -> int:
        return by * len(self.leaves)


@strawberry.type
class Branch(Held):
    row: strawberry.Private[Any]
    name: str = column()

    @strawberry.field
    async def leaves(self, first: int = 1) -> list[Leaf]:
        await asyncio.sleep(0)
        return list(self.row.leaves[:first])

    @strawberry.field
    async def above(self) -> Branch | None:
        later: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(later.set_result, self.row.above)
        found = await later
        return Branch(row=found) if found else None

    @strawberry.field
    async def weight(self) -> int:
        if self.row.name == "second":
            raise ValueError("It is too heavy.")
        return len(self.row.leaves)

    @strawberry.field
    async def must(self) -> Leaf:
        return self.row.leaves[0] if self.row.leaves else None  # type: ignore[no-any-return]


@strawberry.type
class Query:
    @strawberry.field
    def branches(self) -> list[Branch | None]:
        first = SimpleNamespace(name="first", leaves=[Leaf(number=2), Leaf(number=4)], above=None)
        second = SimpleNamespace(name="second", leaves=[Leaf(number=6), Leaf(number=3)], above=first)
        third = SimpleNamespace(name="third", leaves=[], above=second)
        nameless = SimpleNamespace(name=None, leaves=[], above=third)
        return [Branch(row=row) for row in (first, second, third, nameless)]

    @strawberry.field
    def trees(self) -> list[Tree | None]:
        wrong: Any = Leaf(number="many")  # type: ignore[arg-type]
        missing: Any = None
        return [
            Tree(leaves=[Leaf(number=2, name="two"), Leaf(number=4)], perhaps=[None, Leaf(number=6)], top=None),
            Tree(leaves=[Leaf(number=2), Leaf(number=3)], perhaps=[Leaf(number=5)], top=Leaf(number=7)),
            Tree(leaves=[Leaf(number=2), wrong], perhaps=[wrong], top=wrong),
            Tree(leaves=[missing], perhaps=missing, top=Leaf(number=8)),
        ]


@pytest.mark.parametrize(
    "selection",
    [
        "leaves { number name half }",
        "times later { half number } top { half }",
        "a: times(by: 3) perhaps { number } b: __typename top { n: number number }",
        "later { name } leaves { name }",
        "top { number }",
    ],
)
async def test_the_same_errors_at_the_same_places(selection: str) -> None:
    await same(f"{{ trees {{ {selection} }} }}")


@pytest.mark.parametrize(
    "selection",
    [
        "leaves { number } above { above { leaves(first: 2) { half } } }",
        "above { __typename above { n: leaves(first: 1) { number } m: leaves(first: 2) { number } } }",
        "leaves(first: 2) { half }",
        "above { weight name }",
        "weight",
        "above { must { number } }",
        "name leaves(first: $many) { number }",
        "must { number } above { name }",
    ],
)
async def test_what_waits_is_read_together_with_the_same_errors(selection: str) -> None:
    many = "many: branches { leaves(first: $many) { n: number } }"
    await same(f"query ($many: Int! = 2) {{ branches {{ {selection} }} {many} }}")


async def same(query: str) -> None:
    told = []
    for executor in (StrawberryGraphQLCoreExecutionContext, QuickExecutor):
        small = strawberry.Schema(Query, execution_context_class=executor)
        result = await small.execute(query)
        errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
        told.append(orjson.dumps([result.data, sorted(map(repr, errors))]))
    assert told[0] == told[1]

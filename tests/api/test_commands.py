"""From inputs to commands: names, ids, text, and the paths of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest
import strawberry

from backend.errors import ErrorCode, Refused
from backend.resolvers.commands import text, translate, translate_all
from backend.resolvers.throttle import Throttle
from backend.rules.names import camel
from backend.rules.order_input import CreateOrder, LineCommand
from backend.rules.vocabulary import DeliveryMethod
from backend.schema.common import encode_id
from backend.schema.order_inputs import OrderCreateInput, OrderLineInput

KEY = UUID("019f0000-0000-7000-8000-000000000000")


@dataclass(frozen=True)
class Part:
    line_id: UUID
    quantity: int


@dataclass(frozen=True)
class Whole:
    order_id: UUID
    parts: Sequence[Part] | None = None
    tags: Sequence[str] = ()
    password: str | None = None


@dataclass
class Given:
    order_id: str
    parts: object = strawberry.UNSET
    tags: object = strawberry.UNSET
    password: object = strawberry.UNSET


def test_an_order_is_translated_whole() -> None:
    line = OrderLineInput(sku=" TEA ", quantity=2, unit_price=Decimal("4.50"), discount=None, attributes={"a": " b "})
    made = translate(OrderCreateInput(channel="web", currency="USD", lines=[line], shipping_method=None), CreateOrder)
    expected = LineCommand(sku="TEA", quantity=2, unit_price=Decimal("4.50"), attributes={"a": " b "})
    assert made == CreateOrder(channel="web", currency="USD", lines=[expected], shipping_method=None)
    assert made.lines[0].delivery_method is DeliveryMethod.SHIP


def test_ids_are_decoded_by_what_they_are_of() -> None:
    parts = [Given2(encode_id("ReturnLine", KEY), 3)]
    given = Given(encode_id("Order", KEY), parts=parts, tags=[" a "], password=" p ")
    made = translate(given, Whole, {"line_id": "ReturnLine"})
    assert made == Whole(KEY, [Part(KEY, 3)], ["a"], " p ")
    assert translate(Given(encode_id("Order", KEY), parts=None), Whole) == Whole(KEY, None)


@dataclass
class Given2:
    line_id: str
    quantity: int


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (Given(encode_id("Payment", KEY)), ("order_id",)),
        (Given("x"), ("order_id",)),
        (Given(encode_id("Order", KEY), parts=[Given2(encode_id("OrderLine", KEY), 1)]), ("parts", "0", "line_id")),
        (Given(encode_id("Order", KEY), tags=["ok", "a\x07"]), ("tags", "1")),
    ],
)
def test_what_is_wrong_is_told_with_its_path(given: Given, path: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as caught:
        translate(given, Whole, {"line_id": "ReturnLine"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == (ErrorCode.INVALID, path)


def test_lists_carry_the_place_in_their_paths() -> None:
    with pytest.raises(Refused) as caught:
        translate_all([Given2(encode_id("OrderLine", KEY), 1), Given2("", 1)], Part, "lines", {"line_id": "OrderLine"})
    assert caught.value.problems[0].path == ("lines", "1", "line_id")
    assert translate_all(None, Part, "lines") == []


def test_text_is_trimmed_and_bounded() -> None:
    assert text(" two\nlines\t") == "two\nlines"
    with pytest.raises(Refused) as caught:
        text("x" * 20_001, "body")
    assert caught.value.code is ErrorCode.LIMIT_EXCEEDED


def test_names_as_the_api_writes_them() -> None:
    assert [camel(name) for name in ("order_id", "lines", "0", "line_id", "unit_price")] == [
        "orderId", "lines", "0", "lineId", "unitPrice",
    ]  # fmt: skip


def test_a_bucket_fills_again_with_time_and_there_are_not_too_many() -> None:
    now = 100.0
    throttle = Throttle(rate=2, burst=3, clock=lambda: now)
    assert [throttle.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert throttle.take("b") == 0
    now += 0.5
    assert throttle.wait("a") == 0
    assert [throttle.take("a"), throttle.take("a")] == [0, 0.5]
    for number in range(25_000):
        throttle.take(str(number))
    assert len(throttle.buckets) == 20_000

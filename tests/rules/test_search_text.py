"""The text form of a search: what it means, that it is read as it was printed, and where it points when it fails."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import ErrorCode, Refused
from backend.rules.criteria import AmountRange, ClaimedBy, OrderCriteria, OrderSearch, TimeRange
from backend.rules.search_text import parse, shown
from backend.rules.vocabulary import DeliveryMethod, OrderState


def test_words_criteria_and_exclusions() -> None:
    found = parse('state:waiting_approval total:>100 sku:ABC late -tag:vip placed:>=2026-10-01 "John Smith"')
    assert found == OrderSearch(
        words=("late", "John Smith"),
        criteria=(
            OrderCriteria(
                state=[OrderState.WAITING_APPROVAL],
                total=AmountRange(above=Decimal(100)),
                sku=["ABC"],
                placed_at=TimeRange(from_=datetime(2026, 10, 1, tzinfo=UTC)),
            ),
        ),
        without=(OrderCriteria(tag=["vip"]),),
    )


DAY = datetime(2026, 10, 1, tzinfo=UTC)
NEXT = datetime(2026, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("placed:2026-10-01", {"placed_at": TimeRange(from_=DAY, to=NEXT)}),
        ("placed:>2026-10-01", {"placed_at": TimeRange(from_=NEXT)}),
        ("placed:<=2026-10-01", {"placed_at": TimeRange(to=NEXT)}),
        ("placed:>=2026-10-01 placed:<2026-10-02", {"placed_at": TimeRange(from_=DAY, to=NEXT)}),
        ("updated:<2026-10-01T02:00+02:00", {"updated_at": TimeRange(to=DAY)}),
        ("total:5..10.50", {"total": AmountRange(min=Decimal(5), max=Decimal("10.50"))}),
        ("total:>5 total:<10", {"total": AmountRange(above=Decimal(5), below=Decimal(10))}),
        ("total:7", {"total": AmountRange(min=Decimal(7), max=Decimal(7))}),
        ('tag:"two words",b', {"tag": ["two words", "b"]}),
        ("suspended:yes has_alert:no", {"suspended": True, "has_alert": False}),
        ("delivery:pickup,SHIP", {"delivery_method": [DeliveryMethod.PICKUP, DeliveryMethod.SHIP]}),
        ("claimed:me", {"claimed_by": ClaimedBy.ME}),
        ("external_id:W:1", {"external_id": "W:1"}),
    ],
)
def test_what_a_criterion_means(text: str, criteria: dict[str, Any]) -> None:
    assert parse(text) == OrderSearch(criteria=(OrderCriteria(**criteria),))


@pytest.mark.parametrize("text", ["w-", "%", "-5", "12:30", "a,b", '5"', "ann@example.com", "\\"])
def test_other_words_are_words(text: str) -> None:
    assert parse(f"  {text} ") == OrderSearch(words=(text,))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("late colour:red", 'colour:red (at character 6): there is no criterion "colour"; quote it to look for it as'),
        ("state:gone", "state:gone (at character 1): that is not a value of state."),
        ("claimed:ann", "claimed:ann (at character 1): that is not a value of claimed."),
        ("claimed:me,nobody", "claimed:me,nobody (at character 1): that is not a value of claimed."),
        ("total:much", "total:much (at character 1): that is not a value of total."),
        ("total:>=1..2", "total:>=1..2 (at character 1): that is not a value of total."),
        ("total:nan", "total:nan (at character 1): that is not a value of total."),
        ("placed:2026-13-01", "placed:2026-13-01 (at character 1): that is not a value of placed."),
        ("placed:>9999-12-31", "placed:>9999-12-31 (at character 1): that is not a value of placed."),
        ("sku:A sku:B", "sku:B (at character 7): sku is said twice; any of several is sku:a,b."),
        ('a sku:"A', 'sku:"A (at character 3): a value is missing, or a quote is not closed.'),
        ('sku:"A"B', 'sku:"A"B (at character 1): quotes go around a whole value.'),
        ('x " "', '" " (at character 3): there is nothing between the quotes.'),
        ("a b c d e f g h i", "A query has at most 8 words"),
        ("x" * 201, "A query has at most 8 words of 200 characters"),
        ("numbers:" + ",".join(map(str, range(1001))), "numbers:… (at character 1): a list has at most 1,000 values."),
    ],
)
def test_what_is_not_understood_is_pointed_at(text: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.path) == (ErrorCode.INVALID, ("query",))
    assert problem.message.startswith(message)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)
LISTS = st.lists(TEXTS, min_size=1, max_size=4)
AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2) | st.integers(0, 10**9).map(Decimal)
TIMES = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


def ranges(kind: type[Any], ends: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    given = st.fixed_dictionaries({}, optional=ends).filter(bool)
    return given.map(lambda values: kind(**values))


CRITERIA: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("number", "external_id", "customer_name", "email", "phone", "city", "tracking_number"), TEXTS),
    **dict.fromkeys(("numbers", "channel", "country", "sku", "site", "alert_kind", "tag"), LISTS),
    "state": st.lists(st.sampled_from(OrderState), min_size=1),
    "suspended": st.booleans(),
    "claimed_by": st.sampled_from(ClaimedBy),
    "placed_at": ranges(TimeRange, {"from_": TIMES, "to": TIMES}),
    "total": ranges(AmountRange, dict.fromkeys(("min", "max", "above", "below"), AMOUNTS)),
}
SINGLE = st.sampled_from([name for name in CRITERIA if name not in ("placed_at", "total")]).flatmap(
    lambda name: CRITERIA[name].map(lambda value: OrderCriteria(**{name: value}))
)
SEARCHES = st.builds(
    OrderSearch,
    words=st.lists(TEXTS, max_size=8).map(tuple),
    criteria=st.fixed_dictionaries({}, optional=CRITERIA).map(lambda it: (OrderCriteria(**it),) if it else ()),
    without=st.lists(SINGLE, max_size=3).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(SEARCHES)
def test_what_is_printed_is_read_again(search: OrderSearch) -> None:
    assert parse(shown(search)) == search


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        search = parse(text)
        assert parse(shown(search)) == search

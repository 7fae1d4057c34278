"""Who gets which of the units that are expected, and when."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.rules.expectations import Incoming, Waiting, outlook

TODAY = date(2026, 5, 4)
NEAR, FAR = UUID(int=1), UUID(int=2)
FIRST, SECOND, THIRD = (UUID(int=number) for number in (11, 12, 13))


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_the_earliest_units_go_to_who_is_served_first_and_the_rest_is_for_somebody_new() -> None:
    receipts = [Incoming(FAR, on(9), 5), Incoming(NEAR, on(2), 3)]
    found = outlook(receipts, [Waiting(FIRST, 2), Waiting(SECOND, 2), Waiting(THIRD, 9)], TODAY)
    assert found.by_line == {FIRST: on(2), SECOND: on(9)}
    assert found.spare is None
    assert outlook(receipts, [Waiting(FIRST, 4)], TODAY).spare == on(9)
    assert outlook(receipts, [], TODAY).spare == on(2)


def test_a_line_that_is_collected_waits_for_its_own_site() -> None:
    receipts = [Incoming(NEAR, on(1), 4), Incoming(FAR, on(6), 1)]
    found = outlook(receipts, [Waiting(FIRST, 1, FAR), Waiting(SECOND, 4), Waiting(THIRD, 1, FAR)], TODAY)
    assert found.by_line == {FIRST: on(6), SECOND: on(1)}
    assert found.spare is None


def test_a_site_that_sends_nothing_serves_those_who_come() -> None:
    receipts = [Incoming(NEAR, on(1), 4, ships=False)]
    found = outlook(receipts, [Waiting(FIRST, 1), Waiting(SECOND, 1, NEAR)], TODAY)
    assert found.by_line == {SECOND: on(1)}


def test_what_should_have_come_is_expected_today() -> None:
    assert outlook([Incoming(NEAR, on(-3), 1)], [Waiting(FIRST, 1)], TODAY).by_line == {FIRST: TODAY}


@given(
    receipts=st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), max_size=6),
    wanted=st.lists(st.integers(1, 5), max_size=6),
)
def test_no_unit_is_promised_twice(receipts: list[tuple[int, int]], wanted: list[int]) -> None:
    coming = [Incoming(NEAR, on(day), units) for day, units in receipts]
    waiting = [Waiting(UUID(int=20 + place), units) for place, units in enumerate(wanted)]
    found = outlook(coming, waiting, TODAY)
    for day in range(10):
        served = sum(line.units for line in waiting if found.by_line.get(line.line_id, on(99)) <= on(day))
        assert served <= sum(one.units for one in coming if one.on <= on(day))

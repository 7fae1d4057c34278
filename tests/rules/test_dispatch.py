"""When a site sends off what is ordered now, and where to. 2 March 2026 is a Monday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules.dispatch import (
    HORIZON_DAYS,
    Area,
    Delivery,
    Departures,
    Destination,
    Dispatch,
    Load,
    area_for,
    delivers_on,
    destination_of,
    serves,
    ships_on,
)
from backend.rules.vocabulary import Weekday

OFFICE = frozenset(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}
#: Half past three in the afternoon, at the site.
RENO = Dispatch("America/Los_Angeles", 15 * 60 + 30, OFFICE)
BEFORE, AFTER = datetime(2026, 3, 2, 23, 29, tzinfo=UTC), datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


def day(after: int) -> date:
    return MONDAY + timedelta(days=after)


@pytest.mark.parametrize(
    ("site", "now", "leaves"),
    [
        (RENO, BEFORE, day(0)),
        (RENO, AFTER, day(1)),
        (replace(RENO, cut_off_minute=None), AFTER, day(0)),
        (replace(RENO, closed_on=frozenset({day(0), day(1)})), BEFORE, day(2)),
        (replace(RENO, closed_on=frozenset({day(0), day(1)})), AFTER, day(2)),
        (RENO, AFTER + timedelta(days=4), day(7)),
        (RENO, BEFORE + timedelta(days=5), day(7)),
        (replace(RENO, handling_days=2), BEFORE, day(2)),
        (replace(RENO, handling_days=5), BEFORE, day(7)),
        (replace(RENO, handling_days=1), AFTER + timedelta(days=4), day(8)),
        (replace(RENO, timezone="Asia/Tokyo"), BEFORE, day(1)),
        (replace(RENO, working_days=frozenset({Weekday.SUNDAY})), BEFORE, day(6)),
        (replace(RENO, closed_on=frozenset(day(it) for it in range(HORIZON_DAYS))), BEFORE, None),
    ],
)
def test_the_first_day(site: Dispatch, now: datetime, leaves: date | None) -> None:
    assert ships_on(site, now, Load()) == leaves


@pytest.mark.parametrize(
    ("capacity", "load", "leaves"),
    [
        (10, Load(9), day(0)),
        (10, Load(10), day(1)),
        (10, Load(9, sent_today=1), day(1)),
        (10, Load(0, sent_today=10), day(1)),
        (10, Load(0, sent_today=25), day(1)),
        (10, Load(49), day(4)),
        (10, Load(50), day(7)),
        (1, Load(10_000), None),
        (0, Load(), None),
        (None, Load(10_000, 10_000), day(0)),
    ],
)
def test_behind_what_waits(capacity: int | None, load: Load, leaves: date | None) -> None:
    assert ships_on(replace(RENO, daily_capacity=capacity), BEFORE, load) == leaves


def test_what_left_today_takes_nothing_from_a_day_on_which_nobody_works() -> None:
    assert ships_on(replace(RENO, daily_capacity=1), BEFORE + timedelta(days=5), Load(0, sent_today=9)) == day(7)


def test_work_that_waits_goes_on_while_a_late_order_is_made_ready() -> None:
    site = replace(RENO, daily_capacity=10, handling_days=1)
    assert [ships_on(site, AFTER, Load(waiting)) for waiting in (0, 29, 30)] == [day(2), day(2), day(3)]


@given(
    st.builds(
        Dispatch,
        st.sampled_from(["UTC", "America/Los_Angeles", "Pacific/Auckland"]),
        st.none() | st.integers(0, 1439),
        st.frozensets(st.sampled_from(Weekday), min_size=1),
        st.frozensets(st.integers(0, 40).map(day), max_size=10),
        st.integers(0, 5),
        st.none() | st.integers(0, 4),
    ),
    st.builds(Load, st.integers(0, 30), st.integers(0, 8)),
    st.integers(0, 60 * 24 * 14).map(lambda minutes: BEFORE + timedelta(minutes=minutes)),
)
def test_it_leaves_on_a_working_day_and_no_earlier_behind_more(site: Dispatch, load: Load, now: datetime) -> None:
    leaves, behind = ships_on(site, now, load), ships_on(site, now, replace(load, waiting=load.waiting + 1))
    if leaves is not None:
        assert tuple(Weekday)[leaves.weekday()] in site.working_days
        assert leaves not in site.closed_on
        assert behind is None or behind >= leaves
    else:
        assert behind is None


def test_areas_by_country_subdivision_and_postal_code() -> None:
    there = Destination("GB", "GB-LND", "sw1a 1aa")
    areas = [Area("US"), Area("GB", "GB-SCT"), Area("GB", None, "SW1", 1), Area("GB", "GB-LND", None, 2), Area("GB")]
    assert [area.holds(there) for area in areas] == [False, False, True, True, True]
    assert area_for(areas, there) == areas[2]
    assert area_for(areas, Destination("GB")) == areas[4]
    assert [serves(areas, it) for it in (there, Destination("FR"), None)] == [True, False, True]
    assert serves((), Destination("FR"))


def test_the_day_of_arrival_is_told_where_the_days_on_the_way_are_known() -> None:
    assert delivers_on(MONDAY, Area("GB", transit_days=3)) == day(3)
    assert delivers_on(MONDAY, Area("GB")) is delivers_on(MONDAY, None) is delivers_on(None, Area("GB", None, None, 3))


def test_the_destination_of_an_address_as_it_is_kept() -> None:
    kept = {"line1": "1 Main St", "country": "US", "subdivision": "US-NV", "postalCode": "89501"}
    assert destination_of(kept) == Destination("US", "US-NV", "89501")
    assert destination_of({"country": "US"}) == Destination("US")
    assert destination_of(None) is destination_of({}) is None


AT_RENO = UUID(int=1)
NEVADA, ANYWHERE = Area("US", "NV", transit_days=2), None


@pytest.mark.parametrize(
    ("area", "promised", "expected"),
    [
        (NEVADA, None, Delivery(day(0), day(2), days=2)),
        (ANYWHERE, None, Delivery(day(0), None, days=0)),
        (NEVADA, BEFORE + timedelta(days=2), Delivery(day(0), day(2), days=2)),
        (NEVADA, BEFORE + timedelta(days=1), Delivery(day(0), day(2), days=2, late=1)),
        (ANYWHERE, BEFORE - timedelta(days=3), Delivery(day(0), None, late=3)),
        # Midnight in London, still the day before in Reno.
        (NEVADA, datetime(2026, 3, 4, 0, 30, tzinfo=UTC), Delivery(day(0), day(2), days=2, late=1)),
    ],
)
def test_how_soon_it_is_there(area: Area | None, promised: datetime | None, expected: Delivery) -> None:
    assert Departures(BEFORE).delivery(AT_RENO, RENO, area, promised) == expected


def test_what_a_site_is_given_stands_before_the_next() -> None:
    small = replace(RENO, daily_capacity=2)
    when = Departures(BEFORE, {AT_RENO: Load(0, sent_today=1)})
    found = []
    for _ in range(4):
        delivery = when.delivery(AT_RENO, small, None)
        assert delivery is not None
        found.append((delivery.leaves, delivery.days, delivery.backlog))
        when.give(AT_RENO)
    assert found == [(day(0), 0, 0), (day(1), 1, 1), (day(1), 1, 1), (day(2), 2, 2)]


def test_a_site_that_sends_nothing_off() -> None:
    assert Departures(BEFORE).delivery(AT_RENO, replace(RENO, daily_capacity=0), NEVADA) is None

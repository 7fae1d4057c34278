"""When recurring orders are due, by the clock on the wall. 2 March 2026 is a Monday; clocks change on 29 March."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from backend.errors import ErrorCode, Refused
from backend.rules.recurrence import RETRIES, Schedule, Turn, checked, retry_at, turn

BERLIN = "Europe/Berlin"
#: Nine in the morning in Berlin.
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def plan(rule: str, start: datetime = START, zone: str = BERLIN) -> Schedule:
    return checked(rule, zone, start, START)


def shown(rule: str, count: int = 4, start: datetime = START) -> list[str]:
    return [f"{due:%m-%d %H:%M}" for due in plan(rule, start).upcoming(START - timedelta(seconds=1), count)]


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("FREQ=WEEKLY", ["03-02 08:00", "03-09 08:00", "03-16 08:00", "03-23 08:00"]),
        ("RRULE:freq=weekly;byday=mo,th", ["03-02 08:00", "03-05 08:00", "03-09 08:00", "03-12 08:00"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["03-31 07:00", "04-30 07:00", "05-31 07:00", "06-30 07:00"]),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO", ["03-02 08:00", "05-04 07:00", "07-06 07:00", "09-07 07:00"]),
        ("FREQ=DAILY;COUNT=2", ["03-02 08:00", "03-03 08:00"]),
        ("FREQ=WEEKLY;UNTIL=20260309", ["03-02 08:00", "03-09 08:00"]),
        ("FREQ=WEEKLY;UNTIL=20260309T075959Z", ["03-02 08:00"]),
        ("FREQ=WEEKLY;UNTIL=20260309T080000Z", ["03-02 08:00", "03-09 08:00"]),
        ("FREQ=DAILY;BYHOUR=9,15", ["03-02 08:00", "03-02 14:00", "03-03 08:00", "03-03 14:00"]),
    ],
)
def test_what_the_rule_says(rule: str, dates: list[str]) -> None:
    assert shown(rule) == dates


def test_the_wall_clock_stays_when_the_clocks_change() -> None:
    weekly = plan("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 3, 22, 8, tzinfo=UTC))
    dates = weekly.upcoming(START, 2)
    assert dates == [datetime(2026, 3, 22, 8, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)]


def test_a_time_that_is_left_out_comes_an_hour_later_and_one_that_comes_twice_once() -> None:
    half_past_two = plan("FREQ=DAILY", datetime(2026, 3, 28, 1, 30, tzinfo=UTC))
    assert [f"{due:%d %H:%M}" for due in half_past_two.upcoming(START, 3)] == ["28 01:30", "29 01:30", "30 00:30"]
    autumn = half_past_two.between(datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert [f"{due:%d %H:%M}" for due in autumn] == ["25 00:30", "26 01:30"]


def test_after_is_after_also_in_the_hour_that_comes_twice() -> None:
    daily = plan("FREQ=DAILY", datetime(2026, 3, 28, 1, 30, tzinfo=UTC))
    moment = datetime(2026, 10, 24, tzinfo=UTC)
    found = []
    for _ in range(4):
        due = daily.after(moment)
        assert due is not None
        assert due > moment
        moment = due
        found.append(f"{due:%d %H:%M}")
    assert found == ["24 00:30", "25 00:30", "26 01:30", "27 01:30"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", ErrorCode.INVALID),
        ("every monday", ErrorCode.INVALID),
        ("FREQ=HOURLY", ErrorCode.INVALID),
        ("FREQ=SECONDLY;COUNT=5", ErrorCode.INVALID),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0,30", ErrorCode.INVALID),
        ("FREQ=DAILY;FREQ=WEEKLY", ErrorCode.INVALID),
        ("FREQ=WEEKLY;BYDAY=XX", ErrorCode.INVALID),
        ("FREQ=WEEKLY;INTERVAL=0", ErrorCode.INVALID),
        ("FREQ=DAILY;INTERVAL=-1", ErrorCode.INVALID),
        ("FREQ=DAILY;COUNT=0", ErrorCode.INVALID),
        ("FREQ=WEEKLY;BYSECOND=1", ErrorCode.INVALID),
        ("FREQ=WEEKLY;UNTIL=soon", ErrorCode.INVALID),
        ("FREQ=WEEKLY;UNTIL=20260101", ErrorCode.INVALID),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", ErrorCode.INVALID),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=5", ErrorCode.INVALID),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", ErrorCode.INVALID),
        ("FREQ=DAILY;" + "X" * 600, ErrorCode.LIMIT_EXCEEDED),
        ("FREQ=DAILY\nRRULE:FREQ=WEEKLY", ErrorCode.INVALID),
    ],
)
def test_what_is_no_rule_or_never_comes_is_refused_soon(rule: str, code: ErrorCode) -> None:
    started = time.monotonic()
    with pytest.raises(Refused) as refusal:
        plan(rule)
    assert [(problem.code, problem.path) for problem in refusal.value.problems] == [(code, ("schedule",))]
    assert time.monotonic() - started < 1


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        plan("FREQ=DAILY", zone="Mars/Base")
    assert refusal.value.problems[0].path == ("timezone",)


@pytest.mark.parametrize("start", [datetime(1999, 12, 31, tzinfo=UTC), START + timedelta(days=3_700)])
def test_a_start_out_of_reach_is_refused(start: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        plan("FREQ=DAILY", start)
    assert refusal.value.problems[0].path == ("start_at",)


def test_leap_days() -> None:
    leap = plan("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2024, 2, 29, 8, tzinfo=UTC))
    assert [due.year for due in leap.upcoming(START, 9)] == [2028, 2032]


def test_a_rule_that_has_run_out_is_refused_and_one_that_ends_ends() -> None:
    with pytest.raises(Refused):
        plan("FREQ=WEEKLY;COUNT=2", START - timedelta(days=30))
    last = plan("FREQ=WEEKLY;COUNT=2").after(START + timedelta(days=7))
    assert last is None


def test_of_what_was_missed_the_latest_is_made() -> None:
    daily = plan("FREQ=DAILY")
    days = [START + timedelta(days=n) for n in range(5)]
    assert turn(daily, days[1], days[1]) == Turn(days[1], (), days[2])
    late = turn(daily, days[1], days[3] + timedelta(hours=1))
    assert late == Turn(days[3], (days[1], days[2]), days[4])


def test_retries_grow_and_end() -> None:
    assert [retry_at(failures, START) for failures in range(1, 6)] == [*(START + it for it in RETRIES), None]

"""When a digest is due, across changes of the clock, and what stands in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.rules.digests import DigestContents, DigestLine, next_due, subject_of, text_of, wait_after
from backend.rules.vocabulary import AlertSeverity, DigestPace

DAILY, HOURLY = DigestPace.DAILY, DigestPace.HOURLY


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "hour", "zone", "after", "due"),
    [
        (HOURLY, 8, "Europe/Zurich", "2026-05-01T08:00:00", "2026-05-01T09:00"),
        (HOURLY, 8, "UTC", "2026-05-01T23:59:59", "2026-05-02T00:00"),
        (DAILY, 8, "UTC", "2026-05-01T07:59:59", "2026-05-01T08:00"),
        (DAILY, 8, "UTC", "2026-05-01T08:00:00", "2026-05-02T08:00"),
        (DAILY, 8, "Europe/Zurich", "2026-05-01T05:59:00", "2026-05-01T06:00"),
        (DAILY, 8, "Pacific/Auckland", "2026-05-01T21:00:00", "2026-05-02T20:00"),
        (DAILY, 8, "Pacific/Auckland", "2026-05-01T19:00:00", "2026-05-01T20:00"),
        # The clocks go forward on 29 March 2026 at 02:00, and back on 25 October at 03:00.
        (DAILY, 2, "Europe/Zurich", "2026-03-28T12:00:00", "2026-03-29T01:00"),
        (DAILY, 8, "Europe/Zurich", "2026-03-28T12:00:00", "2026-03-29T06:00"),
        (DAILY, 2, "Europe/Zurich", "2026-10-24T12:00:00", "2026-10-25T00:00"),
        (DAILY, 2, "Europe/Zurich", "2026-10-25T00:00:00", "2026-10-26T01:00"),
        (DAILY, 0, "Pacific/Kiritimati", "2026-05-01T09:59:00", "2026-05-01T10:00"),
    ],
)
def test_when_the_next_one_is_due(pace: DigestPace, hour: int, zone: str, after: str, due: str) -> None:
    assert next_due(pace, hour, zone, utc(after)) == utc(due)


def test_none_is_due_where_it_is_off() -> None:
    assert next_due(DigestPace.OFF, 8, "UTC", utc("2026-05-01T08:00")) is None


def test_a_year_of_days_has_one_each() -> None:
    for zone in ("Europe/Zurich", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"):
        for hour in (0, 2, 23):
            at, days = utc("2026-01-01T00:00"), []
            while at < utc("2027-01-01T00:00"):
                due = next_due(DAILY, hour, zone, at)
                assert due is not None
                assert timedelta(0) < due - at <= timedelta(hours=25)
                days.append(at := due)
            assert len(days) in (365, 366)


def test_waits_grow_up_to_half_an_hour() -> None:
    assert [wait_after(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 5, 6, 7, 500)] == [
        *(1, 2, 4, 16, 30, 30, 30)
    ]


LATE = DigestLine("order.late", AlertSeverity.CRITICAL, "It is late.", utc("2026-05-01T06:30"), "100001")
ODD = DigestLine("stock.odd", AlertSeverity.WARNING, "Odd.", utc("2026-05-01T05:00"))


def test_what_stands_in_it() -> None:
    contents = DigestContents([LATE, ODD], 120, 140, utc("2026-04-30T06:00"))
    assert subject_of(contents) == "Crossdock: 120 new alerts, 1 critical"
    assert text_of(contents, "Ann", "Europe/Zurich", "https://oms.example.com") == (
        "Hello Ann,\n\n"
        "raised since 2026-04-30 08:00 (Europe/Zurich), and open still: 120\n\n"
        "CRITICAL  2026-05-01 08:30  order.late  order 100001\n  It is late.\n"
        "  https://oms.example.com/admin/orders/100001\n\n"
        "WARNING  2026-05-01 07:00  stock.odd\n  Odd.\n\n"
        "… and 118 more.\n\n"
        "In all, 140 are open: https://oms.example.com/admin/alerts\n\n"
        "When this comes, and whether, is set in Crossdock under your name: Digest of alerts.\n"
    )


def test_the_first_one_and_one_without_links() -> None:
    contents = DigestContents([ODD], 1, 1, None)
    assert subject_of(contents) == "Crossdock: 1 new alert"
    text = text_of(contents, "Ann", "UTC", None)
    assert "raised so far (times are in UTC), and open still: 1\n" in text
    assert "In all, 1 are open.\n" in text
    assert "http" not in text

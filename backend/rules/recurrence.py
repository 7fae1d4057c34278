"""When recurring orders are due: RFC 5545 recurrence rules over the clock on the wall of a time zone. Pure.

A rule runs from a start, which is its first occurrence where it fits the rule. Times that a change of the clocks skips
are taken an hour later; of those that come twice, the first counts.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrule, rrulestr

from backend.errors import ErrorCode, refused

MAX_RULE = 500
#: Whoever is not due within this is not due at all.
HORIZON = timedelta(days=10 * 366)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
#: The calendar comes again every 400 years, weekdays too. Rules are worked out so many years later, a few centuries
#: before the last year that there is: the library looks until then for what never comes.
_LATER = 19 * 400
#: Occurrences are at least so far apart.
CLOSEST = timedelta(hours=1)
_LOOKED_AT = 50
_PART = re.compile(r"[A-Z]+=[A-Z0-9,+\-]+")
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "BYWEEKNO",
     "BYYEARDAY", "BYHOUR", "BYMINUTE"}
)  # fmt: skip
_COUNTS, _COUNT = frozenset({"INTERVAL", "COUNT"}), re.compile(r"[1-9]\d{0,3}")
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
#: What is waited before an order that failed is tried again; after the last of them the next one is waited for.
RETRIES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Schedule:
    """`rule` as RFC 5545 writes a RRULE, `start` an instant."""

    rule: str
    timezone: str
    start: datetime

    def after(self, moment: datetime) -> datetime | None:
        """The first occurrence after it; None: there is none."""
        return next(self._from(moment), None)

    def first(self, now: datetime) -> datetime | None:
        """Of one that begins now: a start of this second counts."""
        return self.after(now - timedelta(seconds=1))

    def between(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Those from `first` to `last`, both included."""
        for due in self._from(first - timedelta(microseconds=1)):
            if due > last:
                return
            yield due

    def upcoming(self, moment: datetime, count: int) -> list[datetime]:
        return list(islice(self._from(moment), count))

    def _from(self, moment: datetime) -> Iterator[datetime]:
        zone = ZoneInfo(self.timezone)
        start = self.start.astimezone(zone).replace(tzinfo=None)
        # An hour of slack: where clocks are put back, the wall says the same hour twice.
        since = moment.astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)
        last = None
        known = _rule(self.rule, self.timezone, start, _end(max(since, start)))
        for later in known.xafter(since.replace(year=since.year + _LATER), inc=True):
            due = later.replace(year=later.year - _LATER, tzinfo=zone).astimezone(UTC)
            if due > moment and due != last:
                last = due
                yield due


def _end(since: datetime) -> datetime:
    """The same for a while, so that rules are kept."""
    return datetime(since.year, 1, 1) + HORIZON  # noqa: DTZ001 - by the clock on the wall


@lru_cache(maxsize=512)
def _rule(text: str, timezone: str, start: datetime, end: datetime) -> rrule:
    """`_LATER` years later, and over by then."""
    words = dict(part.split("=", 1) for part in text.split(";"))
    until = words.pop("UNTIL", None)
    rest = ";".join(f"{name}={value}" for name, value in words.items())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # COUNT and an end together
        made = rrulestr(rest, dtstart=start.replace(year=start.year + _LATER))
        assert isinstance(made, rrule)
        last = min(end, _until(until, timezone) if until else end)
        return made.replace(until=last.replace(year=last.year + _LATER))


def _until(text: str, timezone: str) -> datetime:
    """On the wall. A day lasts until its end."""
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise ValueError("UNTIL is a day (20261231) or a time (20261231T120000Z).")
    day, time, utc = found.groups()
    at = datetime.strptime(f"{day}{time or '235959'}", "%Y%m%d%H%M%S")  # noqa: DTZ007 - by the clock on the wall
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None) if utc else at


def checked(rule: str, timezone: str, start: datetime, now: datetime) -> Schedule:
    """Refuses what is no rule, never comes, or comes too often; with the path of the input's field."""
    if timezone not in available_timezones():
        raise refused(ErrorCode.INVALID, "This is not a time zone (such as Europe/Berlin).", "timezone")
    if not _EARLIEST <= start <= now + HORIZON:
        raise refused(ErrorCode.INVALID, "From the year 2000 on, and within ten years.", "start_at")
    text = _plain(rule)
    try:
        known = Schedule(text, timezone, start.replace(microsecond=0))
        dates = known.upcoming(min(start, now) - timedelta(days=1), _LOOKED_AT)
    except (ValueError, TypeError, OverflowError) as error:
        raise refused(ErrorCode.INVALID, f"This is not a recurrence rule: {error}", "schedule") from None
    if not dates or known.first(now) is None:
        raise refused(ErrorCode.INVALID, "By this rule no order comes due within ten years.", "schedule")
    if any(later - earlier < CLOSEST for earlier, later in pairwise(dates)):
        raise refused(ErrorCode.INVALID, "Orders are at least an hour apart.", "schedule")
    return known


def _plain(rule: str) -> str:
    text = rule.strip().upper().removeprefix("RRULE:")
    if len(text) > MAX_RULE:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"A rule has at most {MAX_RULE} characters.", "schedule")
    names = []
    for part in text.split(";"):
        if not _PART.fullmatch(part):
            raise refused(ErrorCode.INVALID, "A rule is written as FREQ=MONTHLY;BYMONTHDAY=1.", "schedule")
        names.append(part.partition("=")[0])
    unknown = sorted(set(names) - _PARTS)
    if unknown or len(set(names)) < len(names):
        message = f"{unknown[0]} is not known here." if unknown else "A part stands twice."
        raise refused(ErrorCode.INVALID, message, "schedule")
    words = dict(part.split("=", 1) for part in text.split(";"))
    for name in _COUNTS & words.keys():
        if not _COUNT.fullmatch(words[name]):
            raise refused(ErrorCode.INVALID, f"{name} is a whole number from 1 to 9999.", "schedule")
    if words.get("FREQ") not in _FREQUENCIES:
        raise refused(ErrorCode.INVALID, f"FREQ is one of {', '.join(sorted(_FREQUENCIES))}.", "schedule")
    return text


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done at a moment: `due` is made, those before it were missed; `next_due` comes after it."""

    due: datetime
    missed: tuple[datetime, ...]
    next_due: datetime | None


def turn(schedule: Schedule, next_due: datetime, now: datetime) -> Turn:
    """Of all that came due while nobody was there, only the latest is made."""
    *missed, due = list(schedule.between(next_due, now)) or [next_due]
    return Turn(due, tuple(missed), schedule.after(due))


def retry_at(failures: int, now: datetime) -> datetime | None:
    """After so many failures of the same order; None: it is given up."""
    return now + RETRIES[failures - 1] if failures <= len(RETRIES) else None

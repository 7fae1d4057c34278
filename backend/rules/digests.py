"""Digests of alerts: when the next one is due, how long to wait after a failure, and what stands in a mail. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.rules.vocabulary import AlertSeverity, DigestPace

_HOUR = timedelta(hours=1)
#: After the first failure, and at most; each wait is twice as long as the one before.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)


def next_due(pace: DigestPace, hour: int, timezone: str, after: datetime) -> datetime | None:
    """The first full hour, or the first day at this hour of the zone, later than `after`; None where it is OFF.

    An hour that clocks leap over is due where they land, one that they have twice is due the first time.
    """
    if pace is DigestPace.OFF:
        return None
    if pace is DigestPace.HOURLY:
        return after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _HOUR
    zone = ZoneInfo(timezone)
    day = after.astimezone(zone).date()
    for ahead in range(3):
        local = datetime(day.year, day.month, day.day, hour, tzinfo=zone) + timedelta(days=ahead)
        due = local.astimezone(UTC)
        if due > after:
            return due
    raise AssertionError("A day has an end.")


def wait_after(failures: int) -> timedelta:
    """Until it is tried again."""
    return min(_FIRST_WAIT * 2 ** min(failures - 1, 10), _LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class DigestLine:
    """An alert; `order` is the number of what it is about, where it is about an order."""

    kind: str
    severity: AlertSeverity
    message: str
    raised_at: datetime
    order: str | None = None


@dataclass(frozen=True, slots=True)
class DigestContents:
    """Alerts that are open and new since `since`, the newest first; `new` counts those that are not listed, too.

    `open` counts all that are open.
    """

    lines: Sequence[DigestLine]
    new: int
    open: int
    since: datetime | None


def subject_of(contents: DigestContents) -> str:
    alerts = "1 new alert" if contents.new == 1 else f"{contents.new:,} new alerts"
    critical = sum(line.severity is AlertSeverity.CRITICAL for line in contents.lines)
    return f"Crossdock: {alerts}, {critical} critical" if critical else f"Crossdock: {alerts}"


def text_of(contents: DigestContents, name: str, timezone: str, url: str | None) -> str:
    """Plain text. `url` is where browsers reach us; without it there are no links."""
    zone = ZoneInfo(timezone)

    def shown(time: datetime) -> str:
        return f"{time.astimezone(zone):%Y-%m-%d %H:%M}"

    since = f"since {shown(contents.since)} ({timezone})" if contents.since else f"so far (times are in {timezone})"
    parts = [f"Hello {name},", f"raised {since}, and open still: {contents.new:,}"]
    for line in contents.lines:
        about = f"  order {line.order}" if line.order else ""
        rows = [f"{line.severity.value}  {shown(line.raised_at)}  {line.kind}{about}", f"  {line.message}"]
        if url and line.order:
            rows.append(f"  {url}/admin/orders/{line.order}")
        parts.append("\n".join(rows))
    if contents.new > len(contents.lines):
        parts.append(f"… and {contents.new - len(contents.lines):,} more.")
    parts.append(f"In all, {contents.open:,} are open{f': {url}/admin/alerts' if url else '.'}")
    parts.append("When this comes, and whether, is set in Crossdock under your name: Digest of alerts.")
    return "\n\n".join(parts) + "\n"

"""When a site sends off what is ordered now, where it ships to, and when that arrives. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.rules.vocabulary import Weekday

#: What is farther away than this is not a date to promise.
HORIZON_DAYS = 366
_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Destination:
    country: str
    subdivision: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a subdivision of it, or the postal codes that begin so. `transit_days`: None where nobody knows."""

    country: str
    subdivision: str | None = None
    postal_code_prefix: str | None = None
    transit_days: int | None = None

    def holds(self, there: Destination) -> bool:
        if self.country != there.country or (self.subdivision or there.subdivision) != there.subdivision:
            return False
        return _plain(there.postal_code).startswith(_plain(self.postal_code_prefix))


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How a site sends off. `cut_off_minute`: after midnight there; from then on orders start on the next working day.

    `handling_days`: working days from there until it leaves. `daily_capacity`: shipping orders a working day.
    """

    timezone: str
    cut_off_minute: int | None = None
    working_days: frozenset[Weekday] = frozenset(_WEEK)
    closed_on: frozenset[date] = frozenset()
    handling_days: int = 0
    daily_capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Shipping orders of a site: that still wait, and that have left today."""

    waiting: int = 0
    sent_today: int = 0


def destination_of(address: Mapping[str, Any] | None) -> Destination | None:
    """Of an address as it is stored."""
    if not address or not address.get("country"):
        return None
    return Destination(address["country"], address.get("subdivision"), address.get("postalCode"))


def areas_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Area, ...]:
    return tuple(Area(**area) for area in stored or ())


def area_for(areas: Sequence[Area], there: Destination) -> Area | None:
    """The first that holds it: the more precise ones are named first."""
    return next((area for area in areas if area.holds(there)), None)


def serves(areas: Sequence[Area], there: Destination | None) -> bool:
    """A site without areas ships anywhere, and nobody is refused who has not said where to."""
    return not areas or there is None or area_for(areas, there) is not None


def ships_on(dispatch: Dispatch, now: datetime, load: Load) -> date | None:
    """The first day on which what is ordered now can leave, behind all that waits; None: on no day to be promised."""
    local = now.astimezone(ZoneInfo(dispatch.timezone))
    today = local.date()
    late = dispatch.cut_off_minute is not None and local.hour * 60 + local.minute >= dispatch.cut_off_minute
    days = _open_days(dispatch, today)
    first = next(days, None)
    if first is None:
        return None
    started = 1 if late and first == today else 0
    behind = _days_of_work(dispatch.daily_capacity, load, today=first == today)
    if behind is None:
        return None
    ahead = max(started + dispatch.handling_days, behind)
    return first if ahead == 0 else next((day for place, day in enumerate(days, 1) if place == ahead), None)


def delivers_on(left: date | None, area: Area | None) -> date | None:
    if left is None or area is None or area.transit_days is None:
        return None
    return left + timedelta(days=area.transit_days)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Of an order from one site. `days` from today there until it arrives, or leaves where nobody knows how long it
    travels; `late`: those of them after the day that was promised; `backlog`: working days that others take first.
    """

    leaves: date
    arrives: date | None
    days: int = 0
    late: int = 0
    backlog: int = 0


class Departures:
    """When sites send off what is ordered at `now`: worked out once for a site, until it is given more."""

    def __init__(self, now: datetime, loads: Mapping[UUID, Load] | None = None) -> None:
        self._now, self._loads = now, dict(loads or {})
        self._known: dict[UUID, date | None] = {}

    def leaves(self, site_id: UUID, dispatch: Dispatch) -> date | None:
        """None: on no day to be promised."""
        if site_id not in self._known:
            self._known[site_id] = ships_on(dispatch, self._now, self._load(site_id))
        return self._known[site_id]

    def delivery(
        self, site_id: UUID, dispatch: Dispatch, area: Area | None, promised_at: datetime | None = None
    ) -> Delivery | None:
        """`area`: where it goes to. Days are those of the site, of `promised_at` too."""
        leaves = self.leaves(site_id, dispatch)
        if leaves is None:
            return None
        zone = ZoneInfo(dispatch.timezone)
        arrives = delivers_on(leaves, area)
        there, today = arrives or leaves, self._now.astimezone(zone).date()
        late = max(0, (there - promised_at.astimezone(zone).date()).days) if promised_at else 0
        behind = _days_of_work(dispatch.daily_capacity, self._load(site_id), today=_works_on(dispatch, today)) or 0
        return Delivery(leaves, arrives, (there - today).days, late, behind)

    def give(self, site_id: UUID) -> None:
        """One more shipping order waits there."""
        load = self._load(site_id)
        self._loads[site_id] = replace(load, waiting=load.waiting + 1)
        self._known.pop(site_id, None)

    def _load(self, site_id: UUID) -> Load:
        return self._loads.get(site_id, _IDLE)


_IDLE = Load()


def _works_on(dispatch: Dispatch, day: date) -> bool:
    return _WEEK[day.weekday()] in dispatch.working_days and day not in dispatch.closed_on


def _open_days(dispatch: Dispatch, today: date) -> Iterator[date]:
    for after in range(HORIZON_DAYS):
        day = today + timedelta(days=after)
        if _works_on(dispatch, day):
            yield day


def _days_of_work(capacity: int | None, load: Load, *, today: bool) -> int | None:
    """Working days until there is room for one more; None: never."""
    if capacity is None:
        return 0
    room = max(0, capacity - load.sent_today) if today else capacity
    if load.waiting < room:
        return 0
    return 1 + (load.waiting - room) // capacity if capacity else None


def _plain(code: str | None) -> str:
    return (code or "").replace(" ", "").replace("-", "").upper()

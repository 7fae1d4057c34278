"""How a site sends off: cut-off, working days, days closed, handling time, and the areas that it ships to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.actions.inventory.sites import lock_site, offer, tell
from backend.errors import ErrorCode
from backend.models.db import retried, transaction
from backend.rules.dispatch import Area
from backend.rules.order_input import Problems, check_region
from backend.rules.permissions import Actor
from backend.rules.vocabulary import Weekday

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MAX_CLOSED, _MAX_AREAS, _MAX_HANDLING, _MAX_TRANSIT = 500, 500, 60, 365


@dataclass(frozen=True, slots=True)
class SetDispatch:
    """All of it. `cut_off` as 15:30, at the site; without `working_days` every day, without `areas` anywhere."""

    site: str
    cut_off: str | None = None
    working_days: Sequence[Weekday] | None = None
    closed_on: Sequence[date] | None = None
    handling_days: int = 0
    areas: Sequence[Area] | None = None


@retried
async def set_dispatch(actor: Actor, command: SetDispatch) -> UUID:
    """Orders that wait are tried again where the areas have changed; shipping orders that are there stay."""
    _check(command)
    async with transaction() as tx:
        site = await lock_site(command.site, "site")
        after = {name: value for name, value in _columns(command).items() if getattr(site, name) != value}
        changed = {name: [getattr(site, name), value] for name, value in after.items()}
        if after:
            await site.update_from_dict(after).save(update_fields=list(after))
            tell(tx, actor, site, changed)
        if "areas" in changed and site.active:
            await offer(tx, actor, site)
        return site.id


def _columns(command: SetDispatch) -> dict[str, Any]:
    """As they are kept, in one order whatever the order given."""
    days = [day.value for day in Weekday if day in (command.working_days or Weekday)]
    return {
        "cut_off_minute": _minute(command.cut_off),
        "working_days": None if len(days) == len(Weekday) else days,
        "closed_on": sorted(set(command.closed_on or ())) or None,
        "handling_days": command.handling_days,
        "areas": [asdict(area) for area in command.areas] if command.areas else None,
    }


def _minute(written: str | None) -> int | None:
    found = _TIME.fullmatch(written) if written else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def _check(command: SetDispatch) -> None:
    problems = Problems()
    problems.text(command.site, 64, "site", required=True)
    if command.cut_off is not None and _minute(command.cut_off) is None:
        problems.add("A time of the day is written as 15:30.", "cut_off")
    if command.working_days is not None and not command.working_days:
        problems.add("A site works on at least one day.", "working_days")
    if not 0 <= command.handling_days <= _MAX_HANDLING:
        problems.add(f"Between 0 and {_MAX_HANDLING}.", "handling_days")
    for name, most in (("closed_on", _MAX_CLOSED), ("areas", _MAX_AREAS)):
        if len(getattr(command, name) or ()) > most:
            problems.add(f"At most {most}.", name, code=ErrorCode.LIMIT_EXCEEDED)
    problems.check()
    for index, area in enumerate(command.areas or ()):
        check_region(problems, area.country, area.subdivision, "areas", index)
        problems.text(area.postal_code_prefix, 20, "areas", index, "postal_code_prefix")
        if area.subdivision and not area.subdivision.startswith(f"{area.country}-"):
            problems.add("It is of another country.", "areas", index, "subdivision")
        if area.transit_days is not None and not 0 <= area.transit_days <= _MAX_TRANSIT:
            problems.add(f"Between 0 and {_MAX_TRANSIT}.", "areas", index, "transit_days")
    problems.check()

"""How sites send off, and where to."""

from __future__ import annotations

from datetime import date

import strawberry

from backend.rules.permissions import READERS
from backend.rules.vocabulary import Weekday
from backend.schema.access import readable_by


@readable_by(READERS)
@strawberry.type(description="Where a site ships to, and the days on the way, where they are known.")
class DispatchArea:
    country: str
    subdivision: str | None
    postal_code_prefix: str | None
    transit_days: int | None


@readable_by(READERS)
@strawberry.type(description="When what is ordered leaves a site.")
class SiteDispatch:
    cut_off: str | None = strawberry.field(description="At the site, as 15:30; later orders start a working day later.")
    working_days: list[Weekday]
    closed_on: list[date]
    handling_days: int = strawberry.field(description="Working days until an order leaves.")
    areas: list[DispatchArea] = strawberry.field(description="The first that holds the address counts; none: anywhere.")


@strawberry.input
class DispatchAreaInput:
    country: str
    subdivision: str | None = strawberry.UNSET
    postal_code_prefix: str | None = strawberry.UNSET
    transit_days: int | None = strawberry.UNSET


@strawberry.input(description="All of it: what is not given is as it was before anybody set it.")
class InventorySiteDispatchInput:
    site: str
    cut_off: str | None = strawberry.UNSET
    working_days: list[Weekday] | None = strawberry.UNSET
    closed_on: list[date] | None = strawberry.UNSET
    handling_days: int | None = 0
    areas: list[DispatchAreaInput] | None = strawberry.UNSET

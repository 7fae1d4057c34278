"""What can be promised: which sites give how many units of a SKU, when these leave and when they arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from backend.errors import ErrorCode, not_found, refused
from backend.models import db
from backend.models.dispatch import dispatch_of, loads
from backend.models.inventory import InventorySite
from backend.queries.sql import rows
from backend.rules.dispatch import Area, Departures, Destination, Dispatch, area_for, areas_of, delivers_on
from backend.rules.order_input import Problems, check_region
from backend.rules.permissions import Actor
from backend.rules.vocabulary import SiteCapability

MAX_SKUS = 100


class Days:
    """When sites that ship send off what is ordered now, and when that arrives."""

    def __init__(self, departures: Departures, areas: Mapping[UUID, Area | None]) -> None:
        self._departures, self._areas = departures, areas
        self._known: dict[UUID, tuple[date | None, date | None]] = {}

    def of(self, site: InventorySite) -> tuple[date | None, date | None]:
        """The days on which it leaves and arrives; None for what is not known, or not done there."""
        known = self._known.get(site.id)
        if known is None:
            known = self._known[site.id] = self._work_out(site)
        return known

    def _work_out(self, site: InventorySite) -> tuple[date | None, date | None]:
        if SiteCapability.SHIP not in site.capabilities:
            return None, None
        leaves = self._departures.leaves(site.id, _dispatch(site))
        return leaves, delivers_on(leaves, self._areas.get(site.id))


@dataclass(slots=True)
class Promise:
    """What sites that are open can give of a SKU; `known` says that it was ever sold or stocked."""

    sku: str
    known: bool
    days: Days
    sites: list[tuple[InventorySite, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(available for _, available in self.sites)

    @property
    def earliest(self) -> tuple[date | None, date | None]:
        """The first days on which any of the sites sends it off, and on which it arrives from any."""
        days = [self.days.of(site) for site, _ in self.sites]
        left, arrived = [leaves for leaves, _ in days if leaves], [arrives for _, arrives in days if arrives]
        return min(left, default=None), min(arrived, default=None)


#: Levels come as two arrays of numbers for each SKU, sites by their place in $2: rows of 50 SKUs at 500 sites, or
#: the ids of their sites, cost more to read than to find.
AVAILABLE = """
WITH site AS MATERIALIZED (SELECT id, place::int - 1 AS place FROM unnest($2::uuid[]) WITH ORDINALITY AS s(id, place))
SELECT w.sku, v.places, v.units,
       EXISTS (SELECT 1 FROM product p WHERE p.sku = w.sku AND p.kind = 'PHYSICAL')
       OR EXISTS (SELECT 1 FROM inventory_level k WHERE k.sku = w.sku) AS known
  FROM unnest($1::text[]) AS w(sku)
  CROSS JOIN LATERAL (
      SELECT array_agg(a.place) AS places, array_agg(a.units) AS units
        FROM (SELECT s.place, l.on_hand - l.allocated - l.reserved - l.safety_stock - CASE WHEN l.fenced = 0 THEN 0
                     ELSE l.fenced - coalesce((SELECT f.quantity FROM ring_fence f WHERE f.site_id = l.site_id
                                                  AND f.sku = l.sku AND f.channel_id = $3), 0) END AS units
                FROM inventory_level l JOIN site s ON s.id = l.site_id
               WHERE l.sku = w.sku AND l.on_hand - l.allocated - l.reserved - l.safety_stock > 0) a
       WHERE a.units > 0) v
"""
_OPEN_SITES = """
SELECT t.* FROM inventory_site t WHERE t.active AND t.capabilities && '{SHIP,PICKUP}'::text[] ORDER BY t.rank, t.code
"""


async def promises(
    actor: Actor,
    skus: Sequence[str],
    now: datetime,
    *,
    channel: str | None = None,
    destination: Destination | None = None,
) -> list[Promise]:
    """What can be promised of each SKU, in the order asked, the preferred sites first. Everybody may know it.

    To a channel: what is kept for others is not there; without one, for those that belong to none, nothing that is
    kept for any is. With a destination: by the sites that ship there.
    """
    _check(skus, destination)
    channel_id = await _channel(actor, channel)
    wanted = list(dict.fromkeys(skus))
    opened = await rows(InventorySite, _OPEN_SITES)
    areas: dict[UUID, Area | None] = {}
    if destination is not None:
        areas = _reaching(opened, destination)
        opened = [site for site in opened if site.id in areas]
    sending = [(site.id, _dispatch(site)) for site in opened]
    days = Days(Departures(now, await loads(sending, now)), areas)
    found: dict[str, Promise] = {}
    for record in await db.fetch(AVAILABLE, wanted, [site.id for site in opened], channel_id):
        held = sorted(zip(record["places"] or (), record["units"] or (), strict=True))
        sites = [(opened[place], units) for place, units in held]
        found[record["sku"]] = Promise(record["sku"], record["known"], days, sites)
    return [found[sku] for sku in wanted]


async def _channel(actor: Actor, code: str | None) -> UUID | None:
    """Channels ask for themselves alone."""
    if code is None:
        return actor.channel_id
    channel_id: UUID | None = await db.fetchval("SELECT id FROM channel WHERE code = $1", code)
    if channel_id is None or actor.channel_id not in (None, channel_id):
        raise not_found("channel", "channel")
    return channel_id


def _dispatch(site: InventorySite) -> Dispatch:
    return dispatch_of(
        site.timezone,
        site.cut_off_minute,
        site.working_days,
        site.closed_on,
        site.handling_days,
        site.daily_capacity,
    )


def _reaching(sites: Sequence[InventorySite], destination: Destination) -> dict[UUID, Area | None]:
    """The sites that ship there, each with the area that says how; None for one that ships anywhere."""
    found: dict[UUID, Area | None] = {}
    for site in sites:
        if SiteCapability.SHIP in site.capabilities:
            areas = areas_of(site.areas)
            area = area_for(areas, destination)
            if area is not None or not areas:
                found[site.id] = area
    return found


def _check(skus: Sequence[str], destination: Destination | None) -> None:
    if len(skus) > MAX_SKUS:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_SKUS} SKUs at a time.", "skus")
    if destination is not None:
        problems = Problems()
        check_region(problems, destination.country, destination.subdivision, "destination")
        problems.check()

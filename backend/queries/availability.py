"""What can be promised: which sites give how many units of a SKU, when these leave and when they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    """When each of some sites sends off what is ordered now, and when that arrives; None for what is not known, or not
    done there. By the site's place among them.
    """

    def __init__(self, known: Iterable[tuple[date | None, Area | None]]) -> None:
        """Of each site the day on which it leaves, and the area that it goes to."""
        self.leaves: list[date | None] = []
        self.arrives: list[date | None] = []
        for leaves, area in known:
            self.leaves.append(leaves)
            self.arrives.append(delivers_on(leaves, area))
        self._soonest = [
            sorted((day, place) for place, day in enumerate(days) if day) for days in (self.leaves, self.arrives)
        ]

    def earliest(self, units: Sequence[int]) -> tuple[date | None, date | None]:
        """The first days on which any site that has units sends off, and on which it arrives from any."""
        left, arrived = (next((day for day, place in days if units[place] > 0), None) for days in self._soonest)
        return left, arrived


@dataclass(frozen=True, slots=True)
class Promise:
    """What sites that are open can give of a SKU; `known` says that it was ever sold or stocked.

    `units` and `days` are by the sites' places.
    """

    sku: str
    known: bool
    opened: Sequence[InventorySite]
    units: Sequence[int]
    days: Days

    @property
    def total(self) -> int:
        return sum(self.units)

    @property
    def sites(self) -> list[tuple[InventorySite, int, date | None, date | None]]:
        """Those that have any, with what they have and when it leaves and arrives."""
        rows = zip(self.opened, self.units, self.days.leaves, self.days.arrives, strict=True)
        return [row for row in rows if row[1]]

    @property
    def earliest(self) -> tuple[date | None, date | None]:
        return self.days.earliest(self.units)


#: Levels come as two arrays of numbers for each SKU, sites by their place in $2: rows of 50 SKUs at 500 sites, or
#: the ids of their sites, cost more to read than to find. They are all read before they are joined: a join for each
#: SKU takes three times as long.
AVAILABLE = """
WITH site AS MATERIALIZED (
    SELECT id, place::int - 1 AS place FROM unnest($2::uuid[]) WITH ORDINALITY AS s(id, place)
), level AS MATERIALIZED (
    SELECT site_id, sku, on_hand - allocated - reserved - safety_stock AS units, fenced FROM inventory_level
     WHERE sku = ANY($1) AND on_hand - allocated - reserved - safety_stock > 0
), held AS (
    SELECT l.sku, array_agg(s.place) AS places, array_agg(l.units - CASE WHEN l.fenced = 0 THEN 0
               ELSE l.fenced - coalesce((SELECT f.quantity FROM ring_fence f WHERE f.site_id = l.site_id
                                            AND f.sku = l.sku AND f.channel_id = $3), 0) END) AS units
      FROM level l JOIN site s ON s.id = l.site_id GROUP BY l.sku
)
SELECT w.sku, h.places, h.units,
       EXISTS (SELECT 1 FROM product p WHERE p.sku = w.sku AND p.kind = 'PHYSICAL')
       OR EXISTS (SELECT 1 FROM inventory_level k WHERE k.sku = w.sku) AS known
  FROM unnest($1::text[]) AS w(sku) LEFT JOIN held h ON h.sku = w.sku
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
    sending = {site.id: _dispatch(site) for site in opened if SiteCapability.SHIP in site.capabilities}
    departures = Departures(now, await loads(list(sending.items()), now))
    leaves = {site_id: departures.leaves(site_id, dispatch) for site_id, dispatch in sending.items()}
    days = Days((leaves.get(site.id), areas.get(site.id)) for site in opened)
    found: dict[str, Promise] = {}
    for record in await db.fetch(AVAILABLE, wanted, [site.id for site in opened], channel_id):
        units = [0] * len(opened)
        for place, count in zip(record["places"] or (), record["units"] or (), strict=True):
            units[place] = max(0, count)
        found[record["sku"]] = Promise(record["sku"], record["known"], opened, units, days)
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

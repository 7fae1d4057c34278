"""What allocation is asked with: the lines that want units, the sites, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.rules.dispatch import Area, Delivery, Departures, Destination, Dispatch, area_for
from backend.rules.vocabulary import DeliveryMethod, SiteCapability, SiteKind

_EARTH_KM = 6371.0088
#: Half the world: farther than any place that is known.
FARTHEST_KM = 20_016

#: (latitude, longitude) in degrees.
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of an order's line that no site gives yet. `value`: of all of them, in hundredths."""

    line_id: UUID
    sku: str
    quantity: int
    delivery_method: DeliveryMethod
    pickup_site_id: UUID | None = None
    value: int = 0
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    id: UUID
    code: str
    kind: SiteKind
    active: bool
    capabilities: frozenset[SiteCapability]
    rank: int = 100
    place: Point | None = None
    country: str = ""
    subdivision: str = ""
    areas: tuple[Area, ...] = ()
    dispatch: Dispatch = field(default=Dispatch("UTC"), hash=False)


@dataclass(frozen=True, slots=True)
class Level:
    """`free`: neither allocated nor reserved; `safety` of it is not promised, `fenced` is kept for other channels."""

    free: int
    safety: int = 0
    fenced: int = 0

    @property
    def available(self) -> int:
        return max(0, self.free - self.safety - self.fenced)


#: What sites hold, by (site, SKU).
Levels = Mapping[tuple[UUID, str], Level]
#: Units, by (site, SKU).
Units = Mapping[tuple[UUID, str], int]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes: a channel, and what is reserved for its order, which is free for that alone.

    `from_fences`: units of `own` that the reservation took from the channel's ring-fences.
    """

    channel: str = ""
    own: Units = field(default_factory=dict)
    from_fences: Units = field(default_factory=dict)


class Stock:
    """What sites hold, going down as one order is decided after the other.

    Made of (site, SKU, free, safety stock), and of (site, SKU, channel, units) that are kept for one channel.
    """

    def __init__(
        self, held: Iterable[tuple[UUID, str, int, int]], fences: Iterable[tuple[UUID, str, str, int]] = ()
    ) -> None:
        self._levels: dict[str, dict[tuple[UUID, str], Level]] = {}
        self._safety: dict[tuple[UUID, str], int] = {}
        self._fences: dict[tuple[UUID, str], dict[str, int]] = {}
        for site_id, sku, channel, units in fences:
            self._fences.setdefault((site_id, sku), {})[channel] = units
        for site_id, sku, free, safety in held:
            self._safety[site_id, sku] = safety
            self._levels.setdefault(sku, {})[site_id, sku] = Level(free, min(safety, free))

    def seen_by(self, skus: Iterable[str], claim: Claim) -> Levels:
        """The levels of these SKUs that have anything free."""
        found: dict[tuple[UUID, str], Level] = {}
        for sku in dict.fromkeys(skus):
            found.update(self._levels.get(sku, {}))
        found |= {key: self._level(key, claim) for key in self._fences.keys() & found.keys() | claim.own.keys()}
        return {key: level for key, level in found.items() if level.free > 0}

    def _level(self, key: tuple[UUID, str], claim: Claim) -> Level:
        level = self._levels.get(key[1], {}).get(key, _NOTHING)
        fenced = sum(units for channel, units in self._fences.get(key, _NO_FENCES).items() if channel != claim.channel)
        return Level(level.free + claim.own.get(key, 0), level.safety, fenced)

    def has(self, units: Units, claim: Claim) -> bool:
        """Whether all of this may still be taken."""
        return all(wanted <= self._level(key, claim).available for key, wanted in units.items() if wanted)

    def take(self, units: Units, claim: Claim) -> dict[tuple[UUID, str], int]:
        """By an order that uses up, or gives back, what is reserved for it. Units that come from the channel's own
        fences, which are used first.
        """
        drawn: dict[tuple[UUID, str], int] = {}
        for key in units.keys() | claim.own.keys():
            taken = units.get(key, 0)
            free = self._level(key, claim).free - taken
            self._levels.setdefault(key[1], {})[key] = Level(free, min(self._safety.get(key, 0), free))
            fences = self._fences.get(key)
            if fences is not None and claim.channel in fences:
                kept = fences[claim.channel] + claim.from_fences.get(key, 0)
                drawn[key] = min(kept, taken)
                fences[claim.channel] = kept - drawn[key]
        return drawn


_NOTHING = Level(0)
_NO_FENCES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Assignment:
    line_id: UUID
    site_id: UUID
    sku: str
    quantity: int
    delivery_method: DeliveryMethod


def distance_km(here: Point | None, there: Point | None) -> float | None:
    """Great-circle distance; None where one is not known."""
    if here is None or there is None:
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def deliveries(
    departures: Departures,
    sites: Iterable[Site],
    ship_to: Destination | None = None,
    promised_at: datetime | None = None,
) -> dict[UUID, Delivery | None]:
    """How soon it would be there from each; None where nothing is sent off."""
    return {
        site.id: departures.delivery(
            site.id, site.dispatch, area_for(site.areas, ship_to) if ship_to else None, promised_at
        )
        for site in sites
    }


def way(site: Site, destination: Point | None) -> int:
    """Kilometres to go: FARTHEST_KM for a site without a place, 0 everywhere when nobody knows where it goes."""
    if destination is None:
        return 0
    distance = distance_km(site.place, destination)
    return FARTHEST_KM if distance is None else round(distance)

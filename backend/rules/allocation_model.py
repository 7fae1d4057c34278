"""What allocation is asked with: the lines that want units, the sites, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Level:
    """`free`: neither allocated nor reserved; `safety` of it is not promised."""

    free: int
    safety: int = 0

    @property
    def available(self) -> int:
        return max(0, self.free - self.safety)


#: What sites hold, by (site, SKU).
Levels = Mapping[tuple[UUID, str], Level]


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


def way(site: Site, destination: Point | None) -> int:
    """Kilometres to go: FARTHEST_KM for a site without a place, 0 everywhere when nobody knows where it goes."""
    if destination is None:
        return 0
    distance = distance_km(site.place, destination)
    return FARTHEST_KM if distance is None else round(distance)

"""Carriers: who takes a package, under which number. One that is asked over the network is a further `Carrier`.

The key of a parcel is its idempotency key: asking again with the same key buys no second label.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote
from uuid import UUID

from backend.config import get_settings
from backend.errors import ErrorCode, refused


@dataclass(frozen=True, slots=True)
class Parcel:
    """`tracking_number` is given where somebody has bought the label already."""

    key: UUID
    carrier: str
    service: str | None
    tracking_number: str | None
    weight_grams: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    tracking_number: str | None
    tracking_url: str | None = None
    label_url: str | None = None


class Carrier(Protocol):
    name: str

    async def label(self, parcel: Parcel) -> Label: ...


#: Public tracking pages; the number takes the place of {}.
_TRACKING_PAGES = {
    "dhl": "https://www.dhl.com/en/express/tracking.html?AWB={}",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr={}",
    "gls": "https://gls-group.com/track/{}",
    "ups": "https://www.ups.com/track?tracknum={}",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}


class ManualCarrier:
    """Labels are made elsewhere; a person, or another system, says which number they bear."""

    name = "manual"

    async def label(self, parcel: Parcel) -> Label:
        page = _TRACKING_PAGES.get(parcel.carrier.lower())
        number = parcel.tracking_number
        return Label(number, page.format(quote(number, safe="")) if page and number else None)


@lru_cache(maxsize=1)
def _registry() -> dict[str, Carrier]:
    return {}


def register(carrier: Carrier) -> None:
    """Ask this carrier for labels of shipments under its name."""
    _registry()[carrier.name] = carrier


def carrier_for(name: str) -> Carrier:
    """A carrier that nobody has registered is handled by hand."""
    return _registry().get(name) or ManualCarrier()


async def labels(parcels: list[Parcel]) -> list[Label]:
    """One label for each, in order. GATEWAY_UNAVAILABLE where the carrier does not answer in time: ask again."""
    try:
        async with asyncio.timeout(get_settings().carrier_timeout):
            return [await carrier_for(parcel.carrier).label(parcel) for parcel in parcels]
    except TimeoutError:
        raise refused(ErrorCode.GATEWAY_UNAVAILABLE, "The carrier does not answer; ask again.", "carrier") from None

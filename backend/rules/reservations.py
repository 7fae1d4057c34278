"""Where units are held for a checkout: one site that has everything, else each line whole, else in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """`sites`: where the line may be held, the preferred first."""

    sku: str
    quantity: int
    sites: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Held:
    line: int
    site_id: UUID
    sku: str
    quantity: int


def hold(wanted: Sequence[Wanted], available: Mapping[tuple[UUID, str], int]) -> tuple[list[Held], dict[int, int]]:
    """What is held where, and what is missing, by line."""
    common = [site for site in wanted[0].sites if all(site in line.sites for line in wanted)] if wanted else []
    for site in common:
        found, missing = _from([[site]] * len(wanted), wanted, available)
        if not missing:
            return found, missing
    return _from([line.sites for line in wanted], wanted, available)


def _from(
    sites: Sequence[Sequence[UUID]], wanted: Sequence[Wanted], available: Mapping[tuple[UUID, str], int]
) -> tuple[list[Held], dict[int, int]]:
    left = dict(available)
    found, missing = [], {}
    for index, line in enumerate(wanted):
        whole = next((site for site in sites[index] if left.get((site, line.sku), 0) >= line.quantity), None)
        units = line.quantity
        for site in sites[index] if whole is None else [whole]:
            taken = min(units, max(0, left.get((site, line.sku), 0)))
            if taken:
                left[site, line.sku] -= taken
                units -= taken
                found.append(Held(index, site, line.sku, taken))
        if units:
            missing[index] = units
    return found, missing

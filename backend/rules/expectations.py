"""When goods that nobody has yet are expected, and for whom: the earliest units go to whoever is served first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Incoming:
    """Units of one SKU that a site expects on a day; `ships`: it may send them to customers."""

    site_id: UUID
    on: date
    units: int
    ships: bool = True

    def serves(self, waiting: Waiting) -> bool:
        return self.ships if waiting.site_id is None else self.site_id == waiting.site_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units of one SKU that an order line waits for; at `site_id` alone, where it is collected there."""

    line_id: UUID
    units: int
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """`by_line`: the day on which all units of a line are expected. `spare`: the first with units for somebody new."""

    by_line: dict[UUID, date]
    spare: date | None


def outlook(incoming: Sequence[Incoming], waiting: Sequence[Waiting], today: date) -> Outlook:
    """What the receipts of one SKU mean for those who wait, who come in the order in which they are served.

    Goods that should have come already are expected today. A line that the receipts do not cover has no day.
    """
    receipts = sorted(incoming, key=lambda one: (one.on, one.site_id.int))
    left = [one.units for one in receipts]
    by_line: dict[UUID, date] = {}
    for line in waiting:
        missing = line.units
        for place, receipt in enumerate(receipts):
            if not missing:
                break
            if not receipt.serves(line):
                continue
            taken = min(missing, left[place])
            left[place] -= taken
            missing -= taken
            if taken and not missing:
                by_line[line.line_id] = max(receipt.on, today)
    spare = next((max(receipt.on, today) for receipt, units in zip(receipts, left, strict=True) if units), None)
    return Outlook(by_line, spare)

"""The problem of one order in numbers, without names: what a search works on and what it gives back.

All costs are integers of one unit that the caller chooses (the application: minor units of the order's currency), so
that sums are exact and ties are ties. An option is a place that goods can come from, an item is what must come from one
option as a whole unless the problem lets it come in parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: More than any plan may cost: what is impossible. Integers have no end, so sums of it are safe.
NEVER = 1 << 60
#: In place of an option: the item stays unfilled.
UNFILLED = -1


@dataclass(frozen=True, slots=True)
class Parts:
    """An item that may come in parts: `offers` are (cost of a unit, option, units available), the cheapest first."""

    quantity: int
    unfilled: int  # The cost of each unit that stays unfilled.
    offers: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """What one option can give at most of several items together, `needs` of it by item."""

    option: int
    needs: Mapping[int, int]
    available: int


@dataclass(frozen=True, slots=True)
class Problem:
    """`fixed` by option, not below 0. `rows` by item: option -> cost of all its units from there.

    `unfilled` by item: the cost of leaving it, NEVER where that is not allowed; `unfilled_fixed` is paid once when
    anything is left. With `parts` (by item, None: whole only) an item may be split over options. `values` by item
    count towards `minimum_value`, which every shipment must reach as soon as there are two.
    """

    fixed: Sequence[int]
    rows: Sequence[Mapping[int, int]]
    unfilled: Sequence[int]
    unfilled_fixed: int = 0
    max_shipments: int | None = None
    values: Sequence[int] = ()
    minimum_value: int = 0
    joints: Sequence[Joint] = ()
    parts: Sequence[Parts | None] = ()
    node_limit: int = 50_000


@dataclass(frozen=True, slots=True)
class Solution:
    """`choice` by item: the option that gives all of it, or UNFILLED. Where items are split, `shares` has them by item:
    (option, units). `bound` is what no plan can be below: equal to `cost` unless the search was cut short.
    """

    cost: int
    choice: tuple[int, ...]
    bound: int
    nodes: int = 0
    shares: tuple[tuple[tuple[int, int], ...], ...] | None = None

    @property
    def possible(self) -> bool:
        """Whether there is a plan at all. Credits may bring an impossible cost a little below NEVER, no further."""
        return self.cost < NEVER >> 1

    @property
    def gap(self) -> int:
        return self.cost - self.bound

    @property
    def optimal(self) -> bool:
        return self.cost == self.bound

    @property
    def options(self) -> tuple[int, ...]:
        """The options used, ascending: as many as there are shipments."""
        if self.shares is not None:
            return tuple(sorted({option for shares in self.shares for option, _ in shares}))
        return tuple(sorted({option for option in self.choice if option != UNFILLED}))


def cost_of(problem: Problem, choice: Sequence[int]) -> int:
    """What whole items from these options cost together. About NEVER or more: it cannot be done."""
    cost = sum(problem.fixed[option] for option in set(choice) if option != UNFILLED)
    if UNFILLED in choice:
        cost += problem.unfilled_fixed
    for item, option in enumerate(choice):
        cost += problem.unfilled[item] if option == UNFILLED else problem.rows[item].get(option, NEVER)
    return cost

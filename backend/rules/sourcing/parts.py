"""Items that may come in parts: for any set of options each item is filled from the cheapest on; the set is searched.

That is exact, because items that share no stock do not disturb each other once the options are chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem, Solution

#: Tie breakers: units that stay unfilled, then shipments.
_SHIFT, _LEFT, _ONE = 48, 1 << 16, 1
_NONE = NEVER << _SHIFT

#: Of one item, the cheapest first: (weight of a unit, option, units).
_Offers = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Item:
    """`units` is 1 for what comes whole: its only unit."""

    units: int
    left: int
    offers: _Offers


def solve_in_parts(problem: Problem) -> Solution:
    """The cheapest plan; refuses what several items need together, which would make them disturb each other."""
    if problem.joints or problem.minimum_value:
        raise ValueError("Items in parts cannot be searched with joint limits or a least value of a shipment.")
    search = _Search(problem)
    may_leave = any(item.left < _NONE for item in search.items)
    for leaving in (False, True) if problem.unfilled_fixed and may_leave else (may_leave,):
        search.run(leaving)
    shares = search.shares()
    choice = tuple(given[0][0] if len(given) == 1 else UNFILLED for given in shares)
    cost = search.best >> _SHIFT
    bound = cost if search.floor is None else min(cost, search.floor >> _SHIFT)
    return Solution(cost, choice, bound, search.nodes, shares)


def _items(problem: Problem) -> list[_Item]:
    items = []
    for row, left, parts in zip(problem.rows, problem.unfilled, problem.parts, strict=True):
        if parts is None:
            offers = [(cost << _SHIFT, option, 1) for option, cost in row.items()]
            items.append(_Item(1, (left << _SHIFT) + _LEFT, tuple(sorted(offers))))
        else:
            offers = [(cost << _SHIFT, option, units) for cost, option, units in parts.offers if units > 0]
            items.append(_Item(parts.quantity, (parts.unfilled << _SHIFT) + _LEFT, tuple(sorted(offers))))
    return items


@dataclass(slots=True)
class _Search:
    problem: Problem
    nodes: int = 0
    floor: int | None = None
    best: int = _NONE << 1
    opened: frozenset[int] = frozenset()
    leaving: bool = True
    items: list[_Item] = field(init=False)
    options: list[int] = field(init=False)
    most: int = field(init=False)
    tried: bool = False

    def __post_init__(self) -> None:
        self.items = _items(self.problem)
        found = {option for item in self.items for _, option, _ in item.offers}
        self.options = sorted(found, key=lambda option: (self.problem.fixed[option], option))
        self.most = min(self.problem.max_shipments or len(self.options), len(self.options))

    def run(self, leaving: bool) -> None:
        once = (self.problem.unfilled_fixed << _SHIFT) if leaving else 0
        weight = once + self._weight(frozenset(), leaving)
        if not self.tried or weight < self.best:
            self.tried, self.best, self.opened, self.leaving = True, weight, frozenset(), leaving
        if self.most:
            self._visit(0, once, (), leaving)

    def _visit(self, start: int, spent: int, opened: tuple[int, ...], leaving: bool) -> None:
        for index in range(start, len(self.options)):
            paid = spent + (self.problem.fixed[self.options[index]] << _SHIFT) + _ONE
            lower = paid + self._weight(frozenset(opened).union(self.options[index:]), leaving)
            if lower >= self.best:
                return
            if self.nodes >= self.problem.node_limit:
                self.floor = lower if self.floor is None else min(self.floor, lower)
                return
            self.nodes += 1
            now = (*opened, self.options[index])
            weight = paid + self._weight(frozenset(now), leaving)
            if weight < self.best:
                self.best, self.opened, self.leaving = weight, frozenset(now), leaving
            if len(now) < self.most:
                self._visit(index + 1, paid, now, leaving)

    def _weight(self, options: frozenset[int], leaving: bool) -> int:
        """What the items cost when they may come from these options; their fixed costs not counted."""
        total = 0
        for item in self.items:
            missing = item.units
            for cost, option, units in item.offers:
                if cost >= item.left and leaving:
                    break
                if option in options:
                    taken = min(missing, units)
                    total += cost * taken
                    missing -= taken
                    if not missing:
                        break
            if missing:
                total += missing * (item.left if leaving else _NONE)
        return total

    def shares(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """By item: (option, units), for what comes whole with all its units as 1."""
        found = []
        for item in self.items:
            missing, given = item.units, []
            for cost, option, units in item.offers:
                if option in self.opened and missing and not (self.leaving and cost >= item.left):
                    taken = min(units, missing)
                    given.append((option, taken))
                    missing -= taken
            found.append(tuple(given))
        return tuple(found)

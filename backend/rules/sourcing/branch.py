"""Many items: depth-first over the options by their fixed cost, cut where no plan below can be cheaper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem, Solution, cost_of
from backend.rules.sourcing.weights import LEFT, ONE, SHIFT, Cover

_NONE = NEVER << SHIFT


def branch(problem: Problem, cover: Cover, choice: Sequence[int]) -> Solution:
    """The cheapest plan of the options in `cover`, or `choice` where none is cheaper."""
    search = _Search(problem, cover, cost_of(problem, choice))
    empty = [(cost << SHIFT) + LEFT for cost in problem.unfilled]
    if problem.unfilled_fixed and min(problem.unfilled) < NEVER:
        search.run([_NONE] * len(empty), 0)
        search.run(empty, problem.unfilled_fixed << SHIFT)
    else:
        search.run(empty, 0)
    if search.opened is not None:
        choice = search.choice(search.opened)
    cost = cost_of(problem, choice)
    bound = cost if search.floor is None else min(cost, search.floor >> SHIFT)
    return Solution(cost, tuple(choice), bound, search.nodes)


@dataclass(slots=True)
class _Search:
    """Only what is cheaper than `best` is looked for. `floor`: the least that lies behind what was not looked at."""

    problem: Problem
    cover: Cover
    cost: int
    nodes: int = 0
    floor: int | None = None
    opened: tuple[int, ...] | None = None
    best: int = field(init=False)
    options: list[int] = field(init=False)
    fixed: list[int] = field(init=False)
    costs: list[list[int]] = field(init=False)
    suffix: list[list[int]] = field(init=False)
    most: int = field(init=False)

    def __post_init__(self) -> None:
        problem, items = self.problem, len(self.problem.rows)
        self.best = self.cost << SHIFT  # Without tie breakers: a tie is not worth leaving the plan that is known.
        self.options = sorted(self.cover, key=lambda option: (problem.fixed[option], option))
        self.fixed = [(problem.fixed[option] << SHIFT) + ONE for option in self.options]
        self.most = min(problem.max_shipments or items, items, len(self.options))
        self.costs = []
        for option in self.options:
            row = [_NONE] * items
            for item, weight in self.cover[option]:
                row[item] = weight
            self.costs.append(row)
        self.suffix = [*self.costs, [_NONE] * items]
        for index in range(len(self.options) - 1, -1, -1):
            self.suffix[index] = [min(pair) for pair in zip(self.costs[index], self.suffix[index + 1], strict=True)]

    def run(self, current: list[int], spent: int) -> None:
        self._visit(0, spent, current, ())

    def _visit(self, start: int, spent: int, current: list[int], opened: tuple[int, ...]) -> None:
        """Open one more option, in the order of their fixed cost: later ones have no lower bound than earlier ones."""
        for index in range(start, len(self.options)):
            paid = spent + self.fixed[index]
            lower = paid + sum(map(min, current, self.suffix[index]))
            if lower >= self.best:
                return
            if self.nodes >= self.problem.node_limit:
                self.floor = lower if self.floor is None else min(self.floor, lower)
                return
            self.nodes += 1
            now = list(map(min, current, self.costs[index]))
            if now == current:
                continue
            if (weight := paid + sum(now)) < self.best:
                self.best, self.opened = weight, (*opened, index)
            if len(opened) + 1 < self.most:
                self._visit(index + 1, paid, now, (*opened, index))

    def choice(self, opened: tuple[int, ...]) -> list[int]:
        """Each item from the cheapest of the opened options, or left where that is cheaper."""
        rows, unfilled = self.problem.rows, self.problem.unfilled
        chosen = sorted(self.options[index] for index in opened)
        best = None
        for may_leave in (False, True):
            choice = []
            for item, row in enumerate(rows):
                offers = [((row[option] << SHIFT), option) for option in chosen if option in row]
                left = ((unfilled[item] << SHIFT) + LEFT, UNFILLED)
                choice.append(min([*offers, left] if may_leave or not offers else offers)[1])
            if best is None or cost_of(self.problem, choice) < cost_of(self.problem, best):
                best = choice
        assert best is not None
        return best

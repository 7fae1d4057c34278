"""Many items: depth-first over the options, cut where no plan below can be cheaper.

Two bounds: each item from the cheapest option that is opened or may still be, and the values of the items (`bounds`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem, Solution, cost_of
from backend.rules.sourcing.weights import LEFT, ONE, SHIFT, Cover

_NONE = NEVER << SHIFT


def branch(problem: Problem, cover: Cover, choice: Sequence[int], least: int, slack: Mapping[int, int]) -> Solution:
    """The cheapest plan of the options in `cover`, or `choice` where none is cheaper. `bounds` gave the rest."""
    lefts = [(cost << SHIFT) + LEFT for cost in problem.unfilled]
    search = _Search(problem, cover, lefts, cost_of(problem, choice), least, slack)
    if problem.unfilled_fixed and min(problem.unfilled) < NEVER:
        search.run([_NONE] * len(lefts), 0)
        search.run(lefts, problem.unfilled_fixed << SHIFT)
    else:
        search.run(lefts, 0)
    if search.opened is not None:
        choice = search.choice(search.opened)
    cost = cost_of(problem, choice)
    bound = cost if search.floor is None else min(cost, search.floor >> SHIFT)
    return Solution(cost, tuple(choice), bound, search.nodes)


@dataclass(slots=True)
class _Search:
    """Only what is cheaper than `cost` is looked for. `floor`: the least that lies behind what was not looked at."""

    problem: Problem
    cover: Cover
    lefts: list[int]
    cost: int
    least: int
    pushes: Mapping[int, int]
    nodes: int = 0
    floor: int | None = None
    opened: tuple[int, ...] | None = None
    best: int = field(init=False)
    options: list[int] = field(init=False)
    fixed: list[int] = field(init=False)
    slack: list[int] = field(init=False)
    costs: list[list[int]] = field(init=False)
    suffix: list[list[int]] = field(init=False)
    most: int = field(init=False)

    def __post_init__(self) -> None:
        problem, items = self.problem, len(self.problem.rows)
        self.best = self.cost << SHIFT  # Without tie breakers: a tie is not worth leaving the plan that is known.
        fixed = {option: (problem.fixed[option] << SHIFT) + ONE for option in self.cover}
        slack = self.pushes
        self.options = sorted(self.cover, key=lambda option: (slack[option], fixed[option], option))
        self.fixed = [fixed[option] for option in self.options]
        self.slack = [slack[option] for option in self.options]
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
        if self.most:
            self._visit(0, spent, self.least + spent, current, ())

    def _visit(self, start: int, spent: int, least: int, current: list[int], opened: tuple[int, ...]) -> None:
        """Open one more option, in the order of their slack: later ones push the bound up no less than earlier ones."""
        for index in range(start, len(self.options)):
            pushed = least + self.slack[index]
            if pushed >= self.best or spent + sum(map(min, current, self.suffix[index])) >= self.best:
                return
            paid = spent + self.fixed[index]
            lower = paid + sum(map(min, current, self.suffix[index]))
            if self.nodes >= self.problem.node_limit:
                self.floor = pushed if self.floor is None else min(self.floor, pushed)
                return
            if lower >= self.best:
                continue
            self.nodes += 1
            now = list(map(min, current, self.costs[index]))
            if now == current:
                continue
            if (weight := paid + sum(now)) < self.best:
                self.best, self.opened = weight, (*opened, index)
            if len(opened) + 1 < self.most:
                self._visit(index + 1, paid, pushed, now, (*opened, index))

    def choice(self, opened: tuple[int, ...]) -> list[int]:
        """Each item from the cheapest of the opened options, or left where that is cheaper."""
        chosen = sorted(self.options[index] for index in opened)
        found = [self._taken(chosen, may_leave=may_leave) for may_leave in (False, True)]
        return min(found, key=lambda choice: cost_of(self.problem, choice))

    def _taken(self, chosen: Sequence[int], *, may_leave: bool) -> list[int]:
        choice = []
        for row, left in zip(self.problem.rows, self.lefts, strict=True):
            offers = [(row[option] << SHIFT, option) for option in chosen if option in row]
            choice.append(min([*offers, (left, UNFILLED)] if may_leave or not offers else offers)[1])
        return choice

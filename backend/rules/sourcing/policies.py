"""The rules that other systems go by, and ours, as the same search with other costs.

Each takes the problem in money and gives the problem that the rule solves. What its plan costs is told by the problem in
money: `cost_of(problem, solve(nearest(problem, miles)).choice)`. All fill whatever the sites have before they look at
their own measure, except `least_cost` and `priced`, which weigh what staying unfilled costs like any other cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from backend.rules.sourcing.problem import NEVER, Problem

#: More than all costs of an order together, and as much less than NEVER as there may be items.
_TIER = NEVER >> 20


def priority_list(problem: Problem, ranks: Sequence[int]) -> Problem:
    """Each item from the first site of the list that has it. `ranks` by option, the lowest first."""
    return _by_measure(problem, ranks)


def nearest(problem: Problem, distances: Sequence[int]) -> Problem:
    """Each item from the nearest site that has it. `distances` by option, in any unit."""
    return _by_measure(problem, distances)


def fewest_splits(problem: Problem) -> Problem:
    """As few shipments as there can be; among those, the cheapest."""
    return replace(
        problem,
        fixed=[cost + _TIER for cost in problem.fixed],
        unfilled=_fill_first(problem),
        unfilled_fixed=0,
    )


def least_cost(problem: Problem) -> Problem:
    """What this order costs, later orders not considered: the problem as it stands."""
    return problem


def priced(problem: Problem, prices: Sequence[Mapping[int, int]]) -> Problem:
    """What this order costs with what it takes from later ones. `prices` by item: option -> price of all its units."""
    rows = [
        {option: cost + price.get(option, 0) for option, cost in row.items()}
        for row, price in zip(problem.rows, prices, strict=True)
    ]
    return replace(problem, rows=rows)


def _by_measure(problem: Problem, measure: Sequence[int]) -> Problem:
    return replace(
        problem,
        fixed=[0] * len(problem.fixed),
        rows=[{option: measure[option] for option in row} for row in problem.rows],
        unfilled=_fill_first(problem),
        unfilled_fixed=0,
    )


def _fill_first(problem: Problem) -> list[int]:
    return [NEVER if cost >= NEVER else _TIER << 10 for cost in problem.unfilled]

"""The rules that other systems go by, and ours, as the same search with other costs.

Each takes the problem in money and gives the problem that the rule solves; what its plan costs is told by the problem
in money. All fill whatever the sites have before they look at their own measure, except `least_cost` and `priced`,
which weigh what staying unfilled costs like any other cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from backend.rules.sourcing.problem import NEVER, Parts, Problem

#: More than all costs of an order together; a unit that stays unfilled weighs more than a shipment, an item far more.
_SHIPMENT, _UNIT, _ITEM = 1 << 34, 1 << 36, 1 << 46


def priority_list(problem: Problem, ranks: Sequence[int]) -> Problem:
    """Each item from the first site of the list that has it. `ranks` by option, the lowest first."""
    return _by_measure(problem, ranks)


def nearest(problem: Problem, distances: Sequence[int]) -> Problem:
    """Each item from the nearest site that has it. `distances` by option, in any unit."""
    return _by_measure(problem, distances)


def fewest_splits(problem: Problem) -> Problem:
    """As few shipments as there can be; among those, the cheapest."""
    fixed = [cost + _SHIPMENT for cost in problem.fixed]
    return _filled_first(replace(problem, fixed=fixed, parts=_repriced(problem.parts, lambda cost, _: cost)))


def least_cost(problem: Problem) -> Problem:
    """What this order costs, later orders not considered: the problem as it stands."""
    return problem


def priced(problem: Problem, prices: Sequence[Mapping[int, int]]) -> Problem:
    """What this order costs with what it takes from later ones. `prices` by whole item: option -> price of all its
    units; items in parts carry the price in the cost of their units.
    """
    rows = [
        {option: cost + price.get(option, 0) for option, cost in row.items()}
        for row, price in zip(problem.rows, prices, strict=True)
    ]
    return replace(problem, rows=rows)


def _by_measure(problem: Problem, measure: Sequence[int]) -> Problem:
    rows = [{option: measure[option] for option in row} for row in problem.rows]
    parts = _repriced(problem.parts, lambda _, option: measure[option])
    return _filled_first(replace(problem, fixed=[0] * len(problem.fixed), rows=rows, parts=parts))


def _repriced(parts: Sequence[Parts | None], price: Callable[[int, int], int]) -> list[Parts | None]:
    return [
        each
        and Parts(
            each.quantity,
            NEVER if each.unfilled >= NEVER else _UNIT,
            tuple(sorted((price(cost, option), option, units) for cost, option, units in each.offers)),
        )
        for each in parts
    ]


def _filled_first(problem: Problem) -> Problem:
    unfilled = [NEVER if cost >= NEVER else _ITEM for cost in problem.unfilled]
    return replace(problem, unfilled=unfilled, unfilled_fixed=0)

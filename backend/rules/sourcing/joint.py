"""What items need together: a stock that two lines share, the capacity of a site, the least value of a shipment.

First the plan without these limits: where it keeps them it is the best. Otherwise option by option, every subset of the
items that one shipment may have. Too many items for that: a quick plan, with the gap to the plan without limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.rules.sourcing.problem import UNFILLED, Joint, Problem, Solution, cost_of
from backend.rules.sourcing.weights import LEFT, ONE, SHIFT

#: Subsets times options looked at; beyond it the plan is no longer proven.
MAX_STEPS = 400_000

#: A shipment: the subset of items as bits, its weight. A plan: the shipments (option, subset) before.
_Blocks = list[tuple[int, int]]
_Plan = tuple[int, tuple[tuple[int, int], ...]]


def solve_jointly(problem: Problem, solve_whole: Callable[[Problem], Solution]) -> Solution:
    """The cheapest plan that keeps the joint limits."""
    free = solve_whole(replace(problem, joints=(), minimum_value=0))
    if keeps_limits(problem, free.choice):
        return free
    search = _Search(problem)
    choice = search.best()
    if choice is None:
        choice = _quick(problem)
        return Solution(cost_of(problem, choice), tuple(choice), free.bound, search.steps)
    cost = cost_of(problem, choice)
    return Solution(cost, tuple(choice), cost, search.steps)


def keeps_limits(problem: Problem, choice: Sequence[int]) -> bool:
    """Whether the plan keeps what its options can give jointly, and the least value of its shipments."""
    for joint in problem.joints:
        if sum(units for item, units in joint.needs.items() if choice[item] == joint.option) > joint.available:
            return False
    used = set(choice) - {UNFILLED}
    if problem.minimum_value and len(used) > 1:
        values = problem.values
        return all(
            sum(values[item] for item, chosen in enumerate(choice) if chosen == option) >= problem.minimum_value
            for option in used
        )
    return True


class _Search:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.steps = 0
        self.full = (1 << len(problem.rows)) - 1
        self.options = sorted({option for row in problem.rows for option in row})
        self.joints: dict[int, list[Joint]] = {}
        for joint in problem.joints:
            self.joints.setdefault(joint.option, []).append(joint)

    def best(self) -> list[int] | None:
        """The choice, or None when there is too much to look at."""
        size = sum(1 << sum(option in row for row in self.problem.rows) for option in self.options)
        if size > MAX_STEPS:
            return None
        blocks = {option: self._blocks(option) for option in self.options}
        plans = [self._left(0, 0, ())]
        for option, shipments in blocks.items():
            plans += [self._left(mask, weight, ((option, mask),)) for mask, weight in shipments]
        most = min(self.problem.max_shipments or len(self.problem.rows), len(self.problem.rows))
        if most > 1:
            several = self._several(blocks, most)
            if several is None:
                return None
            plans += several
        _, shipments_of = min(plans)
        choice = [UNFILLED] * len(self.problem.rows)
        for option, mask in shipments_of:
            for item in range(len(choice)):
                if mask >> item & 1:
                    choice[item] = option
        return choice

    def _blocks(self, option: int) -> _Blocks:
        """Every subset that one shipment from the option may have, with its weight."""
        found = [(0, (self.problem.fixed[option] << SHIFT) + ONE)]
        for item, row in enumerate(self.problem.rows):
            if option in row:
                found += [(mask | 1 << item, weight + (row[option] << SHIFT)) for mask, weight in found]
        return [block for block in found[1:] if self._gives(option, block[0])]

    def _gives(self, option: int, mask: int) -> bool:
        return all(
            sum(units for item, units in joint.needs.items() if mask >> item & 1) <= joint.available
            for joint in self.joints.get(option, ())
        )

    def _left(self, mask: int, weight: int, shipments: tuple[tuple[int, int], ...]) -> _Plan:
        """The plan with what it leaves unfilled."""
        missing = [cost for item, cost in enumerate(self.problem.unfilled) if not mask >> item & 1]
        if missing:
            weight += (sum(missing) + self.problem.unfilled_fixed << SHIFT) + LEFT * len(missing)
        return weight, shipments

    def _several(self, blocks: dict[int, _Blocks], most: int) -> list[_Plan] | None:
        """Plans of up to `most` shipments, each option once, each shipment of the least value."""
        values, least = self.problem.values, self.problem.minimum_value
        plans: dict[tuple[int, int], _Plan] = {(0, 0): (0, ())}
        for option, shipments in blocks.items():
            allowed = [
                block
                for block in shipments
                if not least or sum(value for item, value in enumerate(values) if block[0] >> item & 1) >= least
            ]
            self.steps += len(plans) * len(allowed)
            if self.steps > MAX_STEPS:
                return None
            for (mask, count), (weight, before) in list(plans.items()):
                if count == most:
                    continue
                for block, cost in allowed:
                    if block & mask:
                        continue
                    key, total = (mask | block, count + 1), weight + cost
                    if key not in plans or total < plans[key][0]:
                        plans[key] = (total, (*before, (option, block)))
        return [self._left(mask, weight, before) for (mask, _), (weight, before) in plans.items()]


def _quick(problem: Problem) -> list[int]:
    """Each item, those with the fewest options first, where it adds least; shipments of too little value given up."""
    barred: set[int] = set()
    while True:
        choice = _greedy(problem, barred)
        used = set(choice) - {UNFILLED}
        if keeps_limits(problem, choice):
            return choice
        worth = {
            option: sum(problem.values[item] for item, chosen in enumerate(choice) if chosen == option)
            for option in used
        }
        barred.add(min(worth, key=lambda option: (worth[option], option)))


def _greedy(problem: Problem, barred: set[int]) -> list[int]:
    choice = [UNFILLED] * len(problem.rows)
    most = problem.max_shipments or len(problem.rows)
    for item in sorted(range(len(choice)), key=lambda it: (len(problem.rows[it]), it)):
        used = set(choice) - {UNFILLED}
        best = problem.unfilled[item]
        for option, cost in sorted(problem.rows[item].items()):
            added = cost if option in used else cost + problem.fixed[option]
            if option in barred or added >= best or (option not in used and len(used) == most):
                continue
            if _fits(problem, choice, item, option):
                best, choice[item] = added, option
    return choice


def _fits(problem: Problem, choice: Sequence[int], item: int, option: int) -> bool:
    for joint in problem.joints:
        if joint.option == option and item in joint.needs:
            taken = sum(units for it, units in joint.needs.items() if it == item or choice[it] == option)
            if taken > joint.available:
                return False
    return True

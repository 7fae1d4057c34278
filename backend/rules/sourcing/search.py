"""The exact search: the cheapest plan for one order, proven, or the best found with its gap.

Most orders end with the first look: one shipment costs no more than the least that two can cost. The rest lose the
options that no cheaper plan can use; few items are then solved by subsets (`partition`), many by branch and bound
(`branch`), split ones by `parts`, and what several items need together by `joint`.

Ties: fewest items unfilled, then fewest shipments, then the option with the lowest number. The tie breakers ride in the
lower bits of every cost while searching, so that comparing costs is all that a search does.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.rules.sourcing.branch import branch
from backend.rules.sourcing.joint import solve_jointly
from backend.rules.sourcing.partition import partition
from backend.rules.sourcing.parts import solve_in_parts
from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem, Solution, cost_of
from backend.rules.sourcing.weights import LEFT, ONE, SHIFT, Cover

#: Above this many items, or subsets of items that options can give, branch and bound is quicker than subsets.
MAX_ITEMS = 10
MAX_SUBSETS = 20_000


def solve(problem: Problem) -> Solution:
    """The cheapest plan; not `possible` where there is none."""
    if any(problem.parts):
        return solve_in_parts(problem)
    if problem.joints or problem.minimum_value:
        return solve_jointly(problem, solve_whole)
    return solve_whole(problem)


def solve_whole(problem: Problem) -> Solution:
    """Every item from one option, or unfilled; nothing that several items need together."""
    rows, unfilled = problem.rows, problem.unfilled
    if len(rows) == 1:
        return _one_item(problem)
    cover: Cover = {}
    lows, empty = [], 0
    for item, row in enumerate(rows):
        low = left = (unfilled[item] << SHIFT) + LEFT
        empty += left
        for option, cost in row.items():
            cost <<= SHIFT
            if cost < low:
                low = cost
            if option in cover:
                cover[option].append((item, cost))
            else:
                cover[option] = [(item, cost)]
        lows.append(low)
    fixed = {option: (problem.fixed[option] << SHIFT) + ONE for option in cover}
    best, choice = _at_most_one(problem, cover, fixed, empty)
    if len(cover) < 2 or problem.max_shipments == 1:
        return _solution(problem, choice)
    first, second = sorted(fixed.values())[:2]
    least = sum(lows)
    if best <= first + second + least:
        return _solution(problem, choice)
    best, choice = _bettered(problem, cover, fixed, best, choice)
    kept = {
        option: entries
        for option, entries in cover.items()
        if fixed[option] + (second if fixed[option] == first else first) + least < best
    }
    if len(kept) < 2:
        return _solution(problem, choice)
    if len(rows) <= MAX_ITEMS and sum(1 << len(entries) for entries in kept.values()) <= MAX_SUBSETS:
        found = partition(problem, kept, fixed, best)
        return _solution(problem, choice if found is None else found)
    return branch(problem, _undominated(kept, fixed), choice)


def _solution(problem: Problem, choice: Sequence[int]) -> Solution:
    cost = cost_of(problem, choice)
    return Solution(cost, tuple(choice), cost)


def _one_item(problem: Problem) -> Solution:
    best, chosen, fixed = NEVER, UNFILLED, problem.fixed
    for option, cost in problem.rows[0].items():
        cost += fixed[option]
        if cost < best or (cost == best and option < chosen):
            best, chosen = cost, option
    if (left := problem.unfilled[0] + problem.unfilled_fixed) < best or chosen == UNFILLED:
        best, chosen = left, UNFILLED
    return Solution(best, (chosen,), best)


def _at_most_one(problem: Problem, cover: Cover, fixed: dict[int, int], empty: int) -> tuple[int, list[int]]:
    """The best plan of one shipment or none: its weight and choice."""
    once = problem.unfilled_fixed << SHIFT
    unfilled, items = problem.unfilled, len(problem.rows)
    never = min(unfilled) >= NEVER  # Whatever is left then, the plan is impossible.
    best, chosen, whole = empty + once, UNFILLED, False
    for option, entries in cover.items():
        full = len(entries) == items
        if full:
            weight = fixed[option] + sum([cost for _, cost in entries])
            if weight < best or (weight == best and option < chosen):
                best, chosen, whole = weight, option, True
        if not never:
            weight = fixed[option] + empty + once
            for item, cost in entries:
                weight += min(0, cost - (unfilled[item] << SHIFT) - LEFT)
            if weight < best or (weight == best and option < chosen):
                best, chosen, whole = weight, option, False
    choice = [UNFILLED] * items
    for item, cost in cover.get(chosen, ()):
        if whole or cost <= (unfilled[item] << SHIFT) + LEFT:
            choice[item] = chosen
    return best, choice


def _bettered(
    problem: Problem, cover: Cover, fixed: dict[int, int], best: int, choice: list[int]
) -> tuple[int, list[int]]:
    """A plan of several shipments that is quickly found: each item where it and its shipment cost least."""
    near = []
    for item, row in enumerate(problem.rows):
        left = (problem.unfilled[item] << SHIFT) + LEFT
        options = [((cost << SHIFT) + fixed[option], option) for option, cost in row.items()]
        near.append(min(options, default=(left, UNFILLED))[1])
    chosen = set(near) - {UNFILLED}
    if len(chosen) < 2 or len(chosen) > (problem.max_shipments or len(chosen)):
        return best, choice
    weight = sum(fixed[option] for option in chosen)
    taken = []
    for item, row in enumerate(problem.rows):
        left = (problem.unfilled[item] << SHIFT) + LEFT
        cost, option = min(((row[it] << SHIFT, it) for it in chosen if it in row), default=(left, UNFILLED))
        weight += cost
        taken.append(option)
    if UNFILLED in taken:
        weight += problem.unfilled_fixed << SHIFT
    return (weight, taken) if weight < best else (best, choice)


def _undominated(cover: Cover, fixed: dict[int, int]) -> Cover:
    """Without the options that another one betters in everything."""
    ordered = sorted(cover, key=lambda option: (fixed[option], option))
    kept: dict[int, dict[int, int]] = {}
    for option in ordered:
        costs = dict(cover[option])
        if not any(
            all(item in better and better[item] <= cost for item, cost in costs.items()) for better in kept.values()
        ):
            kept[option] = costs
    return {option: cover[option] for option in kept}

"""The exact search: the cheapest plan for one order, proven, or the best found with its gap.

Most orders end with the first look: one shipment costs no more than the least that two can cost. The rest lose the
options that no cheaper plan can use; few items are then solved by subsets (`partition`), many by branch and bound
(`branch`), split ones by `parts`, and what several items need together by `joint`.

Ties: fewest items unfilled, then fewest shipments, then the option with the lowest number. The tie breakers ride in the
lower bits of every cost while searching, so that comparing costs is all that a search does.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.rules.sourcing.bounds import ascend
from backend.rules.sourcing.branch import branch
from backend.rules.sourcing.joint import solve_jointly
from backend.rules.sourcing.partition import partition
from backend.rules.sourcing.parts import solve_in_parts
from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem, Solution, cost_of
from backend.rules.sourcing.weights import LEFT, ONE, SHIFT, Cover

#: Subsets are the way up to this many items, and as long as the options give no more subsets than this together; once
#: the values of the items have ruled options out, eight times as many are quicker than branch and bound.
MAX_ITEMS = 11
MAX_SUBSETS = 8_000


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
        for option, plain in row.items():
            cost = plain << SHIFT
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
    best, choice = _bettered(problem, _nearest(problem, fixed), fixed, best, choice)
    kept = {
        option: entries
        for option, entries in cover.items()
        if fixed[option] + (second if fixed[option] == first else first) + least < best
    }
    if len(kept) < 2:
        return _solution(problem, choice)
    if len(rows) <= MAX_ITEMS and _subsets(kept) <= MAX_SUBSETS:
        found = partition(problem, kept, fixed, best)
        return _solution(problem, choice if found is None else found)
    return _many(problem, kept, fixed, (best, choice))


def _subsets(cover: Cover) -> int:
    return sum([1 << len(entries) for entries in cover.values()])


def _many(problem: Problem, cover: Cover, fixed: dict[int, int], known: tuple[int, list[int]]) -> Solution:
    """Drop the options that the values of the items rule out, then search with what is left."""
    best, choice = known
    least, slack = ascend(cover, fixed, [(cost << SHIFT) + LEFT for cost in problem.unfilled])
    best, choice = _bettered(problem, {it for it, more in slack.items() if not more}, fixed, best, choice)
    kept = {option: entries for option, entries in cover.items() if least + slack[option] < best}
    if not kept:
        return _solution(problem, choice)
    if len(problem.rows) <= MAX_ITEMS and _subsets(kept) <= 8 * MAX_SUBSETS:
        found = partition(problem, kept, fixed, best)
        return _solution(problem, choice if found is None else found)
    return branch(problem, _undominated(kept, fixed), choice, least, slack)


def _solution(problem: Problem, choice: Sequence[int]) -> Solution:
    cost = cost_of(problem, choice)
    return Solution(cost, tuple(choice), cost)


def _one_item(problem: Problem) -> Solution:
    best, chosen, fixed = NEVER, UNFILLED, problem.fixed
    for option, plain in problem.rows[0].items():
        cost = plain + fixed[option]
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


def _nearest(problem: Problem, fixed: dict[int, int]) -> set[int]:
    """For each item the option where it and its shipment cost least."""
    near = [min([((cost << SHIFT) + fixed[it], it) for it, cost in row.items()])[1] for row in problem.rows if row]
    return set(near)


def _bettered(
    problem: Problem, chosen: set[int], fixed: dict[int, int], best: int, choice: list[int]
) -> tuple[int, list[int]]:
    """The plan that these options give, less those that it is cheaper without, where it betters the plan known."""
    weight, taken = _given(problem, chosen, fixed)
    for option in sorted(chosen, key=lambda it: (-fixed[it], it)):
        fewer = _given(problem, chosen - {option}, fixed)
        if fewer[0] < weight:
            chosen = chosen - {option}
            weight, taken = fewer
    if len(chosen) > (problem.max_shipments or len(chosen)):
        return best, choice
    return (weight, taken) if weight < best else (best, choice)


def _given(problem: Problem, chosen: set[int], fixed: dict[int, int]) -> tuple[int, list[int]]:
    """Each item from the cheapest of the options, unfilled where none has it."""
    weight, taken = sum(fixed[option] for option in chosen), []
    for row, unfilled in zip(problem.rows, problem.unfilled, strict=True):
        offers = [(row[option] << SHIFT, option) for option in chosen if option in row]
        cost, option = min(offers) if offers else ((unfilled << SHIFT) + LEFT, UNFILLED)
        weight += cost
        taken.append(option)
    if UNFILLED in taken:
        weight += problem.unfilled_fixed << SHIFT
    return weight, taken


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

"""The cheapest plan by trying everything: what the search is compared with."""

from __future__ import annotations

import random
from itertools import combinations, product

from backend.rules.sourcing.joint import keeps_limits
from backend.rules.sourcing.problem import NEVER, UNFILLED, Joint, Parts, Problem, cost_of


def cheapest_whole(problem: Problem) -> tuple[int, int, int]:
    """(cost, items left, shipments) over every assignment of items to options."""
    best = (NEVER, 0, 0)
    for choice in product(*[[UNFILLED, *row] for row in problem.rows]):
        used = set(choice) - {UNFILLED}
        if len(used) > (problem.max_shipments or len(choice)) or not keeps_limits(problem, choice):
            continue
        if (cost := cost_of(problem, choice)) < NEVER >> 1:
            best = min(best, (cost, choice.count(UNFILLED), len(used)))
    return best


def cheapest_in_parts(problem: Problem) -> int:
    """Over every set of options; within a set each item by its own little search over units."""
    options = sorted({option for parts in problem.parts if parts for _, option, _ in parts.offers})
    options = sorted(set(options) | {option for row in problem.rows for option in row})
    best = NEVER
    for count in range(min(problem.max_shipments or len(options), len(options)) + 1):
        for chosen in combinations(options, count):
            fixed = sum(problem.fixed[option] for option in chosen)
            whole = sum(_fill(problem, item, chosen, leaving=True) for item in range(len(problem.rows)))
            full = sum(_fill(problem, item, chosen, leaving=False) for item in range(len(problem.rows)))
            best = min(best, fixed + full, fixed + whole + problem.unfilled_fixed)
    return best


def _fill(problem: Problem, item: int, chosen: tuple[int, ...], *, leaving: bool) -> int:
    parts = problem.parts[item]
    if parts is None:
        costs = [cost for option, cost in problem.rows[item].items() if option in chosen]
        return min([*costs, problem.unfilled[item] if leaving else NEVER])
    units = [cost for cost, option, available in parts.offers if option in chosen for _ in range(available)]
    units += [parts.unfilled if leaving else NEVER] * parts.quantity
    return sum(sorted(units)[: parts.quantity])


def random_whole(chance: random.Random) -> Problem:
    """Small enough to try everything, with few different numbers so that ties are frequent."""
    items, options = chance.randint(1, 5), chance.randint(1, 6)
    scale = chance.choice([3, 10, 1000])
    likely = chance.choice([0.3, 0.6, 0.9])
    rows = [
        {option: chance.randint(-scale // 4, scale) for option in range(options) if chance.random() < likely}
        for _ in range(items)
    ]
    left = chance.choice([NEVER, 2 * scale, 10 * scale, None])
    joints = []
    if chance.random() < 0.3:
        for option in range(options):
            needs = {item: chance.randint(1, 3) for item in range(items) if chance.random() < 0.6}
            joints.append(Joint(option, needs, chance.randint(2, 6)))
    return Problem(
        fixed=[chance.randint(0, scale) for _ in range(options)],
        rows=rows,
        unfilled=[chance.randint(0, 3 * scale) if left is None else left for _ in range(items)],
        unfilled_fixed=chance.choice([0, 0, scale]),
        max_shipments=chance.choice([None, None, 1, 2, 3]),
        values=[chance.randint(1, 10) for _ in range(items)],
        minimum_value=chance.choice([0, 0, 0, 5, 12]),
        joints=joints,
    )


def random_in_parts(chance: random.Random) -> Problem:
    items, options = chance.randint(1, 4), chance.randint(1, 6)
    scale = chance.choice([3, 10, 1000])
    rows: list[dict[int, int]] = []
    parts: list[Parts | None] = []
    left = chance.choice([NEVER, 3 * scale, scale])
    for index in range(items):
        if index and chance.random() < 0.2:
            rows.append({option: chance.randint(0, scale) for option in range(options) if chance.random() < 0.5})
            parts.append(None)
            continue
        offers = [(chance.randint(0, scale), option, chance.randint(0, 4)) for option in range(options)]
        rows.append({})
        parts.append(Parts(chance.randint(1, 6), left, tuple(sorted(offers))))
    return Problem(
        fixed=[chance.randint(0, scale) for _ in range(options)],
        rows=rows,
        unfilled=[left] * items,
        unfilled_fixed=chance.choice([0, 0, scale]),
        max_shipments=chance.choice([None, None, 1, 2, 3]),
        parts=parts,
    )

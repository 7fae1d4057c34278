"""Few items: the cheapest shipment for each subset of them, then the cheapest way to cut them into subsets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from backend.rules.sourcing.problem import NEVER, UNFILLED, Problem
from backend.rules.sourcing.weights import LEFT, SHIFT, Cover

_NONE = NEVER << SHIFT


@lru_cache(maxsize=16)
def cuts(items: int) -> tuple[tuple[int, tuple[tuple[int, int], ...]], ...]:
    """Every set of items that is needed, smaller ones first: how its first item can be shipped and what remains."""
    full = (1 << items) - 1
    found = []
    for whole in [*range(2, full, 2), full]:
        lowest = whole & -whole
        rest = part = whole ^ lowest
        pairs = []
        while True:
            pairs.append((lowest | part, rest ^ part))
            if not part:
                break
            part = (part - 1) & rest
        found.append((whole, tuple(pairs)))
    return tuple(found)


def partition(problem: Problem, cover: Cover, fixed: dict[int, int], best: int) -> list[int] | None:
    """The choice by item that weighs less than `best`; None where there is none."""
    items = len(problem.rows)
    subsets, givers = _shipments(items, cover, fixed)
    choice = _cut(problem, subsets, givers, best)
    if choice is None or problem.max_shipments is None:
        return choice
    if len(set(choice) - {UNFILLED}) <= problem.max_shipments:
        return choice
    return _cut_at_most(problem, subsets, givers, best)


def _shipments(items: int, cover: Cover, fixed: dict[int, int]) -> tuple[list[int], list[int]]:
    """By subset of the items: the least weight of one shipment with all of it, and the option it comes from."""
    subsets, givers = [_NONE] * (1 << items), [UNFILLED] * (1 << items)
    for option in sorted(cover):
        masks, sums = [0], [fixed[option]]
        for item, cost in cover[option]:
            bit = 1 << item
            masks += [mask | bit for mask in masks]
            sums += [weight + cost for weight in sums]
        for mask, weight in zip(masks, sums, strict=True):
            if weight < subsets[mask]:
                subsets[mask] = weight
                givers[mask] = option
    subsets[0] = 0
    return subsets, givers


def _left(problem: Problem, mask: int) -> int:
    weights = [(cost << SHIFT) + LEFT for item, cost in enumerate(problem.unfilled) if mask >> item & 1]
    return sum(weights) + (problem.unfilled_fixed << SHIFT if weights else 0)


def _cut(problem: Problem, subsets: Sequence[int], givers: Sequence[int], best: int) -> list[int] | None:
    """Any number of shipments: what is left unfilled is a subset like another."""
    items = len(problem.rows)
    blocks, sources = list(subsets), list(givers)
    for item, cost in enumerate(problem.unfilled):
        if cost < NEVER:
            _leave(problem, item, blocks, sources)
    least, used = [0] * (1 << items), [0] * (1 << items)
    for whole, pairs in cuts(items):
        low, block = _NONE, whole
        for part, rest in pairs:
            weight = blocks[part] + least[rest]
            if weight < low:
                low, block = weight, part
        least[whole], used[whole] = low, block
    mask = (1 << items) - 1
    if least[mask] >= best:
        return None
    choice = [UNFILLED] * items
    while mask:
        _give(choice, used[mask], sources[used[mask]])
        mask ^= used[mask]
    return choice


def _leave(problem: Problem, item: int, blocks: list[int], sources: list[int]) -> None:
    """Offer to leave the item: by itself, or, where leaving costs something once, with all those before it."""
    bit = 1 << item
    for others in range(bit) if problem.unfilled_fixed else (0,):
        weight = _left(problem, bit | others)
        if weight < blocks[bit | others]:
            blocks[bit | others], sources[bit | others] = weight, UNFILLED


def _cut_at_most(problem: Problem, subsets: Sequence[int], givers: Sequence[int], best: int) -> list[int] | None:
    """At most `max_shipments`, which the cheapest cut needs more of: one more shipment in each round."""
    items = len(problem.rows)
    everything = range(1 << items)
    least = [_left(problem, mask) for mask in everything]
    rounds: list[list[int]] = []
    for _ in range(problem.max_shipments or 0):
        now, used = list(least), [0] * (1 << items)
        for mask in everything:
            part = mask
            while part:
                weight = subsets[part] + least[mask ^ part]
                if weight < now[mask]:
                    now[mask], used[mask] = weight, part
                part = (part - 1) & mask
        least = now
        rounds.append(used)
    mask = (1 << items) - 1
    if least[mask] >= best:
        return None
    choice = [UNFILLED] * items
    for used in reversed(rounds):
        _give(choice, used[mask], givers[used[mask]])
        mask ^= used[mask]
    return choice


def _give(choice: list[int], block: int, option: int) -> None:
    for item in range(len(choice)):
        if block >> item & 1:
            choice[item] = option

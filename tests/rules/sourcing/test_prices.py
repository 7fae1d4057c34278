"""Prices: found order by order and on arrays they are the same; the bound is below every plan."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from backend.rules.sourcing import fast_prices, prices
from backend.rules.sourcing.fast_prices import FastResponse
from backend.rules.sourcing.prices import Basket, Costs, Schedule, Table

SCHEDULE = Schedule(60, 400.0, 5.0)


def world(
    seed: int, orders: int, lines: int, skus: int = 5, sites: int = 4
) -> tuple[Costs, list[Basket], Table, Table]:
    chance = random.Random(seed)
    costs = Costs(
        [[chance.randint(50_000, 90_000) for _ in range(sites)] for _ in range(3)],
        [[chance.randint(5_000, 9_000) for _ in range(sites)] for _ in range(3)],
        unfilled=300_000,
        unfilled_fixed=chance.choice([0, 40_000]),
        walk_in=150_000,
    )
    baskets = []
    for _ in range(orders):
        chosen = chance.sample(range(skus), chance.randint(1, lines))
        baskets.append(Basket(chance.randrange(3), tuple((sku, chance.randint(1, 2)) for sku in chosen)))
    walk_ins = [[chance.choice([0, 0, 1]) for _ in range(sites)] for _ in range(skus)]
    stock = [[chance.choice([0, 1, 2, 4]) for _ in range(sites)] for _ in range(skus)]
    return costs, baskets, walk_ins, stock


@pytest.mark.parametrize("seed", range(8))
def test_arrays_answer_what_single_orders_answer(seed: int) -> None:
    costs, baskets, walk_ins, stock = world(seed, orders=40, lines=5)
    chance = random.Random(seed)
    at = [[chance.randint(0, 200_000) if units else 0 for units in row] for row in stock]
    value, used = prices.slow_response(costs, baskets, walk_ins, stock)(at)
    fast = FastResponse(costs, baskets, np.array(walk_ins), np.array(stock))
    fast_value, fast_used = fast(np.array(at))
    assert fast_value == value
    assert fast_used.tolist() == used


@pytest.mark.parametrize("seed", range(3))
def test_both_ascents_end_at_the_same_prices(seed: int) -> None:
    costs, baskets, walk_ins, stock = world(seed, orders=25, lines=4)
    schedule = Schedule(60, 40_000.0, 500.0)
    slow = prices.ascend(prices.slow_response(costs, baskets, walk_ins, stock), stock, 300_000, schedule)
    respond = FastResponse(costs, baskets, np.array(walk_ins), np.array(stock))
    fast = fast_prices.ascend(respond, np.array(stock), 300_000, schedule)
    assert fast.bound == slow.bound
    held = [(sku, site) for sku, row in enumerate(stock) for site, units in enumerate(row) if units]
    assert [fast.average[cell] for cell in held] == pytest.approx(slow.average)
    assert [int(fast.best[cell]) for cell in held] == slow.best


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_below_the_best_plan_for_all_orders(seed: int) -> None:
    costs, baskets, walk_ins, stock = world(seed, orders=4, lines=2, skus=2, sites=2)
    walk_ins = [[0] * len(row) for row in walk_ins]
    respond = prices.slow_response(costs, baskets, walk_ins, stock)
    ascent = prices.ascend(respond, stock, 700_000, Schedule(200, 60_000.0, 300.0))
    best = hindsight(costs, baskets, stock)
    assert 0 < ascent.bound <= best
    assert ascent.bound >= respond([[0] * len(row) for row in stock])[0]


def hindsight(costs: Costs, baskets: list[Basket], stock: Table) -> int:
    """Every way to serve every order."""
    lines = [(number, sku, units) for number, basket in enumerate(baskets) for sku, units in basket.lines]
    best = None
    for choice in product(range(-1, len(stock[0])), repeat=len(lines)):
        left = [list(row) for row in stock]
        opened: set[tuple[int, int]] = set()
        cost = 0
        for (number, sku, units), site in zip(lines, choice, strict=True):
            opened.add((number, site))
            if site < 0:
                cost += units * costs.unfilled
                continue
            left[sku][site] -= units
            cost += units * costs.unit[baskets[number].region][site]
        if min(map(min, left)) < 0:
            continue
        cost += sum(
            costs.fixed[baskets[number].region][site] if site >= 0 else costs.unfilled_fixed for number, site in opened
        )
        best = cost if best is None else min(best, cost)
    assert best is not None
    return best


def test_prices_are_0_where_nothing_is_scarce_and_never_above_the_highest() -> None:
    costs, baskets, _, stock = world(1, orders=10, lines=3)
    nobody = [[0] * len(row) for row in stock]
    plenty = [[1000] * len(row) for row in stock]
    respond = prices.slow_response(costs, baskets, nobody, plenty)
    assert set(prices.ascend(respond, plenty, 300_000, SCHEDULE).average) == {0.0}
    one = [[1] * len(row) for row in stock]
    steep = prices.ascend(prices.slow_response(costs, baskets, nobody, one), one, 7, Schedule(30, 1e6, 1e5))
    assert max(steep.average) <= 7.0
    assert max(steep.average) > 0

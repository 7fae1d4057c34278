"""The search is equal to trying everything, on thousands of small problems."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from backend.rules.sourcing import search
from backend.rules.sourcing.joint import keeps_limits
from backend.rules.sourcing.problem import NEVER, UNFILLED, Joint, Parts, Problem, cost_of
from backend.rules.sourcing.search import solve
from tests.rules.sourcing.brute import cheapest_in_parts, cheapest_whole, random_in_parts, random_whole


@pytest.mark.parametrize("seed", range(6))
def test_whole_items_cost_what_trying_everything_finds(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(1000):
        problem = random_whole(chance)
        cost, left, shipments = cheapest_whole(problem)
        found = solve(problem)
        if cost >= NEVER:
            assert not found.possible, problem
            continue
        assert (found.cost, found.optimal) == (cost, True), problem
        assert cost_of(problem, found.choice) == cost
        assert keeps_limits(problem, found.choice)
        assert len(found.options) <= (problem.max_shipments or len(problem.rows))
        assert (found.choice.count(UNFILLED), len(found.options)) == (left, shipments), problem


@pytest.mark.parametrize("seed", range(3))
def test_branch_and_bound_costs_what_trying_everything_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_ITEMS", -1)
    chance = random.Random(100 + seed)
    for _ in range(1000):
        problem = replace(random_whole(chance), joints=(), minimum_value=0)
        cost, _, _ = cheapest_whole(problem)
        found = solve(problem)
        assert found.cost == cost if cost < NEVER else not found.possible, problem
        assert not found.possible or cost_of(problem, found.choice) == found.cost


@pytest.mark.parametrize("seed", range(3))
def test_items_in_parts_cost_what_trying_everything_finds(seed: int) -> None:
    chance = random.Random(200 + seed)
    for _ in range(1000):
        problem = random_in_parts(chance)
        cost = cheapest_in_parts(problem)
        found = solve(problem)
        assert found.cost == cost if cost < NEVER else not found.possible, problem
        if cost < NEVER:
            assert found.optimal
            assert cost_of_shares(problem, found.shares or ()) == cost, problem


def cost_of_shares(problem: Problem, shares: tuple[tuple[tuple[int, int], ...], ...]) -> int:
    total, missing = sum(problem.fixed[it] for it in {option for given in shares for option, _ in given}), 0
    for parts, given, row, left in zip(problem.parts, shares, problem.rows, problem.unfilled, strict=True):
        if parts is None:
            total += row[given[0][0]] if given else left
            missing += not given
            continue
        costs = {option: (cost, units) for cost, option, units in parts.offers}
        assert all(units <= costs[option][1] for option, units in given)
        total += sum(costs[option][0] * units for option, units in given)
        short = parts.quantity - sum(units for _, units in given)
        total += short * parts.unfilled
        missing += short
    return total + (problem.unfilled_fixed if missing else 0)


def test_ties_go_to_the_lowest_option_and_the_fewest_shipments() -> None:
    assert solve(Problem([5, 5], [{1: 2, 0: 2}], [NEVER])).choice == (0,)
    assert solve(Problem([0, 0, 0], [{0: 1, 2: 1}, {1: 1, 2: 1}], [NEVER, NEVER])).choice == (2, 2)
    assert solve(Problem([3], [{0: 2}], [5])).choice == (0,)


def test_two_lines_that_share_a_stock_do_not_get_it_twice() -> None:
    both = Joint(option=0, needs={0: 2, 1: 2}, available=3)
    found = solve(Problem([5, 9], [{0: 1, 1: 1}, {0: 1, 1: 1}], [NEVER, NEVER], joints=[both]))
    assert (found.cost, found.choice) == (11, (1, 1))


def test_a_cut_search_says_how_far_it_may_be_from_the_best() -> None:
    chance, cuts = random.Random(3), 0
    for _ in range(20):
        rows = [{option: chance.randint(1, 100) for option in range(30) if chance.random() < 0.4} for _ in range(13)]
        problem = Problem([chance.randint(20, 60) for _ in range(30)], rows, [300] * 13)
        cut, whole = solve(replace(problem, node_limit=5)), solve(replace(problem, node_limit=10_000_000))
        assert cut.nodes <= 5
        assert whole.optimal
        assert cut.bound <= whole.cost <= cut.cost
        cuts += not cut.optimal
    assert cuts > 10


def test_parts_and_joint_limits_are_refused_together() -> None:
    parts = Parts(2, 9, ((1, 0, 1),))
    with pytest.raises(ValueError, match="parts"):
        solve(Problem([1], [{}], [NEVER], parts=[parts], values=[1], minimum_value=5))

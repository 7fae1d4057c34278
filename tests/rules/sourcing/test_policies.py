"""Each classic rule does what it says, and none costs less than the least cost."""

from __future__ import annotations

import random
from dataclasses import replace

from backend.rules.sourcing import policies
from backend.rules.sourcing.problem import NEVER, UNFILLED, Parts, Problem, cost_of
from backend.rules.sourcing.search import solve
from tests.rules.sourcing.brute import random_whole

#: Near site 0 has the first item, far site 1 the second, middling site 2 has both.
PROBLEM = Problem(
    fixed=[500, 900, 800],
    rows=[{0: 10, 2: 20}, {1: 40, 2: 30}],
    unfilled=[5000, 5000],
)


def test_the_priority_list_goes_down_the_list_for_each_item() -> None:
    assert solve(policies.priority_list(PROBLEM, [3, 1, 2])).choice == (2, 1)


def test_nearest_looks_at_nothing_but_the_way() -> None:
    assert solve(policies.nearest(PROBLEM, [100, 900, 950])).choice == (0, 1)


def test_fewest_splits_takes_the_cheapest_of_the_fewest() -> None:
    assert solve(policies.fewest_splits(PROBLEM)).choice == (2, 2)
    dear = replace(PROBLEM, fixed=[5, 9, 8000])
    assert solve(policies.fewest_splits(dear)).choice == (2, 2)
    assert solve(policies.least_cost(dear)).choice == (0, 1)


def test_prices_move_the_choice_and_not_the_cost() -> None:
    priced = policies.priced(PROBLEM, [{2: 700}, {}])
    choice = solve(priced).choice
    assert solve(PROBLEM).choice == (2, 2)
    assert choice == (0, 2)
    assert cost_of(PROBLEM, choice) == 500 + 800 + 10 + 30


def test_the_rules_fill_what_the_sites_have_whatever_it_costs() -> None:
    cheap_to_leave = replace(PROBLEM, unfilled=[1, 1])
    assert solve(policies.least_cost(cheap_to_leave)).choice == (UNFILLED, UNFILLED)
    for rule in (policies.fewest_splits(cheap_to_leave), policies.nearest(cheap_to_leave, [1, 2, 3])):
        assert UNFILLED not in solve(rule).choice


def test_items_in_parts_follow_the_same_rules() -> None:
    parts = [Parts(5, 10_000, ((10, 0, 2), (40, 1, 3), (60, 2, 5)))]
    problem = Problem([500, 500, 500], [{}], [50_000], parts=parts)
    assert solve(policies.fewest_splits(problem)).shares == (((2, 5),),)
    assert solve(policies.nearest(problem, [1, 2, 3])).shares == (((0, 2), (1, 3)),)


def test_no_rule_costs_less_than_the_least() -> None:
    chance = random.Random(11)
    for _ in range(500):
        problem = replace(random_whole(chance), joints=(), minimum_value=0, unfilled_fixed=0)
        measure = [chance.randint(0, 9) for _ in problem.fixed]
        least = solve(problem)
        for rule in (
            policies.priority_list(problem, measure),
            policies.nearest(problem, measure),
            policies.fewest_splits(problem),
        ):
            found = solve(rule)
            assert found.possible is least.possible
            if found.possible:
                assert least.cost <= cost_of(problem, found.choice) < NEVER

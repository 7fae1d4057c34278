"""The search is equal to a general solver (HiGHS) on problems that are too large to try everything."""

from __future__ import annotations

import random

import highspy
import pytest

from backend.rules.sourcing.problem import NEVER, Problem, cost_of
from backend.rules.sourcing.search import solve


@pytest.mark.parametrize("seed", range(4))
def test_whole_items_cost_what_a_general_solver_finds(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(50):
        problem = medium(chance)
        found = solve(problem)
        assert found.optimal
        assert cost_of(problem, found.choice) == found.cost
        assert found.cost == pytest.approx(by_highs(problem), abs=1e-6 * max(1, found.cost))


def medium(chance: random.Random) -> Problem:
    """Up to 10 lines and 50 sites, costs as they come about: near sites, prices here and there."""
    items, options = chance.randint(2, 10), chance.randint(5, 50)
    miles = [chance.randint(10, 2500) for _ in range(options)]
    likely = chance.choice([0.2, 0.5, 0.8])
    rows = [
        {
            option: chance.choice([1, 1, 2]) * (50 + miles[option] // 20)
            + chance.choice([0, 0, chance.randint(0, 400)])
            for option in range(options)
            if chance.random() < likely
        }
        for _ in range(items)
    ]
    return Problem(
        fixed=[700 + miles[option] // 4 for option in range(options)],
        rows=rows,
        unfilled=[chance.choice([3000, 600])] * items,
        max_shipments=chance.choice([None, None, 2, 3]),
    )


def by_highs(problem: Problem) -> float:
    """Facility location: shipments opened, items given by opened shipments or left."""
    model = highspy.Highs()
    model.silent()
    opened = {option: model.addBinary(obj=cost) for option, cost in enumerate(problem.fixed)}
    for row, left in zip(problem.rows, problem.unfilled, strict=True):
        given = {option: model.addBinary(obj=cost) for option, cost in row.items()}
        given_or_left = [*given.values(), model.addBinary(obj=min(left, NEVER))]
        model.addConstr(model.qsum(given_or_left) == 1)
        for option, variable in given.items():
            model.addConstr(variable <= opened[option])
    if problem.max_shipments is not None:
        model.addConstr(model.qsum(opened.values()) <= problem.max_shipments)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.run()
    assert model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(model.getInfo().objective_function_value)

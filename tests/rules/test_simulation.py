"""Rule sets on the past: the same stock for each, used up by the orders before, and what comes in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.rules.allocation_model import Level
from backend.rules.dispatch import Area, Destination, Dispatch
from backend.rules.replay import Arrival, Case, replay
from backend.rules.rule_sets import LEAST_COST, RuleSet
from backend.rules.simulation import Comparison, Contender, conclude
from tests.rules.questions import HERE, number, rules, ship, site

Stock = dict[tuple[UUID, str], Level]
MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
SITES = [site("A", 0), site("B", 5)]
NO_A = rules(("EXCLUDE", 'site.code == "A"', {}))
AT_A, AT_B = number(ord("A")), number(ord("B"))


def cases(count: int) -> list[Case]:
    """One unit of X each, an order a day."""
    return [Case(f"{day}", MORNING + timedelta(days=day), (ship(day, "X", 1),), HERE, {}) for day in range(count)]


def opening(**units: int) -> dict[tuple[UUID, str], Level]:
    return {(number(ord(code)), "X"): Level(count) for code, count in units.items()}


def compared(rule_sets: list[RuleSet], past: list[Case], stock: Stock, *arrivals: Arrival, size: int = 99) -> Any:
    comparison = Comparison([Contender(it) for it in rule_sets], past, SITES, stock, arrivals)
    parts = [comparison.part(size) for _ in range(0, len(past) or 1, size)]
    assert comparison.done == len(past)
    assert comparison.part(size)["orders"] == 0
    return conclude([rule_set.name for rule_set in rule_sets], parts)


def test_stock_is_used_up_and_comes_in() -> None:
    arrival = Arrival(MORNING + timedelta(days=2), AT_A, "X", 1)
    rows = list(replay(LEAST_COST, cases(4), SITES, opening(A=1, B=1), [arrival]))
    assert [row.missing for row in rows] == [0, 0, 0, 1]
    assert [row.cost for row in rows] == [750, 853, 750, 15_000]
    [found] = compared([LEAST_COST], cases(4), opening(A=1, B=1), arrival)["rule_sets"]
    assert (found["cost"], found["shipments"], found["split_rate"]) == (17_353, 3, 0.0)
    assert (found["missing"], found["fill_rate"], found["changed"]) == (1, 0.75, [])


def test_a_site_gives_nothing_to_where_it_does_not_ship() -> None:
    elsewhere = replace(SITES[0], areas=(Area("AT"),))
    here = [replace(case, ship_to=Destination("DE", None, "10437")) for case in cases(2)]
    for sites, costs in (([elsewhere, SITES[1]], [853, 853]), (SITES, [750, 750])):
        assert [row.cost for row in replay(LEAST_COST, here, sites, opening(A=2, B=2))] == costs


@pytest.mark.parametrize("size", [1, 2, 99])
def test_each_starts_from_the_same_stock_and_is_compared_order_by_order(size: int) -> None:
    past, stock = cases(3), opening(A=9, B=9)
    found = compared([NO_A, LEAST_COST], past, stock, size=size)
    assert stock == opening(A=9, B=9)
    assert (found["orders"], found["units"]) == (3, 3)
    base, other = found["rule_sets"]
    assert (base["cost"], other["cost"]) == (3 * 853, 3 * 750)
    assert base["saves"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert other["saves"] == {"mean": 103.0, "low": 103.0, "high": 103.0}
    assert [(row["order"], row["costs"]) for row in other["changed"]] == [(f"{day}", [853, 750]) for day in range(3)]
    assert all("B" in before and "A" in after for before, after in (row["why"] for row in other["changed"]))


def test_a_part_that_is_skipped_leaves_the_stock_as_if_it_were_told() -> None:
    past, stock = cases(4), opening(A=2, B=9)
    entered = [Contender(LEAST_COST), Contender(NO_A)]
    skipping, telling = (Comparison(entered, past, SITES, stock) for _ in range(2))
    skipping.skip(2)
    telling.part(2)
    assert (skipping.done, skipping.part(2)) == (telling.done, telling.part(2))


def test_a_period_without_orders() -> None:
    [found] = compared([NO_A], [], opening(A=9))["rule_sets"]
    assert (found["cost"], found["fill_rate"], found["saves"]["mean"]) == (0, 1.0, 0.0)


def test_the_interval_is_of_days() -> None:
    """Two days that save 103 an order and one that saves nothing: the mean may be either, or between."""
    past = [*cases(2), Case("none", MORNING + timedelta(days=2), (ship(9, "Y", 1),), HERE, {})]
    saves = compared([NO_A, LEAST_COST], past, opening(A=9, B=9))["rule_sets"][1]["saves"]
    assert (round(saves["mean"], 2), saves["low"], saves["high"]) == (68.67, 0.0, 103.0)


def test_days_and_what_comes_late() -> None:
    """A sends one a day off, to where it travels a day; three orders come at once, to be there the day after."""
    small = replace(SITES[0], dispatch=Dispatch("UTC", daily_capacity=1), areas=(Area("DE", transit_days=1),))
    here = [
        replace(case, at=MORNING, ship_to=Destination("DE"), promised_at=MORNING + timedelta(days=1))
        for case in cases(3)
    ]
    sites = [small, SITES[1]]
    queueing = list(replay(LEAST_COST, here, sites, opening(A=9, B=9)))
    assert [[(it.days, it.late) for it in row.sent] for row in queueing] == [[(1, 0)], [(2, 1)], [(3, 2)]]
    charging = rules(("DELAY", None, {"lateDay": "1.02"}))
    impatient = list(replay(charging, here, sites, opening(A=9, B=9)))
    assert [[(it.days, it.late) for it in row.sent] for row in impatient] == [[(1, 0)], [(2, 1)], [(0, 0)]]
    comparison = Comparison([Contender(LEAST_COST), Contender(charging)], here, sites, opening(A=9, B=9))
    found = conclude(["as it is", "impatient"], [comparison.part(99)])["rule_sets"]
    assert [(one["mean_days"], round(one["late_rate"], 3)) for one in found] == [(2.0, 0.667), (1.0, 0.333)]


def test_work_that_has_left_is_no_backlog_and_nothing_is_late_that_was_not_promised() -> None:
    small = replace(SITES[0], dispatch=Dispatch("UTC", daily_capacity=1))
    past = [replace(case, at=MORNING + timedelta(days=case.at.day // 3)) for case in cases(6)]
    rows = list(replay(LEAST_COST, past, [small], opening(A=9)))
    assert [(row.case.at.day, row.sent[0].backlog, row.sent[0].leaves.day) for row in rows] == [
        (1, 0, 1),
        (1, 1, 2),
        (2, 1, 3),
        (2, 2, 4),
        (2, 3, 5),
        (3, 3, 6),
    ]
    [found] = conclude(["as it is"], [Comparison([Contender(LEAST_COST)], past, [small], opening(A=9)).part(9)])[
        "rule_sets"
    ]
    assert found["late_rate"] is None

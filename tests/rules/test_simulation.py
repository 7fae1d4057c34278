"""Rule sets on the past: the same stock for each, used up by the orders before, and what comes in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.rules.allocation_model import Level
from backend.rules.rule_sets import LEAST_COST
from backend.rules.simulation import Arrival, Case, most_changed, saving, simulate
from tests.rules.questions import HERE, number, rules, ship, site

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
SITES = [site("A", 0), site("B", 5)]
NO_A = rules(("EXCLUDE", 'site.code == "A"', {}))
AT_A, AT_B = number(ord("A")), number(ord("B"))


def cases(count: int) -> list[Case]:
    """One unit of X each, an order a day."""
    return [Case(f"{day}", MORNING + timedelta(days=day), (ship(day, "X", 1),), HERE, {}) for day in range(count)]


def opening(**units: int) -> dict[tuple[UUID, str], Level]:
    return {(number(ord(code)), "X"): Level(count) for code, count in units.items()}


def test_stock_is_used_up_and_comes_in() -> None:
    arrival = Arrival(MORNING + timedelta(days=2), AT_A, "X", 1)
    outcome = simulate(LEAST_COST, cases(4), SITES, opening(A=1, B=1), [arrival])
    assert outcome.missing == [0, 0, 0, 1]
    assert outcome.shipments == [1, 1, 1, 0]
    assert outcome.costs == [750, 853, 750, 15_000]
    assert (outcome.units, outcome.cost, outcome.split_rate) == (4, 17_353, 0.0)


def test_each_starts_from_the_same_stock_and_is_compared_order_by_order() -> None:
    past, stock = cases(3), opening(A=9, B=9)
    base, other = (simulate(rule_set, past, SITES, stock) for rule_set in (NO_A, LEAST_COST))
    assert stock == opening(A=9, B=9)
    assert (base.costs, other.costs) == ([853] * 3, [750] * 3)
    assert saving(base, other, past) == (103.0, 103.0, 103.0)
    assert most_changed(base, other, past)[0] == ("0", 853, 750)
    assert most_changed(base, base, past) == []
    assert saving(simulate(NO_A, [], SITES, stock), simulate(NO_A, [], SITES, stock), []) == (0.0, 0.0, 0.0)

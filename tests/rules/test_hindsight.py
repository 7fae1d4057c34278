"""What orders must cost at least: never more than what they cost, and no less where nothing was scarce."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.rules.allocation_model import Demand, Level, Site
from backend.rules.hindsight import bounds_of
from backend.rules.prices_by_day import PricesByDay, first_to_price
from backend.rules.replay import Arrival, Case, replay
from backend.rules.rule_sets import LEAST_COST, READY
from backend.rules.scarcity import Learnt
from tests.rules.questions import HERE, RULES, demands_of, levels_of, number, rules, ship, sites_of
from tests.rules.test_scarcity import PAST, SITES, STOCK

Levels = dict[tuple[UUID, str], Level]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
WHOLE = rules(("WHOLE_LINES", None, {}))


@settings(deadline=None, max_examples=60)
@given(st.lists(demands_of, min_size=1, max_size=4), sites_of, levels_of, st.integers(0, 3))
def test_no_rule_set_is_below_its_bound(
    wanted: list[list[Demand]], sites: list[Site], levels: Levels, late: int
) -> None:
    past = [Case(str(turn), NOON, tuple(demands), HERE, {}) for turn, demands in enumerate(wanted)]
    arrivals = [Arrival(NOON, it.id, "X", late) for it in sites[:1] if late]
    rule_sets = [*READY, WHOLE]
    for rule_set, bound in zip(rule_sets, bounds_of(rule_sets, past, sites, levels, arrivals), strict=True):
        assert 0 <= bound <= sum(row.cost for row in replay(rule_set, past, sites, levels, arrivals))


def cost(rule_set_cases: Sequence[Case], levels: Levels) -> int:
    return sum(row.cost for row in replay(LEAST_COST, rule_set_cases, SITES, levels))


def test_where_nothing_is_scarce_it_is_what_they_cost() -> None:
    plenty = {key: Level(99) for key in STOCK}
    assert bounds_of([LEAST_COST], PAST, SITES, plenty, []) == [cost(PAST, plenty)]


def test_where_goods_are_scarce_it_is_what_foresight_would_have_cost() -> None:
    [bound] = bounds_of([LEAST_COST], PAST, SITES, STOCK, [])
    best = min(cost(order, STOCK) for order in (PAST, PAST[::-1], [*PAST[1::2], *PAST[::2]], [*PAST[::2], *PAST[1::2]]))
    assert 0.99 * best <= bound <= best < cost(PAST, STOCK)


def test_what_nobody_has_costs_what_it_costs_to_go_without() -> None:
    nowhere = [Case("1", NOON, (ship(1, "Q", 2),), HERE, {})]
    assert bounds_of([LEAST_COST], nowhere, SITES, STOCK, []) == [cost(nowhere, STOCK)] != [0]


def test_what_came_later_counts_as_there() -> None:
    arrivals = [Arrival(NOON, key[0], key[1], 99) for key in STOCK]
    plenty = {key: Level(level.free + 99) for key, level in STOCK.items()}
    assert bounds_of([LEAST_COST], PAST, SITES, STOCK, arrivals) == bounds_of([LEAST_COST], PAST, SITES, plenty, [])


def test_prices_of_a_day_are_learnt_from_the_days_before() -> None:
    """On the first day nobody knows; from then on each order is charged what the day before has taught."""
    days = [
        Case(f"{day}-{case.number}", NOON + timedelta(days=day), case.demands, case.destination, {})
        for day in range(2)
        for case in PAST
    ]
    pricing = PricesByDay(LEAST_COST, SITES, [], timedelta(days=1))
    charged: list[Learnt] = []

    def told(case: Case, left: object) -> Learnt:
        charged.append(pricing(case, lambda: STOCK))
        return charged[-1]

    for row in replay(LEAST_COST, days, SITES, STOCK, pricing=told):
        assert row.question.scarcity is charged[-1]
    assert charged[: len(PAST)] == [{}] * len(PAST)
    assert set(charged[-1]) == {(number(ord("A")), "X")}
    assert all(prices is charged[-1] for prices in charged[len(PAST) :])


def test_only_who_looks_for_the_least_cost_heeds_prices() -> None:
    others = [rule_set for rule_set in RULES.values() if rule_set != LEAST_COST]
    assert first_to_price([*others, LEAST_COST]) == LEAST_COST
    assert first_to_price(others) is None

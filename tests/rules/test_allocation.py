"""The planner: exact plans, their reasons, and what holds for every plan; the ready rule sets against naive ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rules.allocation import Plan, Question, plan
from backend.rules.allocation_model import Demand, Level, Site, distance_km, way
from backend.rules.allocation_record import explain, replay
from backend.rules.rule_sets import LEAST_COST, READY, RuleSet, parse_rules
from backend.rules.sourcing.model import Policy
from backend.rules.vocabulary import AllocationOutcome, DeliveryMethod, SiteCapability, SiteKind

HERE = (39.5, -119.8)
SHIPS = frozenset({SiteCapability.SHIP, SiteCapability.PICKUP})
#: A degree of latitude is 111.195 km.
DEGREE = 111.195
RULES = {rule_set.policy: rule_set for rule_set in READY}


def number(value: int) -> UUID:
    return UUID(int=value)


def site(code: str, degrees: float | None = 0, **changes: Any) -> Site:
    """`degrees` north of the customer; None: nobody knows where."""
    place = None if degrees is None else (HERE[0] + degrees, HERE[1])
    plain: dict[str, Any] = {
        "kind": SiteKind.WAREHOUSE,
        "active": True,
        "capabilities": SHIPS,
        "place": place,
        "country": "US",
    }
    return Site(id=number(ord(code)), code=code, **(plain | changes))


def ship(line: int, sku: str, quantity: int) -> Demand:
    return Demand(number(line), sku, quantity, DeliveryMethod.SHIP)


def collect(line: int, sku: str, quantity: int, code: str) -> Demand:
    return Demand(number(line), sku, quantity, DeliveryMethod.PICKUP, number(ord(code)))


def stock(safety: int = 0, **units: int) -> dict[tuple[UUID, str], Level]:
    """`A_X=3`: site A has 3 of X."""
    return {(number(ord(name[0])), name[2:]): Level(count, safety) for name, count in units.items()}


def ask(
    demands: Sequence[Demand],
    sites: Sequence[Site],
    levels: Mapping[tuple[UUID, str], Level],
    rules: RuleSet = LEAST_COST,
    **more: Any,
) -> Question:
    return Question(demands, sites, levels, rules, **({"destination": HERE} | more))


def shown(made: Plan) -> list[tuple[int, str, int]]:
    """(line, site, units)."""
    return [(it.line_id.int, chr(it.site_id.int), it.quantity) for it in made.assignments]


def reasons(question: Question) -> dict[str, list[str]]:
    """The codes of every site that was not chosen."""
    found = explain(question, plan(question)).record["sites"]
    return {
        chr(it["site_id"].int): [reason["code"] for reason in it["reasons"]] for it in found if it["status"] != "CHOSEN"
    }


def rules(*given: tuple[str, str | None, dict[str, Any]]) -> RuleSet:
    """The ready costs, and these."""
    return RuleSet("tried", (*LEAST_COST.rules, *parse_rules(given)))


def test_the_distance_of_a_degree_and_of_half_the_world() -> None:
    assert distance_km((0, 0), (1, 0)) == pytest.approx(DEGREE, abs=0.001)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015.1, abs=0.1)
    assert distance_km((0, 0), None) is None


def test_the_cheapest_site_that_has_everything_and_what_else_there_was() -> None:
    sites = [site("A", 3), site("B", 2), site("C", 1)]
    question = ask([ship(1, "X", 2), ship(2, "Y", 1)], sites, stock(A_X=9, A_Y=9, B_X=2, B_Y=1, C_X=9))
    made = plan(question)
    assert shown(made) == [(1, "B", 2), (2, "B", 1)]
    assert (made.outcome, made.backordered, made.cost) == (AllocationOutcome.FULL, {}, 905)
    told = explain(question, made)
    assert [(it["cost"], it["why_not"]) for it in told.alternatives] == [
        (932, "Costs 9.32 instead of 9.05."),
        (15823, "Lacks 1 × Y."),
    ]
    assert told.sentence.startswith("1 shipment from B for 9.05. Next best: A for 9.32.")
    assert told.record["parts"] == {"fixed": 734, "unit": 171, "late": 0, "scarcity": 0, "credit": 0, "unfilled": 0}
    assert told.record["classic"]["NEAREST"] == {"cost": 1614, "shipments": 2}
    assert told.record["binding"] == []


@pytest.mark.parametrize(
    ("sites", "chosen"),
    [
        ([site("A", 1), site("B", 1)], "A"),
        ([site("A", 1, rank=50), site("B", 1, rank=10)], "B"),
        ([site("A", None, rank=1), site("B", 9, rank=100)], "B"),
        ([site("A", None, rank=2), site("B", None, rank=1)], "B"),
        ([site("A", 0, kind=SiteKind.STORE, rank=1), site("B", 1)], "B"),
    ],
)
def test_ties_go_to_the_rank_and_then_the_code(sites: list[Site], chosen: str) -> None:
    assert shown(plan(ask([ship(1, "X", 1)], sites, stock(A_X=1, B_X=1)))) == [(1, chosen, 1)]


def test_without_a_destination_the_rank_decides() -> None:
    sites = [site("A", 0, rank=9), site("B", 50, rank=1)]
    made = plan(ask([ship(1, "X", 1)], sites, stock(A_X=1, B_X=1), destination=None))
    assert (shown(made), made.cost) == ([(1, "B", 1)], 750)


def test_two_sites_rather_than_three_and_the_nearer_two() -> None:
    sites = [site("A", 1), site("B", 2), site("C", 3), site("D", 4)]
    demands = [ship(1, "X", 1), ship(2, "Y", 1), ship(3, "Z", 1)]
    made = plan(ask(demands, sites, stock(A_X=1, B_Y=1, C_Z=1, C_Y=1, D_Z=1, D_Y=1)))
    assert shown(made) == [(1, "A", 1), (2, "C", 1), (3, "C", 1)]


def test_a_line_is_split_only_where_no_site_has_all_of_it() -> None:
    sites, levels = [site("A", 1), site("B", 2), site("C", 9)], stock(A_X=2, B_X=2, C_X=3)
    assert shown(plan(ask([ship(1, "X", 3)], sites, levels))) == [(1, "C", 3)]
    assert shown(plan(ask([ship(1, "X", 4)], sites, levels))) == [(1, "A", 2), (1, "B", 2)]


def test_what_nobody_has_is_backordered() -> None:
    made = plan(ask([ship(1, "X", 5), ship(2, "Y", 1)], [site("A", 1)], stock(A_X=3)))
    assert shown(made) == [(1, "A", 3)]
    assert (made.outcome, made.backordered) == (AllocationOutcome.PARTIAL, {number(1): 2, number(2): 1})
    nothing = plan(ask([ship(1, "X", 5)], [site("A", 1)], {}))
    assert (nothing.outcome, nothing.backordered) == (AllocationOutcome.BACKORDERED, {number(1): 5})
    assert plan(ask([], [site("A", 1)], {})).outcome is AllocationOutcome.NONE


def test_pick_ups_come_first_and_from_their_site_alone() -> None:
    demands = [ship(1, "X", 2), collect(2, "X", 2, "A")]
    made = plan(ask(demands, [site("A", 0), site("B", 5)], stock(A_X=3, B_X=2)))
    assert sorted(shown(made)) == [(1, "B", 2), (2, "A", 2)]
    alone = plan(ask([collect(1, "X", 2, "A")], [site("A", 0), site("B", 5)], stock(A_X=1, B_X=9)))
    assert (shown(alone), alone.backordered) == ([(1, "A", 1)], {number(1): 1})


def test_all_reasons_why_sites_are_left_out() -> None:
    sites = [
        site("A", 1, active=False, capabilities=frozenset({SiteCapability.PICKUP})),
        site("B", 1, capabilities=frozenset({SiteCapability.PICKUP})),
        site("C", 1),
        site("D", 1),
        site("E", 9),
        site("F", 9),
    ]
    levels = stock(A_X=1, B_X=1, C_X=1, D_Y=1, E_X=1) | stock(2, F_X=2)
    question = ask([ship(1, "X", 1)], sites, levels, exclusions={number(ord("C")): "Too busy"})
    assert shown(plan(question)) == [(1, "E", 1)]
    assert reasons(question) == {
        "A": ["INACTIVE", "CANNOT_SHIP"],
        "B": ["CANNOT_SHIP"],
        "C": ["REJECTED_BEFORE"],
        "D": ["NO_STOCK"],
        "F": ["SAFETY_STOCK"],
    }


def test_what_constraints_cost() -> None:
    levels = stock(1, A_X=1) | stock(0, B_X=1)
    question = ask([ship(1, "X", 1)], [site("A", 0), site("B", 9)], levels)
    found = explain(question, plan(question)).record["binding"]
    assert found == [{"code": "SAFETY_STOCK", "saving": 936 - 750}]


@pytest.mark.parametrize(
    ("changes", "excluded", "reason"),
    [
        ({"active": False}, {}, "INACTIVE"),
        ({"capabilities": frozenset({SiteCapability.SHIP})}, {}, "CANNOT_HOLD_PICKUPS"),
        ({}, {number(ord("A")): "Too busy"}, "REJECTED_BEFORE"),
    ],
)
def test_pick_up_sites_that_cannot(changes: dict[str, Any], excluded: dict[UUID, str], reason: str) -> None:
    question = ask([collect(1, "X", 1, "A")], [site("A", 0, **changes)], stock(A_X=1), exclusions=excluded)
    assert (shown(plan(question)), reasons(question)) == ([], {"A": [reason]})


@pytest.mark.parametrize("reason", ["OUT_OF_STOCK", "DAMAGED", "SHORT_PICK"])
def test_a_pick_up_is_tried_again_where_the_stock_was_put_right(reason: str) -> None:
    question = ask([collect(1, "X", 1, "A")], [site("A", 0)], stock(A_X=1), exclusions={number(ord("A")): reason})
    assert shown(plan(question)) == [(1, "A", 1)]


ONE = [ship(1, "X", 1)]
TWO = [site("A", 0, kind=SiteKind.STORE), site("B", 5)]
BOTH = stock(A_X=9, B_X=9)


@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        (("EXCLUDE", 'site.kind == "WAREHOUSE"', {}), "A"),
        (("EXCLUDE", 'site.kind == "STORE" && order.priority < 5', {}), "B"),
        (("EXCLUDE", 'line.sku == "X" && site.code == "B"', {}), "A"),
        (("EXCLUDE", "distance > 500", {}), "A"),
        (("REQUIRE", "order.priority == 1", {"site": 'site.code == "A"'}), "A"),
        (("REQUIRE", "order.priority == 2", {"site": 'site.code == "A"'}), "B"),
        (("ADD", 'site.code == "B"', {"amount": "5.00"}), "A"),
        (("ADD", 'site.code == "B" && line.quantity == 1', {"amount": "5.00", "per": "UNIT"}), "A"),
        (("TIER", 'site.kind == "WAREHOUSE"', {"tier": 1}), "A"),
        (("RESERVE", 'site.code == "B"', {"units": 9}), "A"),
    ],
)
def test_what_a_rule_does(rule: tuple[str, str | None, dict[str, Any]], chosen: str) -> None:
    order = {"order": {"priority": 1}}
    assert shown(plan(ask(ONE, TWO, BOTH))) == [(1, "B", 1)]
    assert shown(plan(ask(ONE, TWO, BOTH, rules(rule), order=order))) == [(1, chosen, 1)]


def test_rules_about_the_whole_order() -> None:
    demands = [ship(1, "X", 1), ship(2, "Y", 2)]
    sites, levels = [site("A", 0), site("B", 1)], stock(A_X=1, B_Y=1)
    assert shown(plan(ask(demands, sites, levels))) == [(1, "A", 1), (2, "B", 1)]
    assert shown(plan(ask(demands, sites, levels, rules(("WHOLE_LINES", None, {}))))) == [(1, "A", 1)]
    assert shown(plan(ask(demands, sites, levels, rules(("MAX_SHIPMENTS", None, {"count": 1}))))) == [(1, "A", 1)]
    assert shown(plan(ask(demands, sites, levels, rules(("SHIP_COMPLETE", None, {}))))) == []


def test_a_rule_that_fails_is_skipped_and_named() -> None:
    failing = rules(("EXCLUDE", "order.attributes.vip == true", {}), ("EXCLUDE", 'site.code == "B"', {}))
    question = ask(ONE, TWO, BOTH, failing, order={"order": {"attributes": {}}})
    made = plan(question)
    assert shown(made) == [(1, "A", 1)]
    assert list(made.failures) == [len(LEAST_COST.rules)]
    assert list(explain(question, made).record["skipped_rules"]) == [str(len(LEAST_COST.rules))]


CODES = "ABCDE"
SKUS = "XYZ"
sites_of = st.lists(
    st.builds(
        site,
        st.sampled_from(CODES),
        st.one_of(st.none(), st.integers(0, 3)),
        rank=st.integers(1, 2),
        active=st.booleans() | st.just(True),
        capabilities=st.sampled_from([SHIPS, SHIPS, frozenset({SiteCapability.PICKUP})]),
    ),
    unique_by=lambda it: it.code,
    max_size=len(CODES),
)
demands_of = st.lists(
    st.tuples(st.sampled_from(SKUS), st.integers(1, 4), st.sampled_from(["", "", *CODES])), min_size=1, max_size=5
).map(
    lambda rows: [
        collect(line, sku, units, code) if code else ship(line, sku, units)
        for line, (sku, units, code) in enumerate(rows, start=1)
    ]
)
levels_of = st.dictionaries(
    st.tuples(st.sampled_from(CODES).map(lambda code: number(ord(code))), st.sampled_from(SKUS)),
    st.builds(Level, st.integers(1, 6), st.sampled_from([0, 0, 1])),
)
excluded_of = st.dictionaries(
    st.sampled_from(CODES).map(lambda code: number(ord(code))), st.sampled_from(["Too busy", "SHORT_PICK"]), max_size=2
)
questions = st.builds(
    lambda demands, sites, levels, excluded, rules: ask(demands, sites, levels, rules, exclusions=excluded),
    demands_of,
    sites_of,
    levels_of,
    excluded_of,
    st.sampled_from(READY),
)


@given(question=questions)
def test_every_unit_is_planned_or_backordered_and_none_twice(question: Question) -> None:
    made = plan(question)
    taken = Counter[tuple[UUID, str]]()
    of_line = Counter[UUID](dict(made.backordered))
    wanted = {demand.line_id: demand for demand in question.demands}
    for it in made.assignments:
        assert it.quantity > 0
        assert (it.sku, it.delivery_method) == (wanted[it.line_id].sku, wanted[it.line_id].delivery_method)
        if it.delivery_method is DeliveryMethod.PICKUP:
            assert it.site_id == wanted[it.line_id].pickup_site_id
        taken[it.site_id, it.sku] += it.quantity
        of_line[it.line_id] += it.quantity
    assert all(units <= question.levels[key].available for key, units in taken.items())
    assert of_line == Counter({demand.line_id: demand.quantity for demand in question.demands})
    backwards = ask(
        question.demands, question.sites[::-1], question.levels, question.rule_set, exclusions=question.exclusions
    )
    assert plan(backwards).assignments == made.assignments


@given(question=questions)
def test_a_record_adds_up_and_replays_to_the_same_plan(question: Question) -> None:
    made = plan(question)
    told = explain(question, made)
    parts = told.record["parts"]
    assert (
        sum(parts.values()) - 2 * parts["credit"] == made.cost == told.record["classic"][made.decision.policy]["cost"]
    )
    if made.decision.policy is Policy.LEAST_COST:
        assert all(it["cost"] >= made.cost for it in told.alternatives)
    stored = json.loads(json.dumps(told.snapshot, default=str))
    shipped = [it for it in made.assignments if it.delivery_method is DeliveryMethod.SHIP]
    assert replay(stored) == [(it.line_id, it.site_id, it.sku, it.quantity) for it in shipped]


# ---- The ready sets against what their names say, worked out naively. One line for each SKU.


def single_lines(question: Question) -> Question:
    lines = {demand.sku: ship(demand.line_id.int, demand.sku, demand.quantity) for demand in question.demands}
    return ask(list(lines.values()), question.sites, question.levels, question.rule_set, exclusions=question.exclusions)


def able(question: Question) -> list[Site]:
    found = [it for it in question.sites if it.active and SiteCapability.SHIP in it.capabilities]
    return sorted((it for it in found if it.id not in question.exclusions), key=lambda it: (it.rank, it.code))


def held(question: Question, at: Site, sku: str) -> int:
    return question.levels.get((at.id, sku), Level(0)).available


def down_a_list(question: Question, order: Sequence[Site]) -> set[tuple[int, str, int]]:
    """Each line from the first site that has all of it; where none has, from one after the other."""
    found = set()
    for demand in question.demands:
        first = next((it for it in order if held(question, it, demand.sku) >= demand.quantity), None)
        left = demand.quantity
        for it in order if first is None else [first]:
            units = min(left, held(question, it, demand.sku))
            if units:
                found.add((demand.line_id.int, it.code, units))
                left -= units
    return found


@given(question=questions)
def test_priority_list_is_the_first_of_the_list(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, RULES[Policy.PRIORITY_LIST]))
    assert set(shown(plan(asked))) == down_a_list(asked, able(asked))


@given(question=questions)
def test_nearest_is_the_nearest(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, RULES[Policy.NEAREST]))
    order = sorted(able(asked), key=lambda it: (way(it, HERE), it.rank, it.code))
    assert set(shown(plan(asked))) == down_a_list(asked, order)


def cheapest(question: Question, chosen: Sequence[Site]) -> tuple[int, int, int] | None:
    """(units missing, sites used, cost) with these sites all used; None where lines would be split without need."""
    fixed = {it.code: round(700 + 0.155 * way(it, HERE)) for it in chosen}
    unit = {it.code: round(50 + 0.031 * way(it, HERE)) for it in chosen}
    missing = cost = 0
    for demand in question.demands:
        whole = [it for it in chosen if held(question, it, demand.sku) >= demand.quantity]
        if any(held(question, it, demand.sku) >= demand.quantity for it in able(question)):
            if whole:
                cost += min(unit[it.code] for it in whole) * demand.quantity
            else:
                missing += demand.quantity
            continue
        left = demand.quantity
        for it in sorted(chosen, key=lambda it: unit[it.code]):
            units = min(left, held(question, it, demand.sku))
            left -= units
            cost += units * unit[it.code]
        missing += left
    return missing, len(chosen), cost + sum(fixed.values()) + 15_000 * missing


def subsets(question: Question) -> list[tuple[int, int, int]]:
    sites = able(question)
    found = (cheapest(question, chosen) for size in range(len(sites) + 1) for chosen in combinations(sites, size))
    return [it for it in found if it is not None]


@given(question=questions)
def test_least_cost_is_the_least_of_all_sets_of_sites(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, LEAST_COST))
    assert plan(asked).cost == min(cost for _, _, cost in subsets(asked))


@given(question=questions)
def test_fewest_splits_are_the_fewest_and_then_the_cheapest(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, RULES[Policy.FEWEST_SPLITS]))
    made = plan(asked)
    found = (sum(made.backordered.values()), len({it.site_id for it in made.assignments}), made.cost)
    assert found == min(subsets(asked))

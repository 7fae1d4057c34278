"""The planner: exact plans, their reasons, and what holds for every plan."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from backend.rules.allocation import Question, plan
from backend.rules.allocation_model import Site, distance_km
from backend.rules.allocation_record import explain, in_full, note
from backend.rules.allocation_snapshot import replay
from backend.rules.rule_sets import LEAST_COST
from backend.rules.sourcing.model import Policy
from backend.rules.vocabulary import AllocationOutcome, DeliveryMethod, SiteCapability, SiteKind
from tests.rules.questions import DEGREE, ask, collect, number, questions, reasons, rules, ship, shown, site, stock


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
    assert [(it["cost"], it["why_not"]) for it in told.alternatives or ()] == [
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


def test_what_is_kept_for_other_channels_is_not_there_and_is_told() -> None:
    fenced = {key: replace(level, fenced=2) for key, level in stock(A_X=2, C_X=3).items()} | stock(B_X=9)
    question = ask([ship(1, "X", 2)], [site("A", 0), site("B", 9), site("C", 99)], fenced)
    assert shown(plan(question)) == [(1, "B", 2)]
    assert reasons(question) == {"A": ["RING_FENCED"], "C": []}
    told = explain(question, plan(question))
    assert told.record["binding"] == [{"code": "RING_FENCED", "saving": 217}]
    noted = note(question, plan(question))
    kept = replace(noted, snapshot=json.loads(json.dumps(noted.snapshot, default=str)))
    assert in_full(kept).excluded == told.excluded
    collected = plan(ask([collect(1, "X", 2, "C")], [site("C", 0)], fenced))
    assert (shown(collected), collected.backordered) == ([(1, "C", 1)], {number(1): 1})


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
        assert all(it["cost"] >= made.cost for it in told.alternatives or ())
    stored = json.loads(json.dumps(told.snapshot, default=str))
    later = in_full(replace(note(question, made), snapshot=stored))
    for at_once, then in ((told.record, later.record), (told.alternatives, later.alternatives)):
        assert json.loads(json.dumps(at_once, default=str)) == json.loads(json.dumps(then, default=str))
    assert (later.sentence, len(later.excluded or ())) == (told.sentence, len(told.excluded or ()))
    shipped = [it for it in made.assignments if it.delivery_method is DeliveryMethod.SHIP]
    assert replay(stored) == [(it.line_id, it.site_id, it.sku, it.quantity) for it in shipped]

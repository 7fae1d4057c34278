"""Decisions in names: what holds for every order, and each constraint by example."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.rules.sourcing.decide import alternatives, decide, explain
from backend.rules.sourcing.frame import costed
from backend.rules.sourcing.model import (
    Line,
    Offer,
    Plan,
    Policy,
    Reason,
    Request,
    Source,
    Status,
    Terms,
)

NEAR, FAR, SHOP = Source("near", 500, rank=2, distance=10), Source("far", 900, rank=1, distance=90), Source("shop", 700)

PLAIN = Terms()


def request(lines: list[Line], stock: dict[tuple[str, str], int], terms: Terms = PLAIN, **costs: int) -> Request:
    offers = {key: Offer(units, costs.get(key[0], 100)) for key, units in stock.items()}
    return Request(tuple(lines), (NEAR, FAR, SHOP), offers, terms)


MUG, LAMP = Line("1", "MUG", 2, 4000, value=3000), Line("2", "LAMP", 1, 4000, value=900)
STOCK = {("near", "MUG"): 5, ("far", "MUG"): 5, ("far", "LAMP"): 1, ("shop", "LAMP"): 4, ("shop", "MUG"): 1}


def givers(plan: Plan) -> set[tuple[str, str, int]]:
    return {(it.line, it.source, it.quantity) for it in plan.assignments}


def test_the_cheapest_plan_and_its_parts() -> None:
    plan = decide(request([MUG, LAMP], STOCK)).plan
    assert givers(plan) == {("1", "far", 2), ("2", "far", 1)}
    assert (plan.parts.fixed, plan.parts.unit, plan.cost) == (900, 300, 1200)


def test_every_source_has_its_status_and_all_its_reasons() -> None:
    asked = request([MUG, LAMP], STOCK)
    closed = Source("closed", 1, excluded=("CLOSED", "CUTOFF"))
    decision = explain(replace(asked, sources=(*asked.sources, closed)))
    seen = {it.source: it for it in decision.considered}
    assert {key: it.status for key, it in seen.items()} == {
        "closed": Status.EXCLUDED,
        "far": Status.CHOSEN,
        "near": Status.ELIGIBLE,
        "shop": Status.ELIGIBLE,
    }
    assert [reason.code for reason in seen["closed"].reasons] == [
        "CLOSED",
        "CUTOFF",
        "NOT_OFFERED",
        "NOT_OFFERED",
    ]
    assert seen["shop"].reasons == (Reason("NO_STOCK", "1", 1, 2),)
    assert seen["near"].alone is not None
    assert seen["near"].alone.unfilled == {"2": 1}
    assert [plan.cost for plan in decision.alternatives] == [1500, 4700, 8800]
    assert decision.classic is not None
    assert givers(decision.classic[Policy.NEAREST]) == {("1", "near", 2), ("2", "shop", 1)}
    assert givers(decision.classic[Policy.PRIORITY_LIST]) == {("1", "far", 2), ("2", "shop", 1)}


def test_scarcity_moves_units_and_is_shown_apart() -> None:
    asked = request([LAMP], STOCK)
    dear = dict(asked.offers) | {("shop", "LAMP"): Offer(4, 100, scarcity=600)}
    decision = explain(replace(asked, offers=dear))
    assert givers(decision.plan) == {("2", "far", 1)}
    assert [(it.code, it.saving) for it in decision.binding] == [("SCARCITY", 200)]


def test_a_credit_and_lateness_count() -> None:
    asked = request([LAMP], STOCK)
    offers = dict(asked.offers) | {("far", "LAMP"): Offer(1, 100, late=30, credit=500)}
    plan = decide(replace(asked, offers=offers)).plan
    assert (plan.sources, plan.parts.late, plan.parts.credit, plan.cost) == (("far",), 30, 500, 530)


def test_one_shipment_at_most_leaves_the_rest() -> None:
    lone = {key: units for key, units in STOCK.items() if key != ("far", "LAMP")}
    assert len(decide(request([MUG, LAMP], lone)).plan.sources) == 2
    decision = explain(request([MUG, LAMP], lone, Terms(max_shipments=1)))
    assert decision.plan.sources == ("near",)
    assert decision.plan.unfilled == {"2": 1}
    assert [(it.code, it.saving) for it in decision.binding] == [("MAX_SHIPMENTS", 4000 - 800)]


def test_complete_or_nothing() -> None:
    lone = {("near", "MUG"): 5}
    plan = decide(request([MUG, LAMP], lone, Terms(ship_complete=True))).plan
    assert (plan.assignments, plan.unfilled) == ((), {"1": 2, "2": 1})
    assert decide(request([MUG, LAMP], STOCK, Terms(ship_complete=True))).plan.unfilled == {}


def test_a_split_must_be_worth_it() -> None:
    lone = {key: units for key, units in STOCK.items() if key != ("far", "LAMP")}
    assert decide(request([MUG, LAMP], lone, Terms(minimum_split_value=900))).plan.sources == ("near", "shop")
    assert decide(request([MUG, LAMP], lone, Terms(minimum_split_value=901))).plan.sources == ("near",)


def test_a_line_in_parts_only_where_it_is_allowed() -> None:
    scattered = {("near", "MUG"): 1, ("far", "MUG"): 1}
    assert decide(request([MUG], scattered)).plan.unfilled == {"1": 2}
    plan = decide(request([MUG], scattered, Terms(split_lines=True))).plan
    assert givers(plan) == {("1", "near", 1), ("1", "far", 1)}


def test_lines_of_a_group_come_together() -> None:
    lone = {("near", "MUG"): 5, ("shop", "LAMP"): 4, ("far", "LAMP"): 1, ("far", "MUG"): 2}
    kit = [replace(MUG, group="kit"), replace(LAMP, group="kit")]
    assert decide(request(kit, lone, far=2000)).plan.sources == ("far",)
    assert decide(request([MUG, LAMP], lone, far=2000)).plan.sources == ("near", "shop")


def test_two_lines_of_one_sku_share_its_stock() -> None:
    lines = [MUG, replace(MUG, key="3", quantity=3)]
    for terms in (Terms(), Terms(split_lines=True)):
        plan = decide(request(lines, {("near", "MUG"): 4, ("far", "MUG"): 3}, terms)).plan
        taken = Counter[str]()
        for it in plan.assignments:
            taken[it.source] += it.quantity
        assert plan.unfilled == {}
        assert taken["near"] <= 4
        assert taken["far"] <= 3


def test_a_site_gives_no_more_than_it_can_handle() -> None:
    asked = request([MUG, LAMP], STOCK)
    tired = replace(asked, sources=(NEAR, replace(FAR, capacity=2), SHOP))
    assert decide(tired).plan.sources == ("near", "shop")


def test_dearer_tiers_only_for_what_is_missing() -> None:
    asked = request([LAMP], STOCK)
    tiers = replace(asked, sources=(NEAR, replace(FAR, fixed=3000), replace(SHOP, tier=1)))
    assert decide(tiers).plan.sources == ("far",)
    out = {key: offer for key, offer in tiers.offers.items() if key != ("far", "LAMP")}
    assert decide(replace(tiers, offers=out)).plan.sources == ("shop",)


def test_an_order_without_lines_and_one_without_sources() -> None:
    assert decide(Request((), (NEAR,), {})).plan.cost == 0
    assert decide(Request((MUG,), (), {})).plan.unfilled == {"1": 2}
    assert explain(Request((MUG,), (), {})).considered == ()


@st.composite
def requests(draw: st.DrawFn) -> Request:
    chance = random.Random(draw(st.integers(0, 2**32)))
    skus = ["A", "B", "C"]
    sources = tuple(
        Source(
            f"s{index}",
            chance.randint(0, 900),
            tier=chance.choice([0, 0, 1]),
            rank=chance.randint(0, 5),
            distance=chance.randint(0, 99),
            capacity=chance.choice([None, None, None, 3]),
            excluded=("CLOSED",) if chance.random() < 0.1 else (),
        )
        for index in range(chance.randint(1, 6))
    )
    lines = tuple(
        Line(
            f"l{index}",
            chance.choice(skus),
            chance.randint(1, 4),
            chance.choice([300, 5000]),
            value=chance.randint(1, 2000),
            group=chance.choice([None, None, None, "kit"]),
            barred=frozenset({"s0"}) if chance.random() < 0.2 else frozenset(),
        )
        for index in range(chance.randint(1, 4))
    )
    offers = {
        (source.key, sku): Offer(
            chance.randint(0, 6),
            chance.randint(10, 300),
            scarcity=chance.choice([0, 0, 250]),
            late=chance.choice([0, 40]),
            credit=chance.choice([0, 15]),
        )
        for source in sources
        for sku in skus
        if chance.random() < 0.7
    }
    terms = Terms(
        split_lines=draw(st.booleans()),
        max_shipments=draw(st.sampled_from([None, 1, 2])),
        ship_complete=draw(st.booleans()),
        minimum_split_value=draw(st.sampled_from([0, 0, 700])),
        unfilled_fixed=draw(st.sampled_from([0, 250])),
    )
    return Request(lines, sources, offers, terms)


@settings(max_examples=250, deadline=None)
@given(requests(), st.sampled_from(list(Policy)), st.randoms(use_true_random=False))
def test_what_holds_for_every_plan(asked: Request, policy: Policy, chance: random.Random) -> None:
    plan = decide(asked, policy).plan
    taken, given_units = Counter[tuple[str, str]](), Counter[str]()
    for it in plan.assignments:
        taken[it.source, it.sku] += it.quantity
        given_units[it.line] += it.quantity
    assert all(units <= asked.offers[key].available for key, units in taken.items())
    assert all(given_units[line.key] + plan.unfilled.get(line.key, 0) == line.quantity for line in asked.lines)
    assert len(plan.sources) <= (asked.terms.max_shipments or 99)
    sources = {source.key: source for source in asked.sources}
    for key in plan.sources:
        capacity = sources[key].capacity
        assert not sources[key].excluded
        assert capacity is None or sum(units for (source, _), units in taken.items() if source == key) <= capacity
    assert not asked.terms.ship_complete or not plan.unfilled or not plan.assignments
    if not asked.terms.split_lines:
        assert all(given_units[line.key] in {0, line.quantity} for line in asked.lines)
    kits = {it.source for it in plan.assignments for line in asked.lines if line.key == it.line and line.group}
    assert len(kits) <= 1
    assert plan == costed(asked, plan.assignments)
    shuffled = list(asked.sources)
    chance.shuffle(shuffled)
    assert decide(replace(asked, sources=tuple(shuffled)), policy).plan == plan


@settings(max_examples=80, deadline=None)
@given(requests())
def test_no_other_plan_is_cheaper_than_the_least_cost(asked: Request) -> None:
    level = replace(asked, sources=tuple(replace(source, tier=0) for source in asked.sources))
    decision = explain(level)
    assert decision.gap == 0
    others = alternatives(level, decision.plan, Policy.LEAST_COST)
    costs = [plan.cost for plan in others]
    assert costs == sorted(costs)
    assert decision.classic is not None
    if level.terms.ship_complete and not decision.plan.assignments:
        return
    assert all(decision.plan.cost <= cost for cost in costs)
    assert all(decision.plan.cost <= plan.cost for plan in decision.classic.values() if plan.assignments)

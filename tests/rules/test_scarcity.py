"""Scarcity prices: what is learnt, when it counts, what it would change; and that it keeps nothing from an order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backend.rules.allocation import Question, plan
from backend.rules.allocation_model import Level
from backend.rules.allocation_record import explain
from backend.rules.price_learning import Window, learn
from backend.rules.replay import Case, replay
from backend.rules.rule_sets import LEAST_COST
from backend.rules.scarcity import HIGHEST, NO_PRICES, Learnt, Prices, in_force, shadow
from backend.rules.vocabulary import PriceMode
from tests.rules.questions import HERE, collect, number, rules, ship, shown, site, stock

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SITES = [site("A", 0), site("B", 5)]
AT_A, AT_B = number(ord("A")), number(ord("B"))
STOCK = stock(A_X=4, B_X=20, A_Y=20)
#: X alone may come from either site; with Y, which only A has, it should come from A too.
ALONE = (ship(1, "X", 1),)
BOTH = (ship(1, "X", 1), ship(2, "Y", 1))
PAST = [Case(str(turn), NOON, ALONE if turn % 2 else BOTH, HERE, {}) for turn in range(1, 9)]


def cost(learnt: Learnt) -> int:
    rows = replay(LEAST_COST, PAST, SITES, STOCK, decide=lambda it: plan(replace(it, scarcity=learnt)))
    return sum(row.cost for row in rows)


def test_what_is_learnt_saves_what_looking_no_further_costs() -> None:
    learnt = learn([Window(PAST)], SITES, STOCK, LEAST_COST)
    assert set(learnt) == {(AT_A, "X")}
    assert cost(learnt) < cost({})
    assert plan(Question(ALONE, SITES, STOCK, LEAST_COST, HERE, scarcity=learnt)).assignments[0].site_id == AT_B


def test_nothing_is_scarce_where_there_is_enough_and_each_case_stands_for_its_weight() -> None:
    plenty = STOCK | {(AT_A, "X"): Level(20)}
    assert learn([Window(PAST)], SITES, plenty, LEAST_COST) == {}
    assert set(learn([Window(PAST, 5)], SITES, plenty, LEAST_COST)) == {(AT_A, "X")}
    assert learn([], SITES, STOCK, LEAST_COST) == {}
    assert learn([Window(PAST)], SITES, STOCK, rules(("OBJECTIVE", None, {"policy": "NEAREST"}))) == {}


def test_collecting_makes_scarce_too() -> None:
    wants = [Case(str(turn), NOON, (collect(1, "X", 1, "A"),), HERE, {}) for turn in range(4)]
    assert learn([Window(wants)], SITES, STOCK, LEAST_COST) == {}
    assert set(learn([Window([*wants, *PAST[1::2]])], SITES, STOCK, LEAST_COST)) == {(AT_A, "X")}


@pytest.mark.parametrize(
    ("age", "price"), [(0, 200), (3600, 200), (5400, 100), (7199, 0), (7200, None), (99_999, None)]
)
def test_prices_fade(age: float, price: int | None) -> None:
    found = in_force(PriceMode.LIVE, 7, age, 3600, {(AT_A, "X"): 200})
    assert found.live.get((AT_A, "X")) == price
    assert found.version == (None if price is None else 7)


def test_a_broken_table_moves_no_mountains() -> None:
    wild = {(AT_A, "X"): 10**12, (AT_B, "X"): -5}
    assert in_force(PriceMode.LIVE, 1, 0, 60, wild).live == {(AT_A, "X"): HIGHEST, (AT_B, "X"): 0}
    assert in_force(PriceMode.OFF, 1, 0, 60, wild) == NO_PRICES
    assert in_force(PriceMode.SHADOW, 1, 0, 60, wild).live == {}


def test_prices_keep_nothing_from_an_order() -> None:
    """However dear, what only one site has is given: as if there were no price."""
    question = Question(BOTH, SITES, STOCK, LEAST_COST, HERE, scarcity={(AT_A, "Y"): HIGHEST})
    made = plan(question)
    assert (shown(made), made.backordered) == (shown(plan(replace(question, scarcity={}))), {})


def test_the_price_is_told_apart_from_the_cost() -> None:
    question = Question(ALONE, SITES, STOCK, LEAST_COST, HERE, scarcity={(AT_A, "X"): 500, (AT_B, "X"): 20})
    made = plan(question)
    told = explain(question, made)
    assert (shown(made), told.record["parts"]["scarcity"]) == ([(1, "B", 1)], 20)
    assert "What it takes is worth 0.20 to later orders." in told.sentence
    assert [(it["cost"], it["why_not"]) for it in told.alternatives or ()] == [
        (750, "Costs 7.50 instead of 8.53, and takes 4.80 more of what is scarce.")
    ]
    assert told.record["binding"] == [{"code": "SCARCITY", "saving": 103}]


def test_what_prices_would_have_changed() -> None:
    question = Question(ALONE, SITES, STOCK, LEAST_COST, HERE)
    taken = plan(question)
    tried = Prices(PriceMode.SHADOW, 1, {(AT_A, "X"): 500, (AT_B, "X"): 20})
    assert shadow(tried, question, taken) == {"differs": True, "money": 103, "kept": 480}
    elsewhere = Prices(PriceMode.SHADOW, 1, {(AT_A, "Z"): 500})
    assert shadow(elsewhere, question, taken) == {"differs": False, "money": 0, "kept": 0}
    assert shadow(replace(tried, mode=PriceMode.LIVE), question, taken) is None

"""The ready rule sets against what their names say, worked out naively. One line for each SKU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from hypothesis import given

from backend.rules.allocation import Question, plan
from backend.rules.allocation_model import Level, Site, way
from backend.rules.rule_sets import LEAST_COST
from backend.rules.sourcing.model import Policy
from backend.rules.vocabulary import SiteCapability
from tests.rules.questions import HERE, RULES, ask, questions, ship, shown


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


def by_measure(rows: set[tuple[int, str, int]], measure: Mapping[str, int]) -> Counter[tuple[int, int]]:
    """How many units each line gets at which rank or distance: what sites that are equal in it do not change."""
    found: Counter[tuple[int, int]] = Counter()
    for line, code, units in rows:
        found[line, measure[code]] += units
    return found


def goes_down(question: Question, measure: Mapping[str, int]) -> None:
    """The plan takes what a list in this order gives; of equal sites, those that make no more shipments."""
    listed = down_a_list(question, sorted(able(question), key=lambda it: (measure[it.code], it.code)))
    made = set(shown(plan(question)))
    assert by_measure(made, measure) == by_measure(listed, measure)
    assert len({code for _, code, _ in made}) <= len({code for _, code, _ in listed})
    if len(set(measure.values())) == len(measure):
        assert made == listed


@given(question=questions)
def test_priority_list_is_the_first_of_the_list(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, RULES[Policy.PRIORITY_LIST]))
    goes_down(asked, {it.code: it.rank for it in asked.sites})


@given(question=questions)
def test_nearest_is_the_nearest(question: Question) -> None:
    asked = single_lines(ask(question.demands, question.sites, question.levels, RULES[Policy.NEAREST]))
    goes_down(asked, {it.code: way(it, HERE) for it in asked.sites})


def cheapest(question: Question, chosen: Sequence[Site]) -> tuple[int, int, int]:
    """(units missing, sites used, cost) with these sites all used; a line that a site has all of is not split."""
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
    return [cheapest(question, chosen) for size in range(len(sites) + 1) for chosen in combinations(sites, size)]


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

"""Sites, goods and questions for the planner, and how its plans are shown; questions at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from backend.rules.allocation import Plan, Question, plan
from backend.rules.allocation_model import Demand, Level, Site
from backend.rules.allocation_record import explain
from backend.rules.rule_sets import LEAST_COST, READY, RuleSet, parse_rules
from backend.rules.vocabulary import DeliveryMethod, SiteCapability, SiteKind

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
        chr(UUID(it["site_id"]).int): [reason["code"] for reason in it["reasons"]]
        for it in found
        if it["status"] != "CHOSEN"
    }


def rules(*given: tuple[str, str | None, dict[str, Any]]) -> RuleSet:
    """The ready costs, and these."""
    return RuleSet("tried", (*LEAST_COST.rules, *parse_rules(given)))


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

"""Days in the objective, backlog and closed sites in the rules, lines that come together: plans and their reasons."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.errors import Refused
from backend.rules.allocation import Question, plan
from backend.rules.allocation_record import explain, in_full, note
from backend.rules.allocation_snapshot import replay
from backend.rules.dispatch import Delivery, Dispatch
from backend.rules.rule_sets import parse_rules
from tests.rules.questions import ask, number, reasons, rules, ship, shown, site, stock

TODAY = date(2026, 3, 2)
SITES = [site("A", 0), site("B", 5)]
#: What B costs more than A for one unit.
FARTHER = 103
LEVELS = stock(A_X=9, B_X=9)


def soon(days: int, late: int = 0, backlog: int = 0) -> Delivery:
    return Delivery(TODAY, TODAY + timedelta(days=days), days, late, backlog)


def at(**deliveries: Delivery | None) -> dict[UUID, Delivery | None]:
    return {number(ord(code)): delivery for code, delivery in deliveries.items()}


def asked(rule: tuple[str, str | None, dict[str, Any]], units: int = 1, **deliveries: Delivery | None) -> Question:
    return ask([ship(1, "X", units)], SITES, LEVELS, rules(rule), deliveries=at(**deliveries))


@pytest.mark.parametrize(
    ("amounts", "chosen", "late"),
    [
        ({"day": "0.25"}, "A", 100),
        ({"day": "0.26"}, "B", 0),
        ({"lateDay": "0.51"}, "A", 102),
        ({"lateDay": "0.52"}, "B", 0),
        ({"day": "0.01", "lateDay": "0.50"}, "B", 0),
    ],
)
def test_days_cost_what_the_rule_says(amounts: dict[str, str], chosen: str, late: int) -> None:
    """A takes four days, two of them too many; B is there at once, for 1.03 more."""
    made = plan(asked(("DELAY", None, amounts), A=soon(4, late=2), B=soon(0)))
    assert shown(made) == [(1, chosen, 1)]
    assert made.decision.plan.parts.late == late
    assert made.cost == 750 + late + (FARTHER if chosen == "B" else 0)


def test_each_unit_waits() -> None:
    made = plan(asked(("DELAY", None, {"day": "0.20"}), 3, A=soon(1), B=soon(9)))
    assert (shown(made), made.decision.plan.parts.late) == ([(1, "A", 3)], 60)


def test_delays_that_hold_add_up_and_those_that_do_not_cost_nothing() -> None:
    given = rules(
        ("DELAY", None, {"day": "0.10"}),
        ("DELAY", "order.priority > 5", {"day": "1.00"}),
        ("DELAY", 'site.kind == "WAREHOUSE"', {"day": "0.05"}),
    )
    question = ask(
        [ship(1, "X", 1)], SITES[:1], LEVELS, given, order={"order": {"priority": 1}}, deliveries=at(A=soon(2))
    )
    assert plan(question).decision.plan.parts.late == 30


def test_a_backlog_is_a_reason_to_go_elsewhere() -> None:
    question = asked(("EXCLUDE", "delivery.backlog >= 2", {}), A=soon(2, backlog=2), B=soon(1, backlog=1))
    assert shown(plan(question)) == [(1, "B", 1)]
    assert reasons(question) == {"A": ["RULE:4"]}


def test_what_nobody_asked_for_arrives_at_once() -> None:
    assert shown(plan(asked(("EXCLUDE", "delivery.days + delivery.late + delivery.backlog > 0", {})))) == [(1, "A", 1)]


def test_a_site_that_sends_nothing_off_gives_nothing() -> None:
    question = asked(("DELAY", None, {"day": "1"}), A=None, B=soon(3))
    assert (shown(plan(question)), reasons(question)) == ([(1, "B", 1)], {"A": ["CLOSED"]})
    stopped = [site("A", 0, dispatch=Dispatch("UTC", daily_capacity=0)), SITES[1]]
    full = ask([ship(1, "X", 1)], stopped, LEVELS)
    assert (shown(plan(full)), reasons(full)) == ([(1, "B", 1)], {"A": ["CAPACITY"]})


def test_the_record_says_when_and_replays() -> None:
    question = asked(("DELAY", None, {"day": "0.25"}), A=soon(4, late=2, backlog=1), B=soon(0))
    made = plan(question)
    noted = note(question, made)
    snapshot = json.loads(json.dumps(noted.snapshot, default=str))
    assert [(line.int, chr(at.int), units) for line, at, _, units in replay(snapshot)] == [(1, "A", 1)]
    [a, b] = explain(question, made).record["sites"]
    assert a["delivery"] == {"leaves": "2026-03-02", "arrives": "2026-03-06", "late": 2, "backlog": 1}
    assert b["delivery"]["arrives"] == "2026-03-02"
    assert in_full(noted).sentence.startswith(
        "1 shipment from A for 8.50. 1.00 of it for the days until it is there. Next best: B for 8.53."
    )


def test_lines_that_come_together() -> None:
    """Apart they would come from A and B; together only C has both of them."""
    sites = [site("A", 0), site("B", 0), site("C", 9)]
    levels = stock(A_X=1, B_Y=1, C_X=1, C_Y=1, A_Z=1)
    demands = [ship(1, "X", 1), ship(2, "Y", 1), ship(3, "Z", 1)]
    question = ask(demands, sites, levels, rules(("TOGETHER", 'line.sku != "Z"', {})))
    made = plan(question)
    assert shown(made) == [(1, "C", 1), (2, "C", 1), (3, "A", 1)]
    assert made.cost - plan(ask(demands, sites, levels)).cost == 217
    assert explain(question, made).record["binding"] == [{"code": "TOGETHER", "saving": 217}]
    snapshot = json.loads(json.dumps(note(question, made).snapshot, default=str))
    assert [chr(at.int) for _, at, _, _ in replay(snapshot)] == ["C", "C", "A"]


def test_what_cannot_come_together_waits() -> None:
    question = ask(
        [ship(1, "X", 1), ship(2, "Y", 1)], SITES, stock(A_X=1, B_Y=1), rules(("TOGETHER", "line.quantity > 0", {}))
    )
    made = plan(question)
    assert (shown(made), made.backordered) == ([], {number(1): 1, number(2): 1})
    assert explain(question, made).record["binding"] == [{"code": "TOGETHER", "saving": 30_000 - 750 - 853}]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (("DELAY", None, {}), "rules/0/parameters"),
        (("DELAY", None, {"day": "-1"}), "rules/0/parameters/day"),
        (("DELAY", "line.quantity > 1", {"day": "1"}), "rules/0/when"),
        (("DELAY", "delivery.days > 1 &&", {"day": "1"}), "rules/0/when"),
        (("TOGETHER", "site.rank > 1", {}), "rules/0/when"),
        (("MAX_SHIPMENTS", "delivery.days > 1", {"count": 1}), "rules/0/when"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_their_place(
    rule: tuple[str, str | None, dict[str, Any]], path: str
) -> None:
    with pytest.raises(Refused) as refusal:
        parse_rules([rule])
    assert ["/".join(problem.path) for problem in refusal.value.problems] == [path]

"""When what is allocated moves: for what it saves, never for less or later. B is 1.03 dearer than A."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from backend.rules.allocation import Question
from backend.rules.allocation_model import Assignment, Level
from backend.rules.dispatch import Delivery
from backend.rules.reallocation import better
from backend.rules.vocabulary import DeliveryMethod
from tests.rules.questions import ask, number, rules, ship, shown, site, stock

SITES = [site("A", 0), site("B", 5)]
TODAY = date(2026, 3, 2)


def given(*units: tuple[int, str, int]) -> list[Assignment]:
    """(line, site, units) of X."""
    return [Assignment(number(line), number(ord(code)), "X", count, DeliveryMethod.SHIP) for line, code, count in units]


def asked(saving: str, *more: tuple[str, str | None, dict[str, Any]], units: int = 1, **held: int) -> Question:
    given_rules = rules(("REALLOCATE", None, {"saving": saving}), *more)
    return ask([ship(1, "X", units)], SITES, stock(**(held or {"A_X": 9, "B_X": 9})), given_rules)


@pytest.mark.parametrize(("saving", "moved"), [("1.03", True), ("1.04", False), ("0", True)])
def test_it_moves_for_what_it_saves(saving: str, *, moved: bool) -> None:
    found = better(asked(saving), given((1, "B", 1)))
    assert (found is not None) == moved
    if found is not None:
        assert (shown(found.plan), found.saving) == ([(1, "A", 1)], 103)


def test_what_is_best_already_stays() -> None:
    assert better(asked("0"), given((1, "A", 1))) is None


def test_two_shipments_become_one() -> None:
    found = better(asked("5", units=2), given((1, "A", 1), (1, "B", 1)))
    assert found is not None
    assert (shown(found.plan), found.saving) == ([(1, "A", 2)], 853 + 750 - 800)


def test_without_a_rule_nothing_moves() -> None:
    question = ask([ship(1, "X", 1)], SITES, stock(A_X=9, B_X=9))
    assert better(question, given((1, "B", 1))) is None
    conditional = rules(("REALLOCATE", "order.priority > 5", {"saving": "0"}))
    for priority, moved in ((9, True), (1, False)):
        order = {"order": {"priority": priority}}
        question = ask([ship(1, "X", 1)], SITES, stock(A_X=9, B_X=9), conditional, order=order)
        assert (better(question, given((1, "B", 1))) is not None) == moved


def test_the_least_saving_that_holds_counts() -> None:
    question = asked("5", ("REALLOCATE", None, {"saving": "1"}))
    assert better(question, given((1, "B", 1))) is not None


def test_nothing_that_is_given_is_given_up() -> None:
    """To go without costs nothing here, but it was given."""
    free = ("UNFILLED", None, {"unit": "0"})
    assert better(asked("0", free, B_X=1), given((1, "B", 1))) is None


def test_it_is_not_later_than_now() -> None:
    def when(late_at_a: int, late_at_b: int) -> Question:
        deliveries = {
            number(ord(code)): Delivery(TODAY, TODAY, late=late) for code, late in (("A", late_at_a), ("B", late_at_b))
        }
        return replace(asked("0"), deliveries=deliveries)

    assert better(when(1, 0), given((1, "B", 1))) is None
    for late in ((0, 0), (0, 1), (2, 2)):
        assert better(when(*late), given((1, "B", 1))) is not None


@pytest.mark.parametrize("rule", ['site.code == "B"', 'site.code == "B" && line.sku == "X"'])
def test_what_may_no_longer_come_from_there_moves_whatever_it_costs(rule: str) -> None:
    question = replace(asked("999", ("EXCLUDE", rule, {})), levels=stock(A_X=9, B_X=9))
    found = better(question, given((1, "B", 1)))
    assert found is not None
    assert (shown(found.plan), found.saving) == ([(1, "A", 1)], None)
    only_there = replace(question, levels={(number(ord("B")), "X"): Level(1)})
    assert better(only_there, given((1, "B", 1))) is None


def test_scarcity_counts() -> None:
    question = replace(asked("1"), scarcity={(number(ord("A")), "X"): 500})
    found = better(question, given((1, "A", 1)))
    assert found is not None
    assert (shown(found.plan), found.saving) == ([(1, "B", 1)], 500 - 103)

"""Scarcity prices as they would have been on a day of the past: learnt from the orders before that day alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from backend.rules.allocation_model import Levels, Site
from backend.rules.price_learning import Window, learn
from backend.rules.replay import Case
from backend.rules.rule_sets import RuleSet
from backend.rules.scarcity import Learnt
from backend.rules.sourcing.model import Policy

#: Windows that prices are learnt from, and orders of each: fewer than live, since it is done for each day of a period.
WINDOWS, ORDERS = 3, 250


def first_to_price(rule_sets: Iterable[RuleSet]) -> RuleSet | None:
    """The first that looks for the least cost: no other would heed prices."""
    return next((rule_set for rule_set in rule_sets if rule_set.policy is Policy.LEAST_COST), None)


def with_prices(rule_set: RuleSet) -> str:
    """What a person calls it."""
    return f"{rule_set.label}, with prices"


class PricesByDay:
    """For `replay`, of one rule set. `before`: windows of orders placed before the period, each `horizon` long."""

    def __init__(self, rule_set: RuleSet, sites: Sequence[Site], before: Sequence[Window], horizon: timedelta) -> None:
        self._rule_set, self._sites, self._horizon = rule_set, sites, horizon
        self._seen = [(case, window.weight) for window in before for case in window.cases]
        self._day: date | None = None
        self._learnt: Learnt = {}

    def __call__(self, case: Case, left: Callable[[], Levels]) -> Learnt:
        if case.at.date() != self._day:
            self._day = case.at.date()
            self._seen = [one for one in self._seen if one[0].at >= case.at - WINDOWS * self._horizon]
            self._learnt = self._learn(case.at, left())
        self._seen.append((case, 1))
        return self._learnt

    def _learn(self, now: datetime, left: Levels) -> Learnt:
        windows = list(self._windows(now))
        asked_for = {demand.sku for window in windows for case in window.cases for demand in case.demands}
        levels = {key: level for key, level in left.items() if key[1] in asked_for}
        return learn(windows, self._sites, levels, self._rule_set)

    def _windows(self, now: datetime) -> Iterator[Window]:
        """The latest first; of each every n-th order, which stands for those between."""
        for back in range(WINDOWS):
            since, until = now - (back + 1) * self._horizon, now - back * self._horizon
            within = [(case, weight) for case, weight in self._seen if since <= case.at < until]
            cases = [case for case, _ in within[:: -(-len(within) // ORDERS) or 1]]
            if cases:
                yield Window(cases, max(1, round(sum(weight for _, weight in within) / len(cases))))

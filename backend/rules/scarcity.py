"""Scarcity prices as decisions see them: whether they count, how fresh they are, what they would change. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from backend.rules.allocation import Plan, Question, plan
from backend.rules.vocabulary import PriceMode

#: By (site, SKU), hundredths of a unit.
Learnt = Mapping[tuple[UUID, str], int]
#: No unit is worth more, whatever was learnt: a broken table must not move mountains.
HIGHEST = 1_000_000
#: Where nobody has said otherwise.
PERIOD_MINUTES, HORIZON_DAYS = 60, 14


@dataclass(frozen=True, slots=True)
class Prices:
    """`version` of the table; None where there are none to go by."""

    mode: PriceMode = PriceMode.OFF
    version: int | None = None
    learnt: Learnt = field(default_factory=dict)

    @property
    def live(self) -> Learnt:
        """What decisions are charged."""
        return self.learnt if self.mode is PriceMode.LIVE else {}


NO_PRICES = Prices()


def in_force(mode: PriceMode, version: int, age: float, period: float, learnt: Learnt) -> Prices:
    """In full for a period (seconds), then falling in a straight line: none are left at the end of the second."""
    fresh = min(1.0, 2 - age / period)
    if mode is PriceMode.OFF or fresh <= 0:
        return NO_PRICES
    return Prices(mode, version, {key: int(min(max(price, 0), HIGHEST) * fresh) for key, price in learnt.items()})


def shadow(prices: Prices, question: Question, taken: Plan) -> dict[str, Any] | None:
    """`money`: what the plan with prices costs more; `kept`: by how much less worth to later orders it takes.

    In hundredths; None where prices are not tried.
    """
    if prices.mode is not PriceMode.SHADOW:
        return None
    known = prices.learnt
    if known.keys().isdisjoint(question.levels):
        return {"differs": False, "money": 0, "kept": 0}
    other = plan(replace(question, scarcity=known))
    return {
        "differs": set(other.assignments) != set(taken.assignments),
        "money": other.decision.plan.parts.money - taken.decision.plan.parts.money,
        "kept": _worth(prices, taken) - _worth(prices, other),
    }


def _worth(prices: Prices, chosen: Plan) -> int:
    return sum(prices.learnt.get((it.site_id, it.sku), 0) * it.quantity for it in chosen.assignments)

"""What rule sets would have done with the orders of a period: the same orders, the same receipts, one after the other.

Pure. Each rule set starts from the same opening stock, and what it gives is gone for the orders after. Costs are
hundredths; they are compared order by order, and the confidence interval is a bootstrap over days.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from backend.rules.allocation import Plan, Question, plan
from backend.rules.allocation_model import Demand, Level, Point, Site
from backend.rules.rule_sets import RuleSet

_RESAMPLES = 500
CHANGED = 20


@dataclass(frozen=True, slots=True)
class Case:
    """An order of the past. `order`: the context of conditions."""

    number: str
    at: datetime
    demands: tuple[Demand, ...]
    destination: Point | None
    order: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that came in the period."""

    at: datetime
    site_id: UUID
    sku: str
    quantity: int


@dataclass(slots=True)
class Outcome:
    """Of one rule set: totals, and by order its cost, shipments and units missing, in the order of the cases."""

    rule_set: RuleSet
    units: int = 0
    costs: list[int] = field(default_factory=list)
    shipments: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    @property
    def cost(self) -> int:
        return sum(self.costs)

    @property
    def split_rate(self) -> float:
        shipped = [count for count in self.shipments if count]
        return sum(count > 1 for count in shipped) / len(shipped) if shipped else 0.0


def replay(
    rule_set: RuleSet,
    cases: Iterable[Case],
    sites: Sequence[Site],
    opening: Mapping[tuple[UUID, str], Level],
    arrivals: Sequence[Arrival] = (),
    decide: Callable[[Question], Plan] = plan,
) -> Iterator[tuple[Case, Plan]]:
    """The cases one after the other, each with what it is given; `cases` and `arrivals` by time."""
    free, coming = {key: level.free for key, level in opening.items()}, 0
    for case in cases:
        while coming < len(arrivals) and arrivals[coming].at <= case.at:
            arrival = arrivals[coming]
            free[arrival.site_id, arrival.sku] = free.get((arrival.site_id, arrival.sku), 0) + arrival.quantity
            coming += 1
        levels = {
            key: Level(free[key], opening[key].safety if key in opening else 0)
            for key in {(site.id, demand.sku) for site in sites for demand in case.demands}
            if free.get(key, 0) > 0
        }
        made = decide(Question(case.demands, sites, levels, rule_set, case.destination, order=case.order))
        for it in made.assignments:
            free[it.site_id, it.sku] -= it.quantity
        yield case, made


def simulate(
    rule_set: RuleSet,
    cases: Sequence[Case],
    sites: Sequence[Site],
    opening: Mapping[tuple[UUID, str], Level],
    arrivals: Sequence[Arrival] = (),
) -> Outcome:
    """As `replay`. An order's cost includes what its missing units cost, so that none is cheap because it was not
    filled.
    """
    outcome = Outcome(rule_set)
    for case, made in replay(rule_set, cases, sites, opening, arrivals):
        outcome.units += sum(demand.quantity for demand in case.demands)
        outcome.costs.append(made.decision.plan.parts.money)
        outcome.shipments.append(len(made.decision.plan.sources))
        outcome.missing.append(sum(made.backordered.values()))
    return outcome


def saving(base: Outcome, other: Outcome, cases: Sequence[Case], seed: int = 1) -> tuple[float, float, float]:
    """What `other` costs less than `base`, hundredths an order: the mean and its 95 % interval, by days."""
    by_day: dict[date, list[int]] = {}
    for case, before, after in zip(cases, base.costs, other.costs, strict=True):
        by_day.setdefault(case.at.date(), []).append(before - after)
    days = [(sum(found), len(found)) for found in by_day.values()]
    if not days:
        return 0.0, 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(_mean(chance.choices(days, k=len(days))) for _ in range(_RESAMPLES))
    return _mean(days), means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def _mean(days: Sequence[tuple[int, int]]) -> float:
    return sum(total for total, _ in days) / sum(count for _, count in days)


def most_changed(base: Outcome, other: Outcome, cases: Sequence[Case]) -> list[tuple[str, int, int]]:
    """(order, cost by `base`, cost by `other`) of those that changed most."""
    rows = [
        (case.number, before, after)
        for case, before, after in zip(cases, base.costs, other.costs, strict=True)
        if before != after
    ]
    return sorted(rows, key=lambda row: (-abs(row[1] - row[2]), row[0]))[:CHANGED]

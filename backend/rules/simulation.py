"""What rule sets would have done with the orders of a period: the same orders, the same receipts, one after the other.

Pure. Each rule set starts from the same opening stock, and what it gives is gone for the orders after. Costs are
hundredths; they are compared order by order with those of the first rule set, part by part of the period, and the
confidence interval is a bootstrap over days.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from backend.rules.allocation import Plan, Question, going_without, is_collected, plan
from backend.rules.allocation_model import Demand, Level, Levels, Point, Site
from backend.rules.allocation_record import explain
from backend.rules.dispatch import Destination
from backend.rules.rule_sets import RuleSet

_RESAMPLES = 500
CHANGED = 20


@dataclass(frozen=True, slots=True)
class Case:
    """An order of the past. `order`: the context of conditions. `ship_to`: for sites that do not ship everywhere."""

    number: str
    at: datetime
    demands: tuple[Demand, ...]
    destination: Point | None
    order: Mapping[str, object]
    ship_to: Destination | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that came in the period."""

    at: datetime
    site_id: UUID
    sku: str
    quantity: int


#: An order, and what is left as it comes → what units are worth to later ones, by (site, SKU).
Pricing: TypeAlias = Callable[[Case, Callable[[], Levels]], Mapping[tuple[UUID, str], int]]


class Contender(NamedTuple):
    """`pricing`: the scarcity prices that its decisions are charged."""

    rule_set: RuleSet
    pricing: Pricing | None = None


class Replayed(NamedTuple):
    """An order, what was asked of the planner at the stock that was left, and what it gave. `uncollected`: what the
    units cost that pick-ups go without.
    """

    case: Case
    question: Question
    plan: Plan
    uncollected: int = 0

    @property
    def cost(self) -> int:
        """With what its missing units cost, so that no order is cheap because it was not filled."""
        return self.plan.decision.plan.parts.money + self.uncollected

    @property
    def missing(self) -> int:
        return sum(self.plan.backordered.values())


def replay(
    rule_set: RuleSet,
    cases: Iterable[Case],
    sites: Sequence[Site],
    opening: Mapping[tuple[UUID, str], Level],
    arrivals: Sequence[Arrival] = (),
    decide: Callable[[Question], Plan] = plan,
    pricing: Pricing | None = None,
) -> Iterator[Replayed]:
    """The cases one after the other, each with what it is given; `cases` and `arrivals` by time."""
    free, coming = {key: level.free for key, level in opening.items()}, 0

    def left() -> Levels:
        return _levels(free, opening, free)

    for case in cases:
        while coming < len(arrivals) and arrivals[coming].at <= case.at:
            arrival = arrivals[coming]
            free[arrival.site_id, arrival.sku] = free.get((arrival.site_id, arrival.sku), 0) + arrival.quantity
            coming += 1
        question = Question(
            case.demands,
            sites,
            _levels(free, opening, {(site.id, demand.sku) for site in sites for demand in case.demands}),
            rule_set,
            case.destination,
            order=case.order,
            scarcity=pricing(case, left) if pricing else {},
            ship_to=case.ship_to,
        )
        made = decide(question)
        for it in made.assignments:
            free[it.site_id, it.sku] -= it.quantity
        yield Replayed(case, question, made, _uncollected(question, made))


def _uncollected(question: Question, made: Plan) -> int:
    lacking = [it for it in question.demands if is_collected(it) and it.line_id in made.backordered]
    costs = going_without(question, lacking) if lacking else []
    return sum(cost * made.backordered[it.line_id] for it, cost in zip(lacking, costs, strict=True))


def _levels(
    free: Mapping[tuple[UUID, str], int], opening: Levels, wanted: Iterable[tuple[UUID, str]]
) -> dict[tuple[UUID, str], Level]:
    """Where anything is free, each with the safety stock that was kept there."""
    return {
        key: Level(free[key], opening[key].safety if key in opening else 0) for key in wanted if free.get(key, 0) > 0
    }


class Comparison:
    """Several rule sets on the same past, part by part. What a part came to is JSON; `conclude` adds the parts up."""

    def __init__(
        self,
        contenders: Sequence[Contender],
        cases: Sequence[Case],
        sites: Sequence[Site],
        opening: Mapping[tuple[UUID, str], Level],
        arrivals: Sequence[Arrival] = (),
    ) -> None:
        self.done = 0
        self._replays = [replay(it.rule_set, cases, sites, opening, arrivals, pricing=it.pricing) for it in contenders]

    def skip(self, size: int) -> None:
        """What a part does to the stock, without telling of it."""
        self.done += max(sum(1 for _ in islice(one, size)) for one in self._replays)

    def part(self, size: int) -> dict[str, Any]:
        """The next orders, at most `size`."""
        replayed = [list(islice(one, size)) for one in self._replays]
        self.done += len(replayed[0])
        return {
            "orders": len(replayed[0]),
            "units": sum(demand.quantity for it in replayed[0] for demand in it.case.demands),
            "rule_sets": [_tally(rows, replayed[0]) for rows in replayed],
        }


def _tally(rows: Sequence[Replayed], base: Sequence[Replayed]) -> dict[str, Any]:
    """`days`: the saving against `base` and the number of orders, by day."""
    shipments = [len(it.plan.decision.plan.sources) for it in rows]
    days: dict[str, tuple[int, int]] = {}
    for before, after in zip(base, rows, strict=True):
        saved, orders = days.get(day := after.case.at.date().isoformat(), (0, 0))
        days[day] = (saved + before.cost - after.cost, orders + 1)
    return {
        "cost": sum(it.cost for it in rows),
        "shipments": sum(shipments),
        "shipped": sum(count > 0 for count in shipments),
        "split": sum(count > 1 for count in shipments),
        "missing": sum(it.missing for it in rows),
        "days": days,
        "changed": _changed(base, rows),
    }


def _changed(base: Sequence[Replayed], rows: Sequence[Replayed]) -> list[dict[str, Any]]:
    """The orders that changed most, each with why it went where by either."""
    pairs = [pair for pair in zip(base, rows, strict=True) if pair[0].cost != pair[1].cost]
    pairs.sort(key=lambda pair: (-abs(pair[0].cost - pair[1].cost), pair[0].case.number))
    return [
        {
            "order": before.case.number,
            "costs": [before.cost, after.cost],
            "why": [explain(it.question, it.plan).sentence for it in (before, after)],
        }
        for before, after in pairs[:CHANGED]
    ]


def conclude(names: Sequence[str], parts: Sequence[Mapping[str, Any]], bounds: Sequence[int] = ()) -> dict[str, Any]:
    """What the parts came to together, amounts in hundredths: of each rule set its totals, what an order saves against
    the first one (the mean and its 95 % interval, by days), how its cost compares with what was possible (`bounds`, of
    hindsight), and the orders that changed most.
    """
    orders = sum(part["orders"] for part in parts)
    units = sum(part["units"] for part in parts)
    sets = [_total(name, [part["rule_sets"][place] for part in parts], units) for place, name in enumerate(names)]
    for found, bound in zip(sets, bounds, strict=False):
        found["to_bound"] = found["cost"] / bound if bound else None
    return {"orders": orders, "units": units, "rule_sets": sets}


def _total(name: str, tallies: Sequence[Mapping[str, Any]], units: int) -> dict[str, Any]:
    sums: Counter[str] = Counter()
    days: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        sums.update({key: tally[key] for key in ("cost", "shipments", "shipped", "split", "missing")})
        for day, (saved, orders) in tally["days"].items():
            known = days.get(day, (0, 0))
            days[day] = (known[0] + saved, known[1] + orders)
    mean, low, high = _interval(list(days.values()))
    changed = [row for tally in tallies for row in tally["changed"]]
    changed.sort(key=lambda row: (-abs(row["costs"][0] - row["costs"][1]), row["order"]))
    return {
        "name": name,
        "cost": sums["cost"],
        "shipments": sums["shipments"],
        "split_rate": sums["split"] / max(sums["shipped"], 1),
        "missing": sums["missing"],
        "fill_rate": 1 - sums["missing"] / max(units, 1),
        "to_bound": None,
        "saves": {"mean": mean, "low": low, "high": high},
        "changed": changed[:CHANGED],
    }


def _interval(days: Sequence[tuple[int, int]], seed: int = 1) -> tuple[float, float, float]:
    if not days:
        return 0.0, 0.0, 0.0
    chance = random.Random(seed)
    means = sorted(_mean(chance.choices(days, k=len(days))) for _ in range(_RESAMPLES))
    return _mean(days), means[int(0.025 * _RESAMPLES)], means[int(0.975 * _RESAMPLES) - 1]


def _mean(days: Sequence[tuple[int, int]]) -> float:
    return sum(total for total, _ in days) / sum(count for _, count in days)

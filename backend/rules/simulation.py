"""What rule sets would have done with the orders of a period: the same orders, the same receipts, one after the other.

Pure. Each rule set starts from the same opening stock, and what it gives is gone for the orders after. Costs are
hundredths; they are compared order by order with those of the first rule set, part by part of the period, and the
confidence interval is a bootstrap over days.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from backend.rules.allocation_model import Level, Site
from backend.rules.allocation_record import explain
from backend.rules.replay import Arrival, Case, Pricing, Replayed, replay
from backend.rules.rule_sets import RuleSet

_RESAMPLES = 500
#: What the parts of a period are added up of.
_SUMMED = ("cost", "shipments", "shipped", "split", "missing", "waited", "promised", "late")
CHANGED = 20


class Contender(NamedTuple):
    """`pricing`: the scarcity prices that its decisions are charged."""

    rule_set: RuleSet
    pricing: Pricing | None = None


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
        "waited": sum(max((one.days for one in it.sent), default=0) for it in rows),
        "promised": sum(bool(it.sent) and it.case.promised_at is not None for it in rows),
        "late": sum(any(one.late for one in it.sent) for it in rows),
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
        sums.update({key: tally[key] for key in _SUMMED})
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
        "mean_days": sums["waited"] / max(sums["shipped"], 1),
        "late_rate": sums["late"] / sums["promised"] if sums["promised"] else None,
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

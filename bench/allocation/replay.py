"""One policy over one stream: each order is decided when it comes, with the stock that is left."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from backend.rules.sourcing import policies
from backend.rules.sourcing.prices import Basket
from backend.rules.sourcing.problem import NEVER, Problem, cost_of
from backend.rules.sourcing.search import solve
from bench.allocation.foresight import REFRESHES, Foresight
from bench.allocation.generate import World

#: The problem in money, the order's region, prices by SKU and site or None -> the problem that the policy solves.
Rule = Callable[[Problem, int], Problem]


@dataclass(slots=True)
class Outcome:
    """`cost` in millionths; `spent` is the seconds of each decision."""

    cost: int = 0
    shipments: int = 0
    missing: int = 0
    asked: int = 0
    lost: int = 0
    walk_ins: int = 0
    oversold: int = 0
    cut_short: int = 0
    refresh_seconds: float = 0.0
    spent: list[float] = field(default_factory=list)


def rules(world: World) -> dict[str, Rule]:
    miles = world.miles.tolist()
    ranks = list(range(world.params.sites))
    return {
        "priority": lambda problem, _: policies.priority_list(problem, ranks),
        "nearest": lambda problem, region: policies.nearest(problem, miles[region]),
        "fewest": lambda problem, _: policies.fewest_splits(problem),
        "myopic": lambda problem, _: policies.least_cost(problem),
    }


def replay(world: World, rule: Rule | None) -> Outcome:
    """Without a rule: by prices."""
    run = _Replay(world, rule)
    stream = world.stream
    events = sorted(
        [(time, 0, number) for number, time in enumerate(stream.order_times)]
        + [(time, 1, number) for number, time in enumerate(stream.walk_in_times)]
    )
    for time, kind, number in events:
        run.refresh_until(float(time))
        if kind:
            run.walk_in(*stream.walk_ins[number])
        else:
            run.order(stream.baskets[number])
    return run.outcome


class _Replay:
    def __init__(self, world: World, rule: Rule | None) -> None:
        self.world = world
        self.rule = rule
        self.outcome = Outcome()
        #: By SKU: site -> units, only where there are any.
        self.stock = [{site: units for site, units in enumerate(row) if units > 0} for row in world.stock.tolist()]
        self.foresight = None if rule else Foresight(world)
        self.refreshed = 0
        self.prices: list[list[int]] = []

    def refresh_until(self, time: float) -> None:
        if self.foresight is None or self.refreshed >= REFRESHES or time < self.refreshed / REFRESHES:
            return
        left = np.zeros_like(self.world.stock)
        for sku, row in enumerate(self.stock):
            for site, units in row.items():
                left[sku, site] = units
        self.prices = self.foresight.refresh(self.refreshed / REFRESHES, left)
        self.outcome.refresh_seconds = self.foresight.seconds
        self.refreshed += 1

    def walk_in(self, site: int, sku: int) -> None:
        self.outcome.walk_ins += 1
        if self.stock[sku].get(site, 0):
            self.take(sku, site, 1)
        else:
            self.outcome.lost += 1
            self.outcome.cost += self.world.costs.walk_in

    def order(self, basket: Basket) -> None:
        outcome, costs, stock = self.outcome, self.world.costs, self.stock
        began = clock.perf_counter()
        unit = costs.unit[basket.region]
        lines, rows, prices, missing = [], [], [], 0
        for sku, quantity in basket.lines:
            row = {site: quantity * unit[site] for site, units in stock[sku].items() if units >= quantity}
            if not row:
                missing += quantity
                continue
            lines.append((sku, quantity))
            rows.append(row)
            if self.prices:
                price = self.prices[sku]
                prices.append({site: quantity * price[site] for site in row})
        choice: tuple[int, ...] = ()
        if rows:
            # What a site has must be given: later orders are no reason to refuse this one.
            problem = Problem(costs.fixed[basket.region], rows, [NEVER] * len(rows))
            asked = self.rule(problem, basket.region) if self.rule else policies.priced(problem, prices)
            found = solve(asked)
            choice = found.choice
            outcome.cut_short += not found.optimal
        outcome.spent.append(clock.perf_counter() - began)
        if rows:
            outcome.cost += cost_of(problem, choice)
        for (sku, quantity), site in zip(lines, choice, strict=True):
            self.take(sku, site, quantity)
        outcome.asked += sum(quantity for _, quantity in basket.lines)
        outcome.missing += missing
        outcome.cost += missing * costs.unfilled + (costs.unfilled_fixed if missing else 0)
        outcome.shipments += len(set(choice))

    def take(self, sku: int, site: int, quantity: int) -> None:
        left = self.stock[sku].get(site, 0) - quantity
        self.outcome.oversold += max(0, -left)
        if left > 0:
            self.stock[sku][site] = left
        else:
            self.stock[sku].pop(site, None)

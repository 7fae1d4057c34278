"""What a unit is worth where it lies: prices that make each order pay for what it takes from later ones.

For some scenarios of the orders to come, the prices are found at which the orders, each for itself, would use just what
there is (the multipliers of a Lagrangian relaxation, by subgradient steps with momentum); what is published is the mean
over the scenarios. With the orders that did come as the only scenario, the same routine gives the bound of hindsight:
no policy can cost less than `Ascent.bound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.rules.sourcing.problem import UNFILLED, Problem
from backend.rules.sourcing.search import solve_whole

#: By SKU, then by site.
Table = list[list[int]]
#: Prices -> (the least that all orders cost at them, the units they use). Prices of stock not counted back.
Response = Callable[[Table], tuple[int, Table]]

#: The last part of the steps that prices are averaged over.
AVERAGED = 0.4


@dataclass(frozen=True, slots=True)
class Costs:
    """`fixed` of a shipment and cost of a `unit`, by region, then by site. `walk_in`: of a customer sent away."""

    fixed: Sequence[Sequence[int]]
    unit: Sequence[Sequence[int]]
    unfilled: int
    unfilled_fixed: int = 0
    walk_in: int = 0


@dataclass(frozen=True, slots=True)
class Basket:
    """One order: `lines` are (SKU number, quantity), each SKU once."""

    region: int
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps shrink geometrically from `first` to `last`: costs by which a price moves at most, momentum not counted."""

    steps: int
    first: float
    last: float
    momentum: float = 0.9


@dataclass(frozen=True, slots=True)
class Ascent:
    """`average` of the last prices; `bound` is the best lower bound met, at the prices `best`."""

    average: list[float]
    bound: int
    best: list[int]


def ascend(
    respond: Response, stock: Table, highest: int, schedule: Schedule, start: Sequence[float] | None = None
) -> Ascent:
    """Raise what is used more than there is, lower what is used less, between 0 and `highest`; 0 where no stock is."""
    cells = [(sku, site) for sku, row in enumerate(stock) for site, units in enumerate(row) if units > 0]
    units = [stock[sku][site] for sku, site in cells]
    prices = list(start) if start is not None else [0.0] * len(cells)
    pace, total, counted = [0.0] * len(cells), [0.0] * len(cells), 0
    bound, best = -1, [0] * len(cells)
    shrink = (schedule.last / schedule.first) ** (1 / max(schedule.steps - 1, 1))
    step = schedule.first
    for turn in range(schedule.steps):
        whole = [round(price) for price in prices]
        value, used = respond(spread(whole, cells, stock))
        value -= sum(price * there for price, there in zip(whole, units, strict=True))
        if value > bound:
            bound, best = value, whole
        for index, (sku, site) in enumerate(cells):
            taken, there = used[sku][site], units[index]
            pace[index] = schedule.momentum * pace[index] + (taken - there) / max(taken, there, 1)
            prices[index] = min(max(prices[index] + step * pace[index], 0.0), float(highest))
        if turn >= (1 - AVERAGED) * schedule.steps:
            total = [sum(pair) for pair in zip(total, prices, strict=True)]
            counted += 1
        step *= shrink
    return Ascent([price / max(counted, 1) for price in total], bound, best)


def spread(prices: Sequence[int], cells: Sequence[tuple[int, int]], stock: Table) -> Table:
    """The prices of the cells with stock as a full table."""
    table = [[0] * len(row) for row in stock]
    for (sku, site), price in zip(cells, prices, strict=True):
        table[sku][site] = price
    return table


def slow_response(costs: Costs, baskets: Sequence[Basket], walk_ins: Table, stock: Table) -> Response:
    """Order by order, without numpy. Each order sees the stock there was, whatever the others use of it."""

    def respond(prices: Table) -> tuple[int, Table]:
        value, used = 0, [[0] * len(row) for row in stock]
        for sku, row in enumerate(walk_ins):
            for site, count in enumerate(row):
                value += count * min(costs.walk_in, prices[sku][site])
                used[sku][site] += count if prices[sku][site] < costs.walk_in else 0
        for basket in baskets:
            unit = costs.unit[basket.region]
            rows = [
                {
                    site: quantity * (unit[site] + prices[sku][site])
                    for site, units in enumerate(stock[sku])
                    if units >= quantity
                }
                for sku, quantity in basket.lines
            ]
            unfilled = [costs.unfilled * quantity for _, quantity in basket.lines]
            found = solve_whole(Problem(costs.fixed[basket.region], rows, unfilled, costs.unfilled_fixed))
            value += found.cost
            for (sku, quantity), site in zip(basket.lines, found.choice, strict=True):
                if site != UNFILLED:
                    used[sku][site] += quantity
        return value, used

    return respond

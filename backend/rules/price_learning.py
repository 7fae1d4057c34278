"""Scarcity prices from the orders of the past, at the costs of a rule set and for the stock there is. Pure.

Each window of the past is a scenario of what is to come. Its orders are put to the planner once; then prices rise and
fall by the steps of `sourcing.prices.ascend` until the orders, each for itself, use what there is. A pick-up takes from
its own site or goes away. What is learnt is the mean over the windows. Tiers and shares of a line are left out: prices
steer, they promise nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from backend.rules.allocation import Question, asked, going_without, is_collected
from backend.rules.allocation_model import Level, Site
from backend.rules.effects import UNFILLED as USUAL
from backend.rules.replay import Case
from backend.rules.rule_sets import RuleSet
from backend.rules.scarcity import HIGHEST, Learnt
from backend.rules.sourcing.frame import frame
from backend.rules.sourcing.model import Policy, Request
from backend.rules.sourcing.prices import Ascent, Schedule, Table, ascend
from backend.rules.sourcing.problem import UNFILLED, Problem
from backend.rules.sourcing.search import solve_whole

#: Steps in hundredths: from 1.00 to 0.03.
_SCHEDULE = Schedule(80, 100.0, 3.0)
#: For the bound: up to what going without costs, in few steps.
_LONG_STRIDES = (1000.0, 10.0)
_ANSWERS, _FEWEST_STEPS = 400_000, 20
#: An order that takes longer to decide is taken as it comes: nothing is promised by it.
_NODES = 200
#: More than any order asks for.
_PLENTY = 1_000_000_000


class Window(NamedTuple):
    """Each of `cases` stands for `weight` orders."""

    cases: Sequence[Case]
    weight: int = 1


class _Taking(NamedTuple):
    """What an item takes where an option gives it: units of (row, column) of the stock."""

    cost: int
    row: int
    column: int
    units: int


@dataclass(frozen=True, slots=True)
class _Asked:
    fixed: Sequence[int]
    items: Sequence[Mapping[int, _Taking]]
    unfilled: Sequence[int]
    max_shipments: int | None


@dataclass(slots=True)
class _Stock:
    """Of each SKU only the sites that hold it: its row is as long as these are many."""

    rows: dict[str, int] = field(default_factory=dict)
    columns: list[dict[UUID, int]] = field(default_factory=list)
    units: Table = field(default_factory=list)

    def add(self, site_id: UUID, sku: str, units: int) -> None:
        if sku not in self.rows:
            self.rows[sku] = len(self.units)
            self.columns.append({})
            self.units.append([])
        row = self.rows[sku]
        self.columns[row][site_id] = len(self.units[row])
        self.units[row].append(units)

    def place(self, site_id: UUID | None, sku: str) -> tuple[int, int] | None:
        row = self.rows.get(sku)
        column = self.columns[row].get(site_id) if row is not None and site_id is not None else None
        return None if row is None or column is None else (row, column)


def learn(
    windows: Sequence[Window], sites: Sequence[Site], levels: Mapping[tuple[UUID, str], Level], rule_set: RuleSet
) -> Learnt:
    """Only prices above zero. None for a rule set that does not look for the least cost: it would not be told."""
    if rule_set.policy is not Policy.LEAST_COST:
        return {}
    stock, by_sku = _Stock(), _by_sku(levels)
    for (site_id, sku), level in levels.items():
        if level.available:
            stock.add(site_id, sku, level.available)
    sums: dict[tuple[int, int], float] = {}
    cells = [(row, column) for row, units in enumerate(stock.units) for column in range(len(units))]
    for window in windows:
        average = _Scenario(window, sites, by_sku, stock, rule_set).prices()
        for cell, price in zip(cells, average, strict=True):
            sums[cell] = sums.get(cell, 0.0) + price
    found = {}
    for sku, row in stock.rows.items():
        for site_id, column in stock.columns[row].items():
            price = round(sums.get((row, column), 0.0) / max(len(windows), 1))
            if price > 0:
                found[site_id, sku] = min(price, HIGHEST)
    return found


def hindsight(
    cases: Sequence[Case], sites: Sequence[Site], stock: Mapping[tuple[UUID, str], Level], rule_set: RuleSet
) -> int:
    """What these orders must cost at least under the rule set, in hundredths, whoever decides and whatever he knows.

    `stock`: all that there was in the whole time. The bound is that of a Lagrangian relaxation: each order may take
    anything that was ever there, and pays for it.
    """
    held, plenty = _Stock(), {}
    for (site_id, sku), level in stock.items():
        if level.available:
            held.add(site_id, sku, level.available)
            plenty[site_id, sku] = Level(_PLENTY)
    return _Scenario(Window(cases), sites, _by_sku(plenty), held, rule_set).bound()


def _by_sku(levels: Mapping[tuple[UUID, str], Level]) -> dict[str, dict[tuple[UUID, str], Level]]:
    found: dict[str, dict[tuple[UUID, str], Level]] = {}
    for key, level in levels.items():
        found.setdefault(key[1], {})[key] = level
    return found


def _simplified(request: Request) -> Request:
    """Each line by itself and whole, or not at all."""
    return replace(
        request,
        lines=tuple(replace(line, group=None) for line in request.lines),
        terms=replace(request.terms, split_lines=False, ship_complete=False),
    )


class _Scenario:
    """The orders of a window, ready to be asked at any prices."""

    def __init__(
        self,
        window: Window,
        sites: Sequence[Site],
        by_sku: Mapping[str, Mapping[tuple[UUID, str], Level]],
        stock: _Stock,
        rule_set: RuleSet,
    ) -> None:
        self._weight, self._stock = window.weight, stock
        self._orders: list[_Asked] = []
        self._collected: dict[tuple[int, int, int], int] = {}
        self._highest, self._lost = USUAL, 0
        for case in window.cases:
            self._add(case, sites, by_sku, rule_set)

    def prices(self) -> list[float]:
        return self._ascended(_SCHEDULE).average

    def bound(self) -> int:
        """Of what the orders cost together. The more there are, the fewer steps are taken, and the looser it is."""
        steps = max(_FEWEST_STEPS, min(_SCHEDULE.steps, _ANSWERS // max(1, len(self._orders))))
        return self._ascended(Schedule(steps, *_LONG_STRIDES)).bound

    def _ascended(self, schedule: Schedule) -> Ascent:
        return ascend(self._respond, self._stock.units, min(self._highest, HIGHEST), schedule)

    def _add(
        self,
        case: Case,
        sites: Sequence[Site],
        by_sku: Mapping[str, Mapping[tuple[UUID, str], Level]],
        rule_set: RuleSet,
    ) -> None:
        levels = {key: level for demand in case.demands for key, level in by_sku.get(demand.sku, {}).items()}
        question = Question(
            case.demands, sites, levels, rule_set, case.destination, order=case.order, ship_to=case.ship_to
        )
        self._collect(question)
        request, shipped, places = asked(question)
        if not shipped:
            return
        framed = frame(_simplified(request))
        ids = [places[int(source.key)].id for source in framed.sources]
        items = []
        for lines, costs in zip(framed.items, framed.problem.rows, strict=True):
            (line,) = lines
            self._highest = max(self._highest, line.unfilled)
            at = self._stock.rows.get(line.sku, -1)
            items.append({
                option: _Taking(cost, at, self._stock.columns[at][ids[option]], line.quantity)
                for option, cost in costs.items()
            })  # fmt: skip
        if any(items):
            problem = framed.problem
            self._orders.append(_Asked(problem.fixed, items, problem.unfilled, problem.max_shipments))
        else:
            self._lost += sum(framed.problem.unfilled)

    def _collect(self, question: Question) -> None:
        """Pick-ups take of their own site, or go without."""
        collected = [demand for demand in question.demands if is_collected(demand)]
        if not collected:
            return
        for demand, cost in zip(collected, going_without(question, collected), strict=True):
            place = self._stock.place(demand.pickup_site_id, demand.sku)
            if place is None:
                self._lost += cost * demand.quantity
            else:
                self._collected[*place, cost] = self._collected.get((*place, cost), 0) + demand.quantity
                self._highest = max(self._highest, cost)

    def _respond(self, prices: Table) -> tuple[int, Table]:
        value, used = self._lost * self._weight, [[0] * len(row) for row in self._stock.units]
        for (at, column, cost), units in self._collected.items():
            price = prices[at][column]
            value += units * self._weight * min(price, cost)
            used[at][column] += units * self._weight if price < cost else 0
        for order in self._orders:
            rows = [
                {option: it.cost + it.units * prices[it.row][it.column] for option, it in item.items()}
                for item in order.items
            ]
            found = solve_whole(
                Problem(order.fixed, rows, order.unfilled, max_shipments=order.max_shipments, node_limit=_NODES)
            )
            value += found.bound * self._weight
            for item, option in zip(order.items, found.choice, strict=True):
                if option != UNFILLED:
                    taken = item[option]
                    used[taken.row][taken.column] += taken.units * self._weight
        return value, used

"""The orders of a period one after the other, by one rule set: each at the stock, and behind the work, that is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.rules.allocation import Plan, Question, going_without, is_collected, plan
from backend.rules.allocation_model import Demand, Level, Levels, Point, Site, deliveries
from backend.rules.dispatch import Delivery, Departures, Destination, Load
from backend.rules.rule_sets import RuleSet
from backend.rules.vocabulary import DeliveryMethod


@dataclass(frozen=True, slots=True)
class Case:
    """An order of the past. `order`: the context of conditions. `ship_to`: for sites that do not ship everywhere."""

    number: str
    at: datetime
    demands: tuple[Demand, ...]
    destination: Point | None
    order: Mapping[str, object]
    ship_to: Destination | None = None
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that came in the period."""

    at: datetime
    site_id: UUID
    sku: str
    quantity: int


#: An order, and what is left as it comes → what units are worth to later ones, by (site, SKU).
Pricing: TypeAlias = Callable[[Case, Callable[[], Levels]], Mapping[tuple[UUID, str], int]]


class Replayed(NamedTuple):
    """An order, what was asked of the planner at the stock that was left, and what it gave. `uncollected`: what the
    units cost that pick-ups go without. `sent`: how soon each of its shipments is there.
    """

    case: Case
    question: Question
    plan: Plan
    uncollected: int = 0
    sent: Sequence[Delivery] = ()

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
    work = _Work(sites)

    def left() -> Levels:
        return _levels(free, opening, free)

    for case in cases:
        while coming < len(arrivals) and arrivals[coming].at <= case.at:
            arrival = arrivals[coming]
            free[arrival.site_id, arrival.sku] = free.get((arrival.site_id, arrival.sku), 0) + arrival.quantity
            coming += 1
        levels = _levels(free, opening, {(site.id, demand.sku) for site in sites for demand in case.demands})
        when = Departures(case.at, work.loads(case.at))
        holding = {site_id for site_id, _ in levels} if rule_set.speaks_of_delivery else frozenset()
        question = Question(
            case.demands,
            sites,
            levels,
            rule_set,
            case.destination,
            order=case.order,
            scarcity=pricing(case, left) if pricing else {},
            ship_to=case.ship_to,
            deliveries=deliveries(when, [it for it in sites if it.id in holding], case.ship_to, case.promised_at),
        )
        made = decide(question)
        for it in made.assignments:
            free[it.site_id, it.sku] -= it.quantity
        sent = work.give(made, when, case)
        yield Replayed(case, question, made, _uncollected(question, made), sent)


class _Work:
    """What sites have been given in a replay, and when it leaves."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = {site.id: site for site in sites}
        self._leaving: dict[UUID, Counter[date]] = {
            site.id: Counter() for site in sites if site.dispatch.daily_capacity is not None
        }

    def loads(self, now: datetime) -> dict[UUID, Load]:
        """What leaves today, or later, takes room today: it waits."""
        found = {}
        for site_id, leaving in self._leaving.items():
            today = now.astimezone(ZoneInfo(self._sites[site_id].dispatch.timezone)).date()
            for day in [day for day in leaving if day < today]:
                del leaving[day]
            found[site_id] = Load(leaving.total())
        return found

    def give(self, made: Plan, when: Departures, case: Case) -> list[Delivery]:
        """How soon each of the plan's shipments is there."""
        ids = dict.fromkeys(it.site_id for it in made.assignments if it.delivery_method is not DeliveryMethod.PICKUP)
        there = deliveries(when, [self._sites[one] for one in ids], case.ship_to, case.promised_at)
        for site_id, delivery in there.items():
            if delivery is not None and site_id in self._leaving:
                self._leaving[site_id][delivery.leaves] += 1
        return [it for it in there.values() if it is not None]


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

"""The planner: which site gives what of an order, by a rule set. Pure: demand and supply in, a plan out.

Pick-up lines have no choice: their own site gives what it has, before anything is shipped. Lines that ship are sourced
by the exact search (rules/sourcing): whole from one site where any has all of it, in parts where none has. What nobody
has is backordered. Costs are hundredths of the order's currency. Ties go to the lower rank, then the code.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from backend.rules.allocation_model import Assignment, Demand, Level, Levels, Point, Site, way
from backend.rules.dispatch import Delivery, Destination, serves
from backend.rules.effects import Effects
from backend.rules.rule_sets import Effect, RuleSet
from backend.rules.sourcing.decide import decide
from backend.rules.sourcing.model import Decision, Line, Offer, Request, Source, Terms
from backend.rules.vocabulary import AllocationOutcome, DeliveryMethod, SiteCapability

#: Reasons of an exclusion that came with a correction of the stock: a pick-up may be tried again once stock has come.
STOCK_CORRECTED = frozenset({"OUT_OF_STOCK", "DAMAGED", "SHORT_PICK"})
#: How long a search goes on, so that no order holds the worker up; the plan then comes with its gap.
_EFFORT, _LEAST_NODES, _MOST_NODES = 100_000, 100, 20_000


@dataclass(frozen=True, slots=True)
class Question:
    """All that a decision depends on. `exclusions`: sites that the order may not be given to again, and why.

    `order` is the context of conditions, where the rule set speaks of it. `scarcity`: what a unit is worth to later
    orders, in hundredths, by (site, SKU). `ship_to`: for sites that do not ship everywhere. `deliveries`: by site, how
    soon it would be there, where the rule set speaks of that; None for a site that sends nothing off.
    """

    demands: Sequence[Demand]
    sites: Sequence[Site]
    levels: Levels
    rule_set: RuleSet
    destination: Point | None = None
    exclusions: Mapping[UUID, str] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)
    scarcity: Mapping[tuple[UUID, str], int] = field(default_factory=dict)
    ship_to: Destination | None = None
    deliveries: Mapping[UUID, Delivery | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every unit asked for is in `assignments` or in `backordered` (by line).

    `request` is what was asked of the search about the lines that ship, its sources by place in `sites`.
    """

    assignments: tuple[Assignment, ...]
    backordered: Mapping[UUID, int]
    outcome: AllocationOutcome
    decision: Decision
    request: Request
    shipped: tuple[Demand, ...]
    sites: tuple[Site, ...]
    failures: Mapping[int, str]

    @property
    def cost(self) -> int:
        return self.decision.plan.cost


def plan(question: Question) -> Plan:
    """Decide for one order. `sites` may hold sites that cannot be used."""
    sites = tuple(sorted(question.sites, key=lambda site: (site.rank, site.code)))
    collected, levels = _collect(question, sites)
    shipped = tuple(demand for demand in question.demands if not is_collected(demand))
    request, failures = _request(replace(question, levels=levels), shipped, sites)
    decision = decide(request, question.rule_set.policy)
    if question.scarcity and decision.plan.unfilled:
        request, decision = _filling(request, decision)
    assignments = (*collected, *assigned(decision.plan.assignments, shipped, sites))
    return Plan(
        assignments=assignments,
        backordered=_backordered(question.demands, assignments),
        outcome=_outcome(question.demands, assignments),
        decision=decision,
        request=request,
        shipped=shipped,
        sites=sites,
        failures=failures,
    )


def _filling(request: Request, decision: Decision) -> tuple[Request, Decision]:
    """Prices choose among those that have it; they keep nothing from an order. Where they would, it goes without."""
    free = replace(request, offers={key: replace(offer, scarcity=0) for key, offer in request.offers.items()})
    other = decide(free, decision.policy)
    if sum(other.plan.unfilled.values()) < sum(decision.plan.unfilled.values()):
        return free, other
    return request, decision


def asked(question: Question) -> tuple[Request, tuple[Demand, ...], tuple[Site, ...]]:
    """What the search is asked about the lines that ship, these lines, and the sites in the order of its sources' keys.

    Pick-ups take nothing before.
    """
    sites = tuple(sorted(question.sites, key=lambda site: (site.rank, site.code)))
    shipped = tuple(demand for demand in question.demands if not is_collected(demand))
    return _request(question, shipped, sites)[0], shipped, sites


def is_collected(demand: Demand) -> bool:
    return demand.delivery_method is DeliveryMethod.PICKUP


def going_without(question: Question, demands: Sequence[Demand]) -> list[int]:
    """What a unit of each costs that nobody gives, in hundredths; of pick-ups too, which are not searched for."""
    effects = Effects(question.rule_set, demands, (), (), question.order)
    return [effects.unfilled(line) for line in range(len(demands))]


def assigned(found: Sequence[Any], shipped: Sequence[Demand], sites: Sequence[Site]) -> list[Assignment]:
    """The search's assignments in the names of the order."""
    return [
        Assignment(
            shipped[int(it.line)].line_id,
            sites[int(it.source)].id,
            it.sku,
            it.quantity,
            shipped[int(it.line)].delivery_method,
        )
        for it in found
    ]


def _collect(question: Question, sites: Sequence[Site]) -> tuple[list[Assignment], Levels]:
    """What pick-ups get, and what is left."""
    wanted = [demand for demand in question.demands if is_collected(demand)]
    if not wanted:
        return [], question.levels
    known = {site.id: site for site in sites}
    levels = dict(question.levels)
    found = []
    for demand in wanted:
        site = known.get(demand.pickup_site_id) if demand.pickup_site_id else None
        if site is None or why_no_collection(site, question.exclusions) is not None:
            continue
        level = levels.get((site.id, demand.sku), Level(0))
        units = min(demand.quantity, level.available)
        if units:
            levels[site.id, demand.sku] = replace(level, free=level.free - units)
            found.append(Assignment(demand.line_id, site.id, demand.sku, units, demand.delivery_method))
    return found, levels


def why_no_collection(site: Site, exclusions: Mapping[UUID, str]) -> str | None:
    if not site.active:
        return "INACTIVE"
    if SiteCapability.PICKUP not in site.capabilities:
        return "CANNOT_HOLD_PICKUPS"
    reason = exclusions.get(site.id)
    return None if reason is None or reason in STOCK_CORRECTED else "REJECTED_BEFORE"


def why_not_shipped(site: Site, question: Question) -> tuple[str, ...]:
    """All that keeps a site from shipping for this order, its stock and the rules aside."""
    found = [] if site.active else ["INACTIVE"]
    if SiteCapability.SHIP not in site.capabilities:
        found.append("CANNOT_SHIP")
    if not serves(site.areas, question.ship_to):
        found.append("DESTINATION")
    if site.dispatch.daily_capacity == 0:
        found.append("CAPACITY")
    elif site.id in question.deliveries and question.deliveries[site.id] is None:
        found.append("CLOSED")
    if site.id in question.exclusions:
        found.append("REJECTED_BEFORE")
    return tuple(found)


def key_of(place: int) -> str:
    """Of a source, by its place among the sites: the solver's ties go to the lowest key."""
    return f"{place:06}"


def _request(question: Question, shipped: Sequence[Demand], sites: Sequence[Site]) -> tuple[Request, Mapping[int, str]]:
    """Only sites that hold any of it are sources."""
    held = _by_site(question.levels, {demand.sku for demand in shipped})
    places = [place for place, site in enumerate(sites) if site.id in held]
    usable = [sites[place] for place in places]
    distances = [way(site, question.destination) for site in usable]
    effects = Effects(question.rule_set, shipped, usable, distances, question.order, question.deliveries)
    sources, offers, by_line = [], {}, effects.lines_differ
    groups = effects.gathers
    first = {demand.sku: line for line, demand in reversed(list(enumerate(shipped)))}
    for at, (place, site) in enumerate(zip(places, usable, strict=True)):
        costs, late, key = effects.costs(at), effects.delay(at), key_of(place)
        excluded = (*why_not_shipped(site, question), *effects.excluded(at))
        sources.append(Source(key, costs.shipment, effects.tier(at), site.rank, distances[at], excluded=excluded))
        for sku, level in held[site.id].items():
            available, unit = level.available, costs.unit
            if by_line:
                available = max(0, available - effects.kept_back(at, first[sku]))
                unit = max(0, unit + effects.added(at, first[sku]))
            scarcity = question.scarcity.get((site.id, sku), 0) if question.scarcity else 0
            offers[key, sku] = Offer(available, unit, late, scarcity)
    lines = tuple(
        Line(
            str(line),
            demand.sku,
            demand.quantity,
            effects.unfilled(line),
            demand.value,
            effects.group(line) if groups else None,
            barred=_barred(effects, line, places) if effects.bars_lines else frozenset(),
        )
        for line, demand in enumerate(shipped)
    )
    nodes = max(_LEAST_NODES, min(_MOST_NODES, _EFFORT // max(1, len(lines))))
    terms = Terms(
        split_lines=not effects.says(Effect.WHOLE_LINES),
        whole_first=True,
        max_shipments=effects.most_shipments(),
        ship_complete=effects.says(Effect.SHIP_COMPLETE),
        minimum_split_value=effects.minimum_split_value(),
        node_limit=nodes,
    )
    return Request(lines, tuple(sources), offers, terms), effects.failures


def _by_site(levels: Levels, skus: Container[str]) -> dict[UUID, dict[str, Level]]:
    found: dict[UUID, dict[str, Level]] = {}
    for (site_id, sku), level in levels.items():
        if sku in skus:
            found.setdefault(site_id, {})[sku] = level
    return found


def _barred(effects: Effects, line: int, places: Sequence[int]) -> frozenset[str]:
    return frozenset(key_of(place) for at, place in enumerate(places) if effects.barred(at, line))


def _backordered(demands: Sequence[Demand], assignments: Sequence[Assignment]) -> dict[UUID, int]:
    missing = {demand.line_id: demand.quantity for demand in demands}
    for assignment in assignments:
        missing[assignment.line_id] -= assignment.quantity
    return {line_id: units for line_id, units in missing.items() if units}


def _outcome(demands: Sequence[Demand], assignments: Sequence[Assignment]) -> AllocationOutcome:
    if not demands:
        return AllocationOutcome.NONE
    given = sum(assignment.quantity for assignment in assignments)
    if given == 0:
        return AllocationOutcome.BACKORDERED
    wanted = sum(demand.quantity for demand in demands)
    return AllocationOutcome.FULL if given == wanted else AllocationOutcome.PARTIAL

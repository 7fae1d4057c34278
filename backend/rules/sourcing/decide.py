"""Decide one order on a snapshot, and say why."""

from __future__ import annotations

import heapq
from dataclasses import replace

from backend.rules.sourcing import policies
from backend.rules.sourcing.frame import Frame, costed, frame, offer_of, plan_of, reasons_against
from backend.rules.sourcing.model import (
    Assignment,
    Binding,
    Code,
    Considered,
    Decision,
    Line,
    Plan,
    Policy,
    Reason,
    Request,
    Source,
    Status,
)
from backend.rules.sourcing.problem import NEVER, Problem, Solution
from backend.rules.sourcing.search import solve

ALTERNATIVES = 3


def decide(request: Request, policy: Policy = Policy.LEAST_COST) -> Decision:
    """The plan alone: what a busy worker needs."""
    plan, solution = _plan(request, policy)
    return Decision(policy, plan, solution.gap if solution.possible else 0, solution.nodes)


def explain(request: Request, policy: Policy = Policy.LEAST_COST) -> Decision:
    """The same decision with every source, the best other plans, the classic rules and what each constraint costs."""
    decision = decide(request, policy)
    return replace(
        decision,
        considered=tuple(considered(request, decision.plan)),
        alternatives=tuple(alternatives(request, decision.plan, policy)),
        classic=classic(request, policy),
        binding=tuple(binding(request, decision.plan, policy)),
    )


def classic(request: Request, chosen: Policy) -> dict[Policy, Plan]:
    """What the other rules would do, in the same money."""
    others = [policy for policy in Policy if policy is not chosen]
    if len({source.tier for source in request.sources}) > 1:
        return {policy: _plan(request, policy)[0] for policy in others}
    framed = frame(request)
    return {policy: _solved(framed, policy)[0] for policy in others}


def _plan(request: Request, policy: Policy) -> tuple[Plan, Solution]:
    """Tier by tier: more sources only while something stays unfilled."""
    tiers = sorted({source.tier for source in request.sources if not source.excluded})
    for tier in tiers[:-1]:
        allowed = tuple(source for source in request.sources if source.tier <= tier)
        plan, solution = _solved(frame(replace(request, sources=allowed)), policy)
        if not plan.unfilled:
            return plan, solution
    return _solved(frame(request), policy)


def _solved(framed: Frame, policy: Policy) -> tuple[Plan, Solution]:
    if not framed.items:
        return plan_of(framed, _NOTHING), _NOTHING
    solution = solve(_problem(framed, policy))
    return plan_of(framed, solution), solution


_NOTHING = Solution(0, (), 0)


def _problem(framed: Frame, policy: Policy) -> Problem:
    if policy is Policy.PRIORITY_LIST:
        return policies.priority_list(framed.problem, [source.rank for source in framed.sources])
    if policy is Policy.NEAREST:
        return policies.nearest(framed.problem, [source.distance for source in framed.sources])
    if policy is Policy.FEWEST_SPLITS:
        return policies.fewest_splits(framed.problem)
    return policies.least_cost(framed.problem)


def _without(request: Request, keys: frozenset[str]) -> Request:
    return replace(request, sources=tuple(source for source in request.sources if source.key not in keys))


def alternatives(request: Request, chosen: Plan, policy: Policy, count: int = ALTERNATIVES) -> list[Plan]:
    """The next best plans, each lacking a source of every better one; the cheapest first."""
    found: list[Plan] = []
    seen = {chosen.sources}
    tried: set[frozenset[str]] = set()
    waiting: list[tuple[int, tuple[str, ...], Plan]] = []

    def branch(barred: frozenset[str], plan: Plan) -> None:
        for source in plan.sources:
            keys = barred | {source}
            if keys not in tried:
                tried.add(keys)
                other, _ = _plan(_without(request, keys), policy)
                heapq.heappush(waiting, (other.cost, tuple(sorted(keys)), other))

    branch(frozenset(), chosen)
    while waiting and len(found) < count:
        _, keys, plan = heapq.heappop(waiting)
        if plan.assignments and plan.sources not in seen:
            seen.add(plan.sources)
            found.append(plan)
        branch(frozenset(keys), plan)
    return found


def considered(request: Request, chosen: Plan) -> list[Considered]:
    found = []
    for source in sorted(request.sources, key=lambda it: it.key):
        reasons = _reasons(request, source)
        if source.key in chosen.sources:
            found.append(Considered(source.key, Status.CHOSEN, reasons, _alone(request, source)))
            continue
        alone = None if source.excluded else _alone(request, source)
        if alone is None:
            found.append(Considered(source.key, Status.EXCLUDED, reasons))
        else:
            found.append(Considered(source.key, Status.ELIGIBLE, reasons, alone))
    return found


def _reasons(request: Request, source: Source) -> tuple[Reason, ...]:
    whole = [Reason(code) for code in source.excluded]
    return (*whole, *(reason for line in request.lines for reason in reasons_against(request, source, line)))


def _alone(request: Request, source: Source) -> Plan | None:
    """All that the source can give, by itself; None when that is nothing."""
    groups: dict[object, list[Line]] = {}
    for index, line in enumerate(request.lines):
        groups.setdefault(index if line.group is None else line.group, []).append(line)
    left: dict[str, int] = {}
    room = source.capacity if source.capacity is not None else NEVER
    given: list[Assignment] = []
    for lines in groups.values():
        taken = []
        for line in lines:
            offer = offer_of(request, source, line)
            units = 0 if offer is None else min(line.quantity, room, left.get(line.sku, offer.available))
            if units < line.quantity and (len(lines) > 1 or not request.terms.split_lines):
                units = 0
            if units > 0 and offer is not None:
                left[line.sku] = left.get(line.sku, offer.available) - units
                room -= units
                taken.append(Assignment(line.key, source.key, line.sku, units))
        if len(lines) == 1 or len(taken) == len(lines):
            given += taken
        else:
            for it in taken:
                left[it.sku] += it.quantity
                room += it.quantity
    return costed(request, given) if given else None


def binding(request: Request, chosen: Plan, policy: Policy) -> list[Binding]:
    """Each constraint dropped in turn. Money is compared without scarcity prices, which nobody pays now."""
    found = []
    for code, relaxed in _relaxed(request):
        plan, _ = _plan(relaxed, policy)
        saving = chosen.parts.money - plan.parts.money
        if saving > 0:
            found.append(Binding(code, saving, plan))
    return found


def _relaxed(request: Request) -> list[tuple[str, Request]]:
    terms, sources, offers = request.terms, request.sources, request.offers
    found = []
    if terms.max_shipments is not None:
        found.append(("MAX_SHIPMENTS", replace(request, terms=replace(terms, max_shipments=None))))
    if terms.minimum_split_value:
        found.append(("MINIMUM_SPLIT_VALUE", replace(request, terms=replace(terms, minimum_split_value=0))))
    if terms.ship_complete:
        found.append(("SHIP_COMPLETE", replace(request, terms=replace(terms, ship_complete=False))))
    if not terms.split_lines and any(line.quantity > 1 for line in request.lines):
        found.append(("WHOLE_LINES", replace(request, terms=replace(terms, split_lines=True))))
    if any(line.group is not None for line in request.lines):
        apart = tuple(replace(line, group=None) for line in request.lines)
        found.append(("TOGETHER", replace(request, lines=apart)))
    if any(source.capacity is not None for source in sources):
        free = tuple(replace(source, capacity=None) for source in sources)
        found.append((Code.CAPACITY.value, replace(request, sources=free)))
    if len({source.tier for source in sources}) > 1:
        found.append(("TIER", replace(request, sources=tuple(replace(source, tier=0) for source in sources))))
    if any(offer.scarcity for offer in offers.values()):
        free_offers = {key: replace(offer, scarcity=0) for key, offer in offers.items()}
        found.append(("SCARCITY", replace(request, offers=free_offers)))
    codes = {code for source in sources for code in source.excluded}
    codes |= {code for offer in offers.values() for code in offer.excluded}
    return found + [(code, _allowing(request, code)) for code in sorted(codes)]


def _allowing(request: Request, code: str) -> Request:
    """As if this reason did not hold anywhere."""
    sources = tuple(
        replace(source, excluded=tuple(it for it in source.excluded if it != code)) for source in request.sources
    )
    offers = {
        key: replace(offer, excluded=tuple(it for it in offer.excluded if it != code))
        for key, offer in request.offers.items()
    }
    return replace(request, sources=sources, offers=offers)

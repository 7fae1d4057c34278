"""The record of a decision: why this plan, what else was possible, and all that is needed to decide it again.

Costs are hundredths of the order's currency. Explaining takes many more searches than deciding, so large orders get
less of it: their sites, classic rules and the plan, without other plans and without what each constraint costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from backend.rules.allocation import Plan, Question, assigned, is_collected, key_of, why_no_collection, why_not_shipped
from backend.rules.allocation_model import Assignment, Level, Site
from backend.rules.rule_sets import RuleSet
from backend.rules.sourcing import decide as sourcing
from backend.rules.sourcing.model import (
    Binding,
    Considered,
    Line,
    Offer,
    Policy,
    Reason,
    Request,
    Source,
    Status,
    Terms,
)
from backend.rules.sourcing.model import Plan as Sourced

#: Lines × sources up to which everything is explained; up to which classic rules are compared, and it can be replayed.
_FULLY, _AT_ALL = 120, 4_000
#: A search that only explains gives up sooner than one that decides.
_EXPLAINING_NODES = 200


@dataclass(frozen=True, slots=True)
class Explanation:
    """`excluded`: (site, first reason). `record` and `snapshot` are JSON."""

    sentence: str
    alternatives: list[dict[str, Any]]
    excluded: list[dict[str, Any]]
    record: dict[str, Any]
    snapshot: dict[str, Any] | None


def explain(question: Question, plan: Plan) -> Explanation:
    """Why `plan`, which was decided for `question`."""
    request, policy = plan.request, plan.decision.policy
    size = len(request.lines) * len(request.sources)
    quick = replace(request, terms=replace(request.terms, node_limit=min(_EXPLAINING_NODES, request.terms.node_limit)))
    chosen = plan.decision.plan
    others = sourcing.alternatives(quick, chosen, policy) if size <= _FULLY else []
    classic = _classic(quick, plan) if size <= _AT_ALL else {}
    binding = _binding(question, quick, plan) if size <= _FULLY else []
    considered = sourcing.considered(quick, chosen) if size <= _AT_ALL else []
    sites, excluded = _sites(question, plan, considered)
    record = {
        "policy": policy.value,
        "gap": gap_of(plan),
        "complete": not plan.decision.gap,
        "nodes": plan.decision.nodes,
        "parts": asdict(chosen.parts),
        "sites": sites,
        "classic": {name.value: {"cost": it.cost, "shipments": len(it.sources)} for name, it in classic.items()},
        "binding": [{"code": it.code, "saving": it.saving} for it in binding],
        "skipped_rules": {str(index): message for index, message in plan.failures.items()},
    }
    return Explanation(
        sentence=_sentence(plan, others, classic),
        alternatives=[_alternative(plan, other) for other in others],
        excluded=excluded,
        record=record,
        snapshot=snapshot(question, plan) if size <= _AT_ALL else None,
    )


def columns(rule_set: RuleSet, plan: Plan, explanation: Explanation) -> dict[str, Any]:
    """What a decision says, by column; ready for JSON."""
    return {
        "rule_set": rule_set.label,
        "rule_set_version_id": rule_set.id,
        "outcome": plan.outcome,
        "cost": plan.cost,
        "sentence": explanation.sentence,
        "chosen": listed(plan.assignments),
        "alternatives": explanation.alternatives,
        "excluded": explanation.excluded,
        "explanation": explanation.record,
        "snapshot": explanation.snapshot,
    }


def gap_of(plan: Plan) -> int | None:
    """What may be saved at most; None for objectives that are not money."""
    return plan.decision.gap if plan.decision.policy is Policy.LEAST_COST else None


def listed(assignments: Sequence[Assignment]) -> list[dict[str, Any]]:
    return [{"site_id": it.site_id, "sku": it.sku, "quantity": it.quantity} for it in assignments]


def _classic(request: Request, plan: Plan) -> dict[Policy, Sourced]:
    """What the other rules would have done, and the plan itself for its own."""
    found = {plan.decision.policy: plan.decision.plan, **sourcing.classic(request, plan.decision)}
    return {policy: found[policy] for policy in Policy}


def _binding(question: Question, request: Request, plan: Plan) -> list[Binding]:
    found = sourcing.binding(request, plan.decision.plan, plan.decision.policy)
    if any(level.safety for level in question.levels.values()):
        free = {
            (key, sku): replace(offer, available=_level(question, plan, key, sku).free)
            for (key, sku), offer in request.offers.items()
        }
        relaxed = sourcing.decide(replace(request, offers=free), plan.decision.policy).plan
        saving = plan.decision.plan.parts.money - relaxed.parts.money
        if saving > 0:
            found.append(Binding("SAFETY_STOCK", saving, relaxed))
    return found


def _level(question: Question, plan: Plan, key: str, sku: str) -> Level:
    return question.levels.get((plan.sites[int(key)].id, sku), Level(0))


def _sites(
    question: Question, plan: Plan, considered: Sequence[Considered]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every site with all its reasons; and those excluded, with the first."""
    by_key = {it.source: it for it in considered}
    shipping = bool(plan.shipped)
    collecting = {demand.pickup_site_id for demand in question.demands if is_collected(demand)}
    given = {it.site_id for it in plan.assignments}
    sites, excluded = [], []
    for place, site in enumerate(plan.sites):
        found = by_key.get(key_of(place))
        reasons: list[dict[str, Any]] = []
        if site.id in collecting and (why := why_no_collection(site, question.exclusions)) is not None:
            reasons.append({"code": why})
        if shipping:
            reasons += _reasons(question, plan, site, found)
        if not shipping and site.id not in collecting:
            continue
        status = Status.CHOSEN if site.id in given else found.status if found else Status.EXCLUDED
        entry: dict[str, Any] = {"site_id": site.id, "status": status.value, "reasons": reasons}
        if found is not None and found.alone is not None:
            entry["alone"] = {"parts": asdict(found.alone.parts), "units": _units(found.alone)}
        sites.append(entry)
        if status is Status.EXCLUDED and reasons:
            excluded.append({"site_id": site.id, "reason": reasons[0]["code"]})
    return sites, excluded


def _units(plan: Sourced) -> int:
    return sum(it.quantity for it in plan.assignments)


def _reasons(question: Question, plan: Plan, site: Site, found: Considered | None) -> list[dict[str, Any]]:
    if found is None:
        codes = why_not_shipped(site, question.exclusions)
        skus = {demand.sku for demand in plan.shipped}
        if not any(question.levels.get((site.id, sku), Level(0)).free for sku in skus):
            codes = (*codes, "NO_STOCK")
        return [{"code": code} for code in codes]
    return [_reason(question, plan, site, reason) for reason in found.reasons]


def _reason(question: Question, plan: Plan, site: Site, reason: Reason) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": str(reason.code)}
    if reason.line is None:
        return shown
    sku = plan.shipped[int(reason.line)].sku
    shown["sku"] = sku
    if reason.needed is not None:
        shown |= {"available": reason.available, "needed": reason.needed}
        level = question.levels.get((site.id, sku), Level(0))
        if level.safety and level.free > (reason.available or 0):
            shown["code"] = "SAFETY_STOCK"
    elif reason.code == "NOT_OFFERED":
        shown["code"] = "NO_STOCK"
    return shown


def _alternative(plan: Plan, other: Sourced) -> dict[str, Any]:
    return {
        "cost": other.cost,
        "assignments": listed(assigned(other.assignments, plan.shipped, plan.sites)),
        "why_not": _why_not(plan, other),
    }


def _why_not(plan: Plan, other: Sourced) -> str:
    chosen = plan.decision.plan
    lacks = {line: units - chosen.unfilled.get(line, 0) for line, units in other.unfilled.items()}
    named = [f"{units} × {plan.shipped[int(line)].sku}" for line, units in lacks.items() if units > 0]
    if named:
        more = f" and {len(named) - 3} more" if len(named) > 3 else ""
        return f"Lacks {', '.join(named[:3])}{more}."
    if other.cost > chosen.cost:
        return f"Costs {_money(other.cost)} instead of {_money(chosen.cost)}."
    return f"Comes later by the objective {plan.decision.policy.value}."


def _sentence(plan: Plan, others: Sequence[Sourced], classic: Mapping[Policy, Sourced]) -> str:
    codes = {site.id: site.code for site in plan.sites}
    collected = sorted({codes[it.site_id] for it in plan.assignments if it.delivery_method == "PICKUP"})
    sources = plan.decision.plan.sources
    said = []
    if collected:
        said.append(f"Collected at {', '.join(collected)}.")
    if sources:
        names = ", ".join(plan.sites[int(key)].code for key in sources)
        shipments = "1 shipment" if len(sources) == 1 else f"{len(sources)} shipments"
        said.append(f"{shipments} from {names} for {_money(plan.decision.plan.parts.money)}.")
        filled = [it for it in others if not it.unfilled]
        if filled and not plan.decision.plan.unfilled:
            names = ", ".join(plan.sites[int(key)].code for key in filled[0].sources)
            said.append(f"Next best: {names} for {_money(filled[0].cost)}.")
        dearer = [
            f"{policy.value.replace('_', ' ').lower()} {_money(it.cost)}"
            for policy, it in classic.items()
            if it.cost != plan.decision.plan.cost
        ]
        if dearer:
            said.append(f"By other rules: {', '.join(dearer)}.")
    if plan.backordered:
        said.append(f"{sum(plan.backordered.values())} units have no stock.")
    if plan.decision.gap:
        gap = gap_of(plan)
        said.append("The search was cut short" + (f": up to {_money(gap)} may be saved." if gap else "."))
    return " ".join(said) or "Nothing is left to allocate."


def _money(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def snapshot(question: Question, plan: Plan) -> dict[str, Any]:
    """What the search was asked, to ask it again: rules, prices and stock as they were."""
    request = plan.request
    skus = sorted({line.sku for line in request.lines})
    of_sku = {sku: index for index, sku in enumerate(skus)}
    of_key = {source.key: index for index, source in enumerate(request.sources)}
    return {
        "rule_set_id": question.rule_set.id,
        "policy": plan.decision.policy.value,
        "skus": skus,
        "sites": [plan.sites[int(source.key)].id for source in request.sources],
        "sources": [
            [it.key, it.fixed, it.tier, it.rank, it.distance, it.capacity, list(it.excluded)] for it in request.sources
        ],
        "offers": [
            [of_key[key], of_sku[sku], it.available, it.unit, it.late, it.scarcity, it.credit]
            for (key, sku), it in request.offers.items()
        ],
        "lines": [
            [plan.shipped[int(it.key)].line_id, of_sku[it.sku], it.quantity, it.unfilled, it.value, sorted(it.barred)]
            for it in request.lines
        ],
        "terms": asdict(request.terms),
    }


def replay(stored: Mapping[str, Any]) -> list[tuple[UUID, UUID, str, int]]:
    """Decide a snapshot again: (line, site, SKU, units)."""
    skus, sources = stored["skus"], stored["sources"]
    request = Request(
        lines=tuple(
            Line(str(index), skus[sku], quantity, unfilled, value, barred=frozenset(barred))
            for index, (_, sku, quantity, unfilled, value, barred) in enumerate(stored["lines"])
        ),
        sources=tuple(
            Source(key, fixed, tier, rank, distance, capacity, tuple(excluded))
            for key, fixed, tier, rank, distance, capacity, excluded in sources
        ),
        offers={(sources[at][0], skus[sku]): Offer(*numbers) for at, sku, *numbers in stored["offers"]},
        terms=Terms(**stored["terms"]),
    )
    found = sourcing.decide(request, Policy(stored["policy"])).plan.assignments
    sites = {source[0]: site for source, site in zip(sources, stored["sites"], strict=True)}
    return [
        (UUID(str(stored["lines"][int(it.line)][0])), UUID(str(sites[it.source])), it.sku, it.quantity) for it in found
    ]

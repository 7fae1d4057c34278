"""The record of a decision: why this plan, what else was possible, and all that is needed to decide it again.

Explaining takes many more searches than deciding, and few decisions are ever looked at. So a decision keeps what it was
made of (rules/allocation_snapshot.py), and what follows from that is worked out when somebody asks. Costs are
hundredths of the order's currency. Large orders get less: their sites, classic rules and the plan, without other plans
and without what each constraint costs; the largest are not kept to be decided again, and get at once what little they
get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.rules.allocation import Plan, Question
from backend.rules.allocation_model import Assignment
from backend.rules.allocation_snapshot import Case, case_of, from_json, to_json
from backend.rules.rule_sets import RuleSet
from backend.rules.sourcing import decide as sourcing
from backend.rules.sourcing.model import Binding, Considered, Policy, Reason, Request, Status
from backend.rules.sourcing.model import Plan as Sourced

#: Lines × sources up to which everything is explained; up to which classic rules are compared, and it can be replayed.
_FULLY, _AT_ALL = 120, 4_000
#: A search that only explains gives up sooner than one that decides.
_EXPLAINING_NODES = 200


@dataclass(frozen=True, slots=True)
class Explanation:
    """`excluded`: (site, first reason). JSON, but for keys in `snapshot`, which become text when it is stored.

    None: still to be worked out (`in_full`).
    """

    sentence: str
    record: dict[str, Any]
    snapshot: dict[str, Any] | None
    alternatives: list[dict[str, Any]] | None = None
    excluded: list[dict[str, Any]] | None = None


def note(question: Question, plan: Plan) -> Explanation:
    """What is kept of `plan`, which was decided for `question`."""
    case = case_of(question, plan)
    record = {
        "policy": plan.decision.policy.value,
        "gap": gap_of(plan),
        "complete": not plan.decision.gap,
        "nodes": plan.decision.nodes,
        "parts": parts_of(case.chosen),
        "skipped_rules": {str(index): message for index, message in plan.failures.items()},
    }
    noted = Explanation(_sentence(plan), record, to_json(case) if case.size <= _AT_ALL else None)
    return _completed(noted, case) if noted.snapshot is None else noted


def explain(question: Question, plan: Plan) -> Explanation:
    """The same in full, at once."""
    noted = note(question, plan)
    return noted if noted.alternatives is not None else _completed(noted, case_of(question, plan))


def in_full(noted: Explanation) -> Explanation:
    """What follows from the snapshot of a decision."""
    if noted.alternatives is not None or noted.snapshot is None:
        return noted
    return _completed(noted, from_json(noted.snapshot))


def _completed(noted: Explanation, case: Case) -> Explanation:
    request, chosen, policy = case.request, case.chosen, case.policy
    quick = replace(request, terms=replace(request.terms, node_limit=min(_EXPLAINING_NODES, request.terms.node_limit)))
    others = sourcing.alternatives(quick, chosen, policy) if case.size <= _FULLY else []
    classic = _classic(quick, case) if case.size <= _AT_ALL else {}
    binding = _binding(case, quick) if case.size <= _FULLY else []
    considered = sourcing.considered(quick, chosen) if case.size <= _AT_ALL else []
    sites, excluded = _sites(case, considered)
    more = {
        "sites": sites,
        "classic": {name.value: {"cost": it.parts.money, "shipments": len(it.sources)} for name, it in classic.items()},
        "binding": [{"code": it.code, "saving": it.saving} for it in binding],
    }
    return replace(
        noted,
        sentence=" ".join([noted.sentence, *_comparison(case, others, classic)]),
        alternatives=[_alternative(case, other) for other in others],
        excluded=excluded,
        record=noted.record | more,
    )


def columns(rule_set: RuleSet, plan: Plan, explanation: Explanation) -> dict[str, Any]:
    """What a decision says, by column; ready for JSON."""
    return {
        "rule_set": rule_set.label,
        "rule_set_version_id": rule_set.id,
        "outcome": plan.outcome,
        "cost": plan.decision.plan.parts.money,
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
    return [{"site_id": str(it.site_id), "sku": it.sku, "quantity": it.quantity} for it in assignments]


def parts_of(plan: Sourced) -> dict[str, int]:
    """The plan's cost, part by part."""
    it = plan.parts
    return {
        "fixed": it.fixed,
        "unit": it.unit,
        "late": it.late,
        "scarcity": it.scarcity,
        "credit": it.credit,
        "unfilled": it.unfilled,
    }


def _classic(request: Request, case: Case) -> dict[Policy, Sourced]:
    """What the other rules would have done, and the plan itself for its own."""
    found = {case.policy: case.chosen, **sourcing.classic(request, case.policy)}
    return {policy: found[policy] for policy in Policy}


def _binding(case: Case, request: Request) -> list[Binding]:
    found = sourcing.binding(request, case.chosen, case.policy)
    for code, units in (("SAFETY_STOCK", case.free), ("RING_FENCED", case.unfenced)):
        if units:
            more = {key: replace(it, available=units.get(key, it.available)) for key, it in request.offers.items()}
            relaxed = sourcing.decide(replace(request, offers=more), case.policy).plan
            saving = case.chosen.parts.money - relaxed.parts.money
            if saving > 0:
                found.append(Binding(code, saving, relaxed))
    return found


def _sites(case: Case, considered: Sequence[Considered]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every site with all its reasons; and those excluded, with the first."""
    by_key = {it.source: it for it in considered}
    sites, excluded = [], []
    for place in case.places:
        found = by_key.get(place.key)
        reasons: list[dict[str, Any]] = [{"code": code} for code in place.reasons]
        if found is not None:
            reasons += [_reason(case, place.key, reason) for reason in found.reasons]
        status = Status.CHOSEN if place.chosen else found.status if found else Status.EXCLUDED
        entry: dict[str, Any] = {"site_id": str(place.site_id), "status": status.value, "reasons": reasons}
        if place.delivery is not None:
            entry["delivery"] = place.delivery
        if found is not None and found.alone is not None:
            entry["alone"] = {"parts": parts_of(found.alone), "units": _units(found.alone)}
        sites.append(entry)
        if status is Status.EXCLUDED and reasons:
            excluded.append({"site_id": str(place.site_id), "reason": reasons[0]["code"]})
    return sites, excluded


def _units(plan: Sourced) -> int:
    return sum(it.quantity for it in plan.assignments)


def _reason(case: Case, key: str, reason: Reason) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": str(reason.code)}
    if reason.line is None:
        return shown
    sku = case.request.lines[int(reason.line)].sku
    shown["sku"] = sku
    if reason.needed is not None:
        shown |= {"available": reason.available, "needed": reason.needed}
        if case.unfenced.get((key, sku), 0) > (reason.available or 0):
            shown["code"] = "RING_FENCED"
        elif case.free.get((key, sku), 0) > (reason.available or 0):
            shown["code"] = "SAFETY_STOCK"
    elif reason.code == "NOT_OFFERED":
        shown["code"] = "NO_STOCK"
    return shown


def _alternative(case: Case, other: Sourced) -> dict[str, Any]:
    sites = {place.key: str(place.site_id) for place in case.places}
    given = [{"site_id": sites[it.source], "sku": it.sku, "quantity": it.quantity} for it in other.assignments]
    return {"cost": other.parts.money, "assignments": given, "why_not": _why_not(case, other)}


def _why_not(case: Case, other: Sourced) -> str:
    chosen = case.chosen
    lacks = {line: units - chosen.unfilled.get(line, 0) for line, units in other.unfilled.items()}
    named = [f"{units} × {case.request.lines[int(line)].sku}" for line, units in lacks.items() if units > 0]
    if named:
        more = f" and {len(named) - 3} more" if len(named) > 3 else ""
        return f"Lacks {', '.join(named[:3])}{more}."
    if other.cost > chosen.cost:
        scarcer = other.parts.scarcity - chosen.parts.scarcity
        taken = f", and takes {_money(scarcer)} more of what is scarce" if scarcer > 0 else ""
        return f"Costs {_money(other.parts.money)} instead of {_money(chosen.parts.money)}{taken}."
    return f"Comes later by the objective {case.policy.value}."


def _sentence(plan: Plan) -> str:
    """In plain words, without comparing."""
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
    if delay := plan.decision.plan.parts.late:
        said.append(f"{_money(delay)} of it for the days until it is there.")
    if scarcity := plan.decision.plan.parts.scarcity:
        said.append(f"What it takes is worth {_money(scarcity)} to later orders.")
    if plan.backordered:
        said.append(f"{sum(plan.backordered.values())} units have no stock.")
    if plan.decision.gap:
        gap = gap_of(plan)
        said.append("The search was cut short" + (f": up to {_money(gap)} may be saved." if gap else "."))
    return " ".join(said) or "Nothing is left to allocate."


def _comparison(case: Case, others: Sequence[Sourced], classic: Mapping[Policy, Sourced]) -> list[str]:
    """What is added to the sentence."""
    said: list[str] = []
    if not case.chosen.sources:
        return said
    codes = {place.key: place.code for place in case.places}
    filled = [it for it in others if not it.unfilled]
    if filled and not case.chosen.unfilled:
        names = ", ".join(codes[key] for key in filled[0].sources)
        said.append(f"Next best: {names} for {_money(filled[0].parts.money)}.")
    dearer = [
        f"{policy.value.replace('_', ' ').lower()} {_money(it.parts.money)}"
        for policy, it in classic.items()
        if it.parts.money != case.chosen.parts.money
    ]
    if dearer:
        said.append(f"By other rules: {', '.join(dearer)}.")
    return said


def _money(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"

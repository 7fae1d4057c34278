"""What a decision was made of, to decide it again and to explain it: kept with it, and read back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from backend.rules.allocation import Plan, Question, is_collected, key_of, why_no_collection, why_not_shipped
from backend.rules.allocation_model import Site
from backend.rules.dispatch import Delivery
from backend.rules.sourcing import decide as sourcing
from backend.rules.sourcing.model import Line, Offer, Policy, Request, Source, Terms
from backend.rules.sourcing.model import Plan as Sourced


@dataclass(frozen=True, slots=True)
class Place:
    """A site as the record shows it. `reasons`: against collecting there, and, where it was not asked, all others.
    `delivery`: how soon it would be there, where that was asked; days as text.
    """

    key: str
    site_id: UUID
    code: str
    chosen: bool
    reasons: Sequence[str]
    delivery: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A search and its answer. `free`: units by (source, SKU) with the safety stock, where there is any; `unfenced`:
    with what is kept for other channels, where that is anything.
    """

    request: Request
    policy: Policy
    chosen: Sourced
    places: Sequence[Place]
    line_ids: Sequence[UUID]
    free: Mapping[tuple[str, str], int]
    unfenced: Mapping[tuple[str, str], int]
    rule_set_id: UUID | None = None

    @property
    def size(self) -> int:
        return len(self.request.lines) * len(self.request.sources)


def case_of(question: Question, plan: Plan) -> Case:
    """Of `plan`, which was decided for `question`."""
    free: dict[tuple[str, str], int] = {}
    unfenced: dict[tuple[str, str], int] = {}
    if any(level.safety or level.fenced for level in question.levels.values()):
        for key, sku in plan.request.offers:
            level = question.levels.get((plan.sites[int(key)].id, sku))
            if level is not None and level.safety:
                free[key, sku] = max(0, level.free - level.fenced)
            if level is not None and level.fenced:
                unfenced[key, sku] = max(0, level.free - level.safety)
    return Case(
        plan.request,
        plan.decision.policy,
        plan.decision.plan,
        _places(question, plan),
        [demand.line_id for demand in plan.shipped],
        free,
        unfenced,
        question.rule_set.id,
    )


def _places(question: Question, plan: Plan) -> list[Place]:
    collecting = {demand.pickup_site_id for demand in question.demands if is_collected(demand)}
    given = {it.site_id for it in plan.assignments}
    asked = {source.key for source in plan.request.sources}
    found = []
    for number, site in enumerate(plan.sites):
        if not plan.shipped and site.id not in collecting:
            continue
        key = key_of(number)
        reasons: list[str] = []
        if site.id in collecting and (why := why_no_collection(site, question.exclusions)) is not None:
            reasons.append(why)
        if plan.shipped and key not in asked:
            reasons += _why_not_asked(question, plan, site)
        found.append(Place(key, site.id, site.code, site.id in given, reasons, _when(question.deliveries.get(site.id))))
    return found


def _when(delivery: Delivery | None) -> dict[str, Any] | None:
    if delivery is None:
        return None
    return {
        "leaves": delivery.leaves.isoformat(),
        "arrives": delivery.arrives and delivery.arrives.isoformat(),
        "late": delivery.late,
        "backlog": delivery.backlog,
    }


def _why_not_asked(question: Question, plan: Plan, site: Site) -> list[str]:
    codes = list(why_not_shipped(site, question))
    levels = (question.levels.get((site.id, demand.sku)) for demand in plan.shipped)
    if not any(level is not None and level.free for level in levels):
        codes.append("NO_STOCK")
    return codes


def to_json(case: Case) -> dict[str, Any]:
    """Rules, prices and stock as they were."""
    request = case.request
    skus = sorted({line.sku for line in request.lines})
    of_sku = {sku: index for index, sku in enumerate(skus)}
    of_key = {source.key: index for index, source in enumerate(request.sources)}
    return {
        "rule_set_id": case.rule_set_id,
        "policy": case.policy.value,
        "skus": skus,
        "places": [[it.key, it.site_id, it.code, it.chosen, it.reasons, it.delivery] for it in case.places],
        "sources": [
            [it.key, it.fixed, it.tier, it.rank, it.distance, it.capacity, it.excluded] for it in request.sources
        ],
        "offers": [
            [of_key[key], of_sku[sku], it.available, it.unit, it.late, it.scarcity, it.credit]
            for (key, sku), it in request.offers.items()
        ],
        "free": [[of_key[key], of_sku[sku], units] for (key, sku), units in case.free.items()],
        "unfenced": [[of_key[key], of_sku[sku], units] for (key, sku), units in case.unfenced.items()],
        "lines": [
            [line_id, of_sku[it.sku], it.quantity, it.unfilled, it.value, it.group, sorted(it.barred)]
            for line_id, it in zip(case.line_ids, request.lines, strict=True)
        ],
        "terms": {name: getattr(request.terms, name) for name in _TERMS},
    }


_TERMS = tuple(asdict(Terms()))


def from_json(stored: Mapping[str, Any]) -> Case:
    """The same search, answered again."""
    skus, sources = stored["skus"], stored["sources"]
    request = Request(
        lines=tuple(
            Line(str(index), skus[sku], quantity, unfilled, value, group, barred=frozenset(barred))
            for index, (_, sku, quantity, unfilled, value, group, barred) in enumerate(stored["lines"])
        ),
        sources=tuple(
            Source(key, fixed, tier, rank, distance, capacity, tuple(excluded))
            for key, fixed, tier, rank, distance, capacity, excluded in sources
        ),
        offers={(sources[at][0], skus[sku]): Offer(*numbers) for at, sku, *numbers in stored["offers"]},
        terms=Terms(**stored["terms"]),
    )
    policy = Policy(stored["policy"])
    return Case(
        request,
        policy,
        sourcing.decide(request, policy).plan,
        [Place(key, _uuid(site), *rest) for key, site, *rest in stored["places"]],
        [_uuid(line[0]) for line in stored["lines"]],
        {(sources[at][0], skus[sku]): units for at, sku, units in stored["free"]},
        {(sources[at][0], skus[sku]): units for at, sku, units in stored["unfenced"]},
        _uuid(stored["rule_set_id"]) if stored["rule_set_id"] else None,
    )


def _uuid(stored: object) -> UUID:
    return UUID(str(stored))


def replay(stored: Mapping[str, Any]) -> list[tuple[UUID, UUID, str, int]]:
    """Decide a snapshot again: (line, site, SKU, units)."""
    case = from_json(stored)
    sites = {place.key: place.site_id for place in case.places}
    return [(case.line_ids[int(it.line)], sites[it.source], it.sku, it.quantity) for it in case.chosen.assignments]

"""Whether units that nobody has begun to pick should come from elsewhere after all. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.rules.allocation import Plan, Question, key_of, plan
from backend.rules.allocation_model import Assignment
from backend.rules.effects import Effects
from backend.rules.rule_sets import Effect
from backend.rules.sourcing.frame import costed
from backend.rules.sourcing.model import Assignment as Sourced


@dataclass(frozen=True, slots=True)
class Better:
    """`saving` in hundredths; None where the rules no longer let it come from where it is."""

    plan: Plan
    saving: int | None


def better(question: Question, given: Sequence[Assignment]) -> Better | None:
    """A plan that is worth the change, by the rules of the order; None: it stays.

    `question` asks for the given units as well, of sites that have them free for it. Nothing that is given now is
    given up, and nothing is later against its promise than now.
    """
    least = _least_saving(question)
    if least is None or not given:
        return None
    found = plan(question)
    if _units(found.assignments) == _units(given) or _gives_less(found, given) or _is_later(question, found, given):
        return None
    now = _cost(found, given)
    if now is None:
        return Better(found, None)
    saving = now - found.cost
    return Better(found, saving) if saving >= least else None


def _least_saving(question: Question) -> int | None:
    """The least that any REALLOCATE asks for that holds."""
    effects = Effects(question.rule_set, question.demands, (), (), question.order)
    return effects.least_saving() if effects.says(Effect.REALLOCATE) else None


def _units(assignments: Sequence[Assignment]) -> Counter[tuple[object, object]]:
    """By line and site."""
    found: Counter[tuple[object, object]] = Counter()
    for it in assignments:
        found[it.line_id, it.site_id] += it.quantity
    return found


def _gives_less(found: Plan, given: Sequence[Assignment]) -> bool:
    then, now = Counter[object](), Counter[object]()
    for sums, assignments in ((then, found.assignments), (now, given)):
        for it in assignments:
            sums[it.line_id] += it.quantity
    return any(then[line_id] < units for line_id, units in now.items())


def _is_later(question: Question, found: Plan, given: Sequence[Assignment]) -> bool:
    then, now = (
        max((known.late for it in plan if (known := question.deliveries.get(it.site_id)) is not None), default=0)
        for plan in (found.assignments, given)
    )
    return then > now


def _cost(found: Plan, given: Sequence[Assignment]) -> int | None:
    """Of the given units where they are, in the money of the plan's own search; None where that is not allowed."""
    lines = {demand.line_id: str(number) for number, demand in enumerate(found.shipped)}
    keys = {site.id: key_of(number) for number, site in enumerate(found.sites)}
    barred = {source.key for source in found.request.sources if source.excluded}
    known = {source.key for source in found.request.sources} - barred
    sourced = [Sourced(lines[it.line_id], keys[it.site_id], it.sku, it.quantity) for it in given]
    if any(it.source not in known or it.source in found.request.lines[int(it.line)].barred for it in sourced):
        return None
    return costed(found.request, sourced).cost

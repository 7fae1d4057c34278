"""What the orders of a period must have cost at least, had all of them been known and decided together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from backend.rules.allocation_model import Level, Site
from backend.rules.price_learning import hindsight
from backend.rules.replay import Arrival, Case
from backend.rules.rule_sets import Effect, Rule, RuleSet

#: These choose among plans; they do not say what one costs.
_CHOOSING = frozenset({Effect.OBJECTIVE, Effect.TIER})


def bounds_of(
    rule_sets: Sequence[RuleSet],
    cases: Sequence[Case],
    sites: Sequence[Site],
    opening: Mapping[tuple[UUID, str], Level],
    arrivals: Sequence[Arrival],
) -> list[int]:
    """Of each rule set, hundredths. Rule sets that charge alike have the same."""
    stock = _all_there_was(opening, arrivals)
    known: list[tuple[list[Rule], int]] = []
    bounds = []
    for rule_set in rule_sets:
        charging = [rule for rule in rule_set.rules if rule.effect not in _CHOOSING]
        bound = next((bound for rules, bound in known if rules == charging), None)
        if bound is None:
            bound = hindsight(cases, sites, stock, rule_set)
            known.append((charging, bound))
        bounds.append(bound)
    return bounds


def _all_there_was(
    opening: Mapping[tuple[UUID, str], Level], arrivals: Sequence[Arrival]
) -> dict[tuple[UUID, str], Level]:
    stock = dict(opening)
    for it in arrivals:
        level = stock.get((it.site_id, it.sku), Level(0))
        stock[it.site_id, it.sku] = replace(level, free=level.free + it.quantity)
    return stock

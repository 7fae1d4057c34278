"""What the rules of a set come to for one order: whom they exclude, what they make it cost, what they keep back.

A rule whose condition cannot be evaluated for this order is skipped as a whole, and named in `failures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.rules.allocation_model import Demand, Site
from backend.rules.conditions import holds, speaks_of
from backend.rules.dispatch import Delivery
from backend.rules.rule_sets import Effect, Per, Rule, RuleSet

#: What a unit costs that nobody gives, in hundredths, where no rule says so: more than any usual way of giving it.
UNFILLED = 15_000
#: Parts of an amount (rule_sets.SCALE) in a hundredth.
_HUNDREDTH = 1_000
_PLACES = frozenset({"site", "distance", "delivery"})

#: (site, line) by number; None: it holds for all of them.
_Places = frozenset[tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one site, in hundredths."""

    shipment: int
    unit: int


@dataclass(slots=True)
class Effects:
    """The rules of a set over the lines and sites of one order. `order` is the context that conditions see;
    `deliveries`, by site, what they see of days: where there is none, it arrives at once.
    """

    rule_set: RuleSet
    demands: Sequence[Demand]
    sites: Sequence[Site]
    distances: Sequence[int]
    order: Mapping[str, Any]
    deliveries: Mapping[UUID, Delivery | None] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    _found: dict[Effect, list[tuple[int, Rule, _Places]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for index, rule in enumerate(self.rule_set.rules):
            try:
                places = frozenset(self._places(rule))
            except ValueError as error:
                self.failures[index] = str(error)
            else:
                self._found.setdefault(rule.effect, []).append((index, rule, places))

    def _places(self, rule: Rule) -> Iterator[tuple[int | None, int | None]]:
        about = rule.about
        by_site = rule.effect is Effect.REQUIRE or bool(about & _PLACES)
        for site in range(len(self.sites)) if by_site else (None,):
            for line in range(len(self.demands)) if "line" in about else (None,):
                if self._holds(rule, site, line):
                    yield site, line

    def _holds(self, rule: Rule, site: int | None, line: int | None) -> bool:
        if rule.effect is Effect.REQUIRE:
            return self._true(rule.when, site, line) and not self._true(rule.parameters["site"], site, line)
        return self._true(rule.when, site, line)

    def _true(self, expression: str | None, site: int | None, line: int | None) -> bool:
        if expression is None:
            return True
        if site is not None and line is None and _of_site_alone(expression):
            return _holds_at(expression, self.sites[site])
        context: dict[str, Any] = dict(self.order)
        if site is not None:
            context |= {"site": _site_context(self.sites[site]), "distance": self.distances[site]}
            context["delivery"] = _delivery_context(self.deliveries.get(self.sites[site].id))
        if line is not None:
            context["line"] = _line_context(self.demands[line])
        return holds(expression, context)

    def _at(self, effect: Effect, site: int | None, line: int | None) -> Iterator[tuple[int, Rule]]:
        """The rules of this effect that hold at this site, for this line; with None, those that hold for all."""
        for index, rule, places in self._found.get(effect, ()):
            if (
                (site, line) in places
                or (None, None) in places
                or (line is not None and (site, None) in places)
                or (site is not None and (None, line) in places)
            ):
                yield index, rule

    def excluded(self, site: int) -> tuple[str, ...]:
        """Codes of the rules that keep the whole order from the site."""
        return tuple(
            f"RULE:{index}" for effect in (Effect.EXCLUDE, Effect.REQUIRE) for index, _ in self._at(effect, site, None)
        )

    def barred(self, site: int, line: int) -> bool:
        return any(any(self._at(effect, site, line)) for effect in (Effect.EXCLUDE, Effect.REQUIRE))

    @property
    def bars_lines(self) -> bool:
        return any(
            "line" in rule.about
            for effect in (Effect.EXCLUDE, Effect.REQUIRE)
            for _, rule, _ in self._found.get(effect, ())
        )

    @property
    def lines_differ(self) -> bool:
        """Whether anything is added or kept back by line."""
        return Effect.ADD in self._found or Effect.RESERVE in self._found

    @property
    def gathers(self) -> bool:
        return Effect.TOGETHER in self._found

    def costs(self, site: int) -> Costs:
        """The last COSTS that holds, and all that is added; never below 0."""
        km, shipment, unit = self.distances[site], 0, 0
        for _, rule in self._at(Effect.COSTS, site, None):
            amounts = rule.amounts
            shipment = amounts.get("shipment", 0) + amounts.get("shipmentKm", 0) * km
            unit = amounts.get("unit", 0) + amounts.get("unitKm", 0) * km
        for _, rule in self._at(Effect.ADD, site, None):
            if rule.parameters.get("per") == Per.UNIT:
                unit += rule.amounts["amount"]
            else:
                shipment += rule.amounts["amount"]
        return Costs(max(0, _hundredths(shipment)), max(0, _hundredths(unit)))

    def delay(self, site: int) -> int:
        """What the days until a unit is there cost, in hundredths."""
        delivery = self.deliveries.get(self.sites[site].id)
        if delivery is None:
            return 0
        return _hundredths(
            sum(
                rule.amounts.get("day", 0) * delivery.days + rule.amounts.get("lateDay", 0) * delivery.late
                for _, rule in self._at(Effect.DELAY, site, None)
            )
        )

    def added(self, site: int, line: int) -> int:
        """What rules about the line add to each of its units, in hundredths."""
        return _hundredths(
            sum(rule.amounts["amount"] for _, rule in self._at(Effect.ADD, site, line) if "line" in rule.about)
        )

    def kept_back(self, site: int, line: int) -> int:
        """Units of the line's SKU that this order may not take."""
        return sum(rule.parameters["units"] for _, rule in self._at(Effect.RESERVE, site, line))

    def tier(self, site: int) -> int:
        return max((rule.parameters["tier"] for _, rule in self._at(Effect.TIER, site, None)), default=0)

    def unfilled(self, line: int) -> int:
        """What a unit costs that nobody gives, in hundredths: the last that holds."""
        amounts = [rule.amounts["unit"] for _, rule in self._at(Effect.UNFILLED, None, line)]
        return _hundredths(amounts[-1]) if amounts else UNFILLED

    def group(self, line: int) -> str | None:
        """What it must come together with: the lines of the same group."""
        return next((str(index) for index, _ in self._at(Effect.TOGETHER, None, line)), None)

    def most_shipments(self) -> int | None:
        return min((rule.parameters["count"] for _, rule in self._at(Effect.MAX_SHIPMENTS, None, None)), default=None)

    def minimum_split_value(self) -> int:
        """In hundredths."""
        found = [rule.amounts["amount"] for _, rule in self._at(Effect.MINIMUM_SPLIT_VALUE, None, None)]
        return _hundredths(max(found, default=0))

    def least_saving(self) -> int:
        """In hundredths."""
        return _hundredths(min(rule.amounts["saving"] for _, rule in self._at(Effect.REALLOCATE, None, None)))

    def says(self, effect: Effect) -> bool:
        return any(self._at(effect, None, None))


def _hundredths(parts: int) -> int:
    return (parts + _HUNDREDTH // 2) // _HUNDREDTH


@lru_cache(maxsize=1024)
def _of_site_alone(expression: str) -> bool:
    return speaks_of(expression) == {"site"}


@lru_cache(maxsize=16_384)
def _holds_at(expression: str, site: Site) -> bool:
    return holds(expression, {"site": _site_context(site)})


@lru_cache(maxsize=4_096)
def _site_context(site: Site) -> dict[str, Any]:
    return {
        "code": site.code,
        "kind": site.kind.value,
        "rank": site.rank,
        "capabilities": sorted(site.capabilities),
        "country": site.country,
        "subdivision": site.subdivision,
    }


def _delivery_context(delivery: Delivery | None) -> dict[str, int]:
    if delivery is None:
        return {"days": 0, "late": 0, "backlog": 0}
    return {"days": delivery.days, "late": delivery.late, "backlog": delivery.backlog}


def _line_context(demand: Demand) -> dict[str, Any]:
    return {
        "sku": demand.sku,
        "quantity": demand.quantity,
        "value": demand.value / 100,
        "attributes": dict(demand.attributes),
    }


def excludes_every_site(rule_set: RuleSet, sites: Sequence[Site]) -> int | None:
    """The rule by which no site is left whatever the order, if there is one; it looks at rules about sites alone."""
    left = list(sites)
    for index, rule in enumerate(rule_set.rules):
        if rule.effect not in (Effect.EXCLUDE, Effect.REQUIRE) or not rule.about <= {"site"}:
            continue
        try:
            left = [site for site in left if not _bars(rule, site)]
        except ValueError:
            continue
        if not left and (sites or not rule.about):
            return index
    return None


def _bars(rule: Rule, site: Site) -> bool:
    context = {"site": _site_context(site)}
    if rule.effect is Effect.REQUIRE:
        return holds(rule.when, context) and not holds(rule.parameters["site"], context)
    return holds(rule.when, context)

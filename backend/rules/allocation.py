"""The planner: which site gives what of an order. Pure: demand and supply in, a plan with its reasons out.

Pick-up lines are given by their own site alone. Lines that ship come from the nearest single site that has everything;
else from the fewest sites that give as many units as there are. A line is split over sites only where no site has all
of it. What nobody has is backordered. Ties go to the shorter way, the lower rank, then the code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from backend.rules.vocabulary import AllocationOutcome, DeliveryMethod, SiteCapability

RULE_SET = "nearest-then-fewest v1"
MAX_ALTERNATIVES = 3
#: Sets of sites looked at before the search gives way to taking the site that gives most, again and again.
MAX_SETS = 10_000
#: Reasons of an exclusion that came with a correction of the stock: a pick-up may be tried again once stock has come.
STOCK_CORRECTED = frozenset({"OUT_OF_STOCK", "DAMAGED", "SHORT_PICK"})
_EARTH_KM = 6371.0088

#: Units that may be promised, by (site, SKU).
Availability = Mapping[tuple[UUID, str], int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of an order's line that no site gives yet."""

    line_id: UUID
    sku: str
    quantity: int
    delivery_method: DeliveryMethod
    pickup_site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """`excluded` is why this order may not be given to it again."""

    id: UUID
    code: str
    active: bool
    capabilities: frozenset[SiteCapability]
    rank: int = 100
    place: Point | None = None
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    line_id: UUID
    site_id: UUID
    sku: str
    quantity: int
    delivery_method: DeliveryMethod


@dataclass(frozen=True, slots=True)
class Excluded:
    site_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """`kilometres` is the length of all its ways together, 0 where places are not known."""

    assignments: tuple[Assignment, ...]
    kilometres: int
    why_not: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every unit asked for is in `assignments` or in `backordered` (by line)."""

    assignments: tuple[Assignment, ...]
    backordered: Mapping[UUID, int]
    outcome: AllocationOutcome
    kilometres: int
    excluded: tuple[Excluded, ...]
    alternatives: tuple[Alternative, ...]


def plan(demands: Sequence[Demand], sites: Sequence[Site], available: Availability, destination: Point | None) -> Plan:
    """Decide for one order. `sites` may hold sites that cannot be used: the plan then says why."""
    left = {key: units for key, units in available.items() if units > 0}
    collected = _collect([demand for demand in demands if _is_collected(demand)], sites, left)
    shipped = [demand for demand in demands if not _is_collected(demand)]
    sites = sorted(sites, key=lambda site: site.code)
    usable, excluded = _sift(sites, shipped, left)
    search = _Search(shipped, sorted(usable, key=lambda site: _order_of(site, destination)), left, destination)
    best = search.best()
    assignments = (*collected, *best.assignments)
    return Plan(
        assignments=assignments,
        backordered=_backordered(demands, assignments),
        outcome=_outcome(demands, assignments),
        kilometres=best.kilometres,
        excluded=tuple(dict.fromkeys([*_excluded_from_collection(demands, sites), *(excluded if shipped else ())])),
        alternatives=tuple(search.alternatives(best)),
    )


def _is_collected(demand: Demand) -> bool:
    return demand.delivery_method is DeliveryMethod.PICKUP


def _collect(demands: Sequence[Demand], sites: Sequence[Site], left: dict[tuple[UUID, str], int]) -> list[Assignment]:
    """Pick-ups first: they have one site only. Takes what they get out of `left`."""
    known = {site.id: site for site in sites}
    found = []
    for demand in demands:
        site = known.get(demand.pickup_site_id) if demand.pickup_site_id else None
        if site is None or _why_no_collection(site) is not None:
            continue
        units = min(demand.quantity, left.get((site.id, demand.sku), 0))
        if units:
            left[site.id, demand.sku] -= units
            found.append(_assigned(demand, site, units))
    return found


def _why_no_collection(site: Site) -> str | None:
    if not site.active:
        return "INACTIVE"
    if SiteCapability.PICKUP not in site.capabilities:
        return "CANNOT_HOLD_PICKUPS"
    if site.excluded is not None and site.excluded not in STOCK_CORRECTED:
        return "REJECTED_BEFORE"
    return None


def _excluded_from_collection(demands: Sequence[Demand], sites: Sequence[Site]) -> tuple[Excluded, ...]:
    wanted = {demand.pickup_site_id for demand in demands}
    reasons = ((site, _why_no_collection(site)) for site in sites if site.id in wanted)
    return tuple(Excluded(site.id, reason) for site, reason in reasons if reason is not None)


def _sift(sites: Sequence[Site], shipped: Sequence[Demand], left: Availability) -> tuple[list[Site], list[Excluded]]:
    """Sites that can give something to ship, and why the others cannot."""
    usable, excluded = [], []
    skus = {demand.sku for demand in shipped}
    for site in sites:
        reason = _why_not_shipped(site, skus, left)
        if reason is None:
            usable.append(site)
        else:
            excluded.append(Excluded(site.id, reason))
    return usable, excluded


def _why_not_shipped(site: Site, skus: set[str], left: Availability) -> str | None:
    if not site.active:
        return "INACTIVE"
    if SiteCapability.SHIP not in site.capabilities:
        return "CANNOT_SHIP"
    if site.excluded is not None:
        return "REJECTED_BEFORE"
    if not any(left.get((site.id, sku), 0) > 0 for sku in skus):
        return "NO_STOCK"
    return None


def distance_km(here: Point | None, there: Point | None) -> float | None:
    """Great-circle distance of two (latitude, longitude) in degrees; None where one is not known."""
    if here is None or there is None:
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _way(site: Site, destination: Point | None) -> float:
    """Kilometres to go. A site without a place is farther than any other, unless no way is known at all."""
    if destination is None:
        return 0.0
    distance = distance_km(site.place, destination)
    return math.inf if distance is None else distance


def _order_of(site: Site, destination: Point | None) -> tuple[float, int, str]:
    return (_way(site, destination), site.rank, site.code)


def _assigned(demand: Demand, site: Site, units: int) -> Assignment:
    return Assignment(demand.line_id, site.id, demand.sku, units, demand.delivery_method)


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


@dataclass(frozen=True, slots=True)
class _Option:
    """What a set of sites would give. `short` units are missing, `split` lines come from several sites."""

    assignments: tuple[Assignment, ...] = ()
    sites: tuple[Site, ...] = ()
    short: int = 0
    split: int = 0
    way: float = 0.0

    @property
    def kilometres(self) -> int:
        return 0 if math.isinf(self.way) else round(self.way)

    @property
    def preference(self) -> tuple[float, int, tuple[str, ...]]:
        return (self.way, sum(site.rank for site in self.sites), tuple(site.code for site in self.sites))


@dataclass(slots=True)
class _Search:
    """Looks for the fewest of `sites` (in the order of preference) that give what all of them could give."""

    demands: Sequence[Demand]
    sites: Sequence[Site]
    left: Availability
    destination: Point | None
    runners_up: list[_Option] = field(default_factory=list)

    def best(self) -> _Option:
        if not self.sites:
            return _Option(short=sum(demand.quantity for demand in self.demands))
        everything = self.give(self.sites)
        looked_at = 0
        for size in range(1, len(everything.sites)):
            looked_at += math.comb(len(self.sites), size)
            if looked_at > MAX_SETS:
                return self.greedy(everything)
            found = sorted(self.as_good(everything, size), key=lambda option: option.preference)
            if found:
                self.runners_up = found[1 : MAX_ALTERNATIVES + 1]
                return found[0]
        return self.of_the_same_size(everything, looked_at)

    def of_the_same_size(self, everything: _Option, looked_at: int) -> _Option:
        """No smaller set is as good: the best of those that use as many sites."""
        size = len(everything.sites)
        if looked_at + math.comb(len(self.sites), size) > MAX_SETS:
            return everything
        found = sorted([*self.as_good(everything, size), everything], key=lambda option: option.preference)
        self.runners_up = [option for option in found[1:] if option.sites != found[0].sites][:MAX_ALTERNATIVES]
        return found[0]

    def as_good(self, target: _Option, size: int) -> Iterator[_Option]:
        """Sets of `size` sites that leave no more missing, and split no more lines, than `target`."""
        wanted: dict[str, int] = {}
        for demand in self.demands:
            wanted[demand.sku] = wanted.get(demand.sku, 0) + demand.quantity
        given = {sku: min(units, self.on_offer(self.sites, sku)) for sku, units in wanted.items()}
        for chosen in combinations(self.sites, size):
            if all(self.on_offer(chosen, sku) >= units for sku, units in given.items()):
                option = self.give(chosen)
                if option.short <= target.short and option.split <= target.split:
                    yield option

    def on_offer(self, sites: Sequence[Site], sku: str) -> int:
        return sum(self.left.get((site.id, sku), 0) for site in sites)

    def greedy(self, target: _Option) -> _Option:
        """Too many sets to look at: again and again the site that helps most, then without those not needed."""
        chosen: list[Site] = []
        now = _Option(short=sum(demand.quantity for demand in self.demands), split=0)
        while now.short > target.short or now.split > target.split:
            rest = [site for site in self.sites if site not in chosen]
            if not rest:
                return target
            added = min(rest, key=lambda site: (_badness(self.give([*chosen, site])), self.sites.index(site)))
            chosen.append(added)
            now = self.give(self.in_order(chosen))
        for site in reversed(self.in_order(chosen)):
            fewer = self.give([it for it in self.in_order(chosen) if it is not site])
            if _badness(fewer) <= _badness(now):
                chosen.remove(site)
                now = fewer
        return now

    def in_order(self, chosen: Sequence[Site]) -> list[Site]:
        return [site for site in self.sites if site in chosen]

    def give(self, sites: Sequence[Site]) -> _Option:
        """Let these sites give what they can: whole lines first, the largest first, then lines in parts."""
        left = {
            (site.id, demand.sku): self.left.get((site.id, demand.sku), 0) for site in sites for demand in self.demands
        }
        assignments: list[Assignment] = []
        in_parts: list[Demand] = []
        for demand in sorted(self.demands, key=lambda it: -it.quantity):
            whole = next((site for site in sites if left[site.id, demand.sku] >= demand.quantity), None)
            if whole is None:
                in_parts.append(demand)
            else:
                left[whole.id, demand.sku] -= demand.quantity
                assignments.append(_assigned(demand, whole, demand.quantity))
        short, split = 0, 0
        for demand in in_parts:
            parts, missing = _in_parts(demand, sites, left)
            assignments += parts
            short += missing
            split += max(0, len(parts) - 1)
        used = {assignment.site_id for assignment in assignments}
        givers = tuple(site for site in sites if site.id in used)
        places = {demand.line_id: index for index, demand in enumerate(self.demands)}
        assignments.sort(key=lambda it: places[it.line_id])
        return _Option(tuple(assignments), givers, short, split, sum(_way(site, self.destination) for site in givers))

    def alternatives(self, best: _Option) -> Iterator[Alternative]:
        """Nearer single sites that lack something, then the next best sets."""
        if not best.assignments:
            return
        listed, room = 0, MAX_ALTERNATIVES - bool(self.runners_up)
        for site in self.sites:
            option = self.give([site])
            if listed == room or option.sites == best.sites:
                break
            if option.short > best.short:
                listed += 1
                yield Alternative(option.assignments, option.kilometres, _lack(self.demands, option))
        for option in self.runners_up[: MAX_ALTERNATIVES - listed]:
            yield Alternative(option.assignments, option.kilometres, _farther(option, best))


def _in_parts(demand: Demand, sites: Sequence[Site], left: dict[tuple[UUID, str], int]) -> tuple[list[Assignment], int]:
    """From the site that has most of it on, so that it comes in few parts; what is missing in the end."""
    parts, missing = [], demand.quantity
    for site in sorted(sites, key=lambda it: -left[it.id, demand.sku]):
        units = min(missing, left[site.id, demand.sku])
        if units:
            left[site.id, demand.sku] -= units
            missing -= units
            parts.append(_assigned(demand, site, units))
    return parts, missing


def _badness(option: _Option) -> tuple[int, int]:
    return (option.short, option.split)


def _lack(demands: Sequence[Demand], option: _Option) -> str:
    missing = _backordered(demands, option.assignments)
    named = [f"{missing[demand.line_id]} × {demand.sku}" for demand in demands if demand.line_id in missing]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"Nearer or preferred, but lacks {', '.join(named[:3])}{more}."


def _farther(option: _Option, best: _Option) -> str:
    if option.kilometres > best.kilometres:
        return f"Farther: {option.kilometres} km instead of {best.kilometres} km."
    if math.isinf(option.way) and not math.isinf(best.way):
        return "It is not known how far it is."
    return "Comes later by rank or code."

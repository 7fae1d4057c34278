"""What a decision is asked with and what it answers, in names: sources, offers, lines; plans with their reasons.

Money is in minor units of the order's currency. A source is a site on one path (shipped, picked up, brought over from
another site, an expected receipt): the caller gives each path its own key and says what it costs and why it may not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Why a source gives nothing. The caller's own codes (CUTOFF, CLOSED, RULE …) stand beside these."""

    NO_STOCK = "NO_STOCK"
    CAPACITY = "CAPACITY"
    NOT_ALLOWED = "NOT_ALLOWED"
    NOT_OFFERED = "NOT_OFFERED"


class Status(StrEnum):
    CHOSEN = "CHOSEN"
    ELIGIBLE = "ELIGIBLE"
    EXCLUDED = "EXCLUDED"


class Policy(StrEnum):
    LEAST_COST = "LEAST_COST"
    FEWEST_SPLITS = "FEWEST_SPLITS"
    NEAREST = "NEAREST"
    PRIORITY_LIST = "PRIORITY_LIST"


@dataclass(frozen=True, slots=True)
class Source:
    """`fixed`: of one shipment. `tier`: dearer tiers are asked only for what lower ones cannot fill. `capacity`: units
    it can still handle. `excluded`: the caller's reasons why this order gets nothing from it.
    """

    key: str
    fixed: int
    tier: int = 0
    rank: int = 0
    distance: int = 0
    capacity: int | None = None
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Of one SKU at one source, costs by the unit. `scarcity` is what the unit is worth to later orders, `credit` what
    is gained because it would not be sold otherwise.
    """

    available: int
    unit: int
    late: int = 0
    scarcity: int = 0
    credit: int = 0
    excluded: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        return self.unit + self.late + self.scarcity - self.credit


@dataclass(frozen=True, slots=True)
class Line:
    """`unfilled`: what a unit costs that nobody gives. `value`: of all units, for the least value of a split.
    Lines of one `group` come together. `only`: the sources that may give it, None for all; `barred`: those that may
    not.
    """

    key: str
    sku: str
    quantity: int
    unfilled: int
    value: int = 0
    group: str | None = None
    only: frozenset[str] | None = None
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """`split_lines`: a line may come from several sources, or in part. It stays whole nevertheless where lines share
    a stock without allowing the same, where a capacity may bind, and with `minimum_split_value`: what each shipment
    must be worth as soon as there are two. `whole_first`: only what no source has all of comes in parts.
    `ship_complete`: all lines or nothing.
    """

    split_lines: bool = False
    whole_first: bool = False
    max_shipments: int | None = None
    ship_complete: bool = False
    minimum_split_value: int = 0
    unfilled_fixed: int = 0
    node_limit: int = 50_000


@dataclass(frozen=True, slots=True)
class Request:
    """One order and the snapshot that it is decided on. `offers` by (source, SKU)."""

    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    offers: Mapping[tuple[str, str], Offer]
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Assignment:
    line: str
    source: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class CostParts:
    """They add up to the plan's cost, exactly."""

    fixed: int = 0
    unit: int = 0
    late: int = 0
    scarcity: int = 0
    credit: int = 0
    unfilled: int = 0

    @property
    def total(self) -> int:
        return self.fixed + self.unit + self.late + self.scarcity - self.credit + self.unfilled

    @property
    def money(self) -> int:
        """Without what only later orders will pay."""
        return self.total - self.scarcity


@dataclass(frozen=True, slots=True)
class Plan:
    """Every unit asked for is in `assignments` or in `unfilled` (by line)."""

    assignments: tuple[Assignment, ...]
    unfilled: Mapping[str, int]
    parts: CostParts

    @property
    def cost(self) -> int:
        return self.parts.total

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({assignment.source for assignment in self.assignments}))


@dataclass(frozen=True, slots=True)
class Reason:
    """`line` None: it holds for the whole order."""

    code: str
    line: str | None = None
    available: int | None = None
    needed: int | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """One source: what became of it, all the reasons, and what it would cost with all it can give alone."""

    source: str
    status: Status
    reasons: tuple[Reason, ...]
    alone: Plan | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """What the order would cost less (`saving`) without the constraint `code`."""

    code: str
    saving: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Decision:
    """`gap`: how much cheaper a plan may exist that was not found, 0 when the plan is proven the best.

    `classic`: the plans of the other rules, costed in the same money.
    """

    policy: Policy
    plan: Plan
    gap: int
    nodes: int
    considered: tuple[Considered, ...] = ()
    alternatives: tuple[Plan, ...] = ()
    classic: Mapping[Policy, Plan] | None = None
    binding: tuple[Binding, ...] = ()

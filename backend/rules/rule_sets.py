"""Rule sets of allocation: an ordered list of rules, each with one effect, under a condition in CEL.

Conditions see `order` (as workflows see it), `line`, `site`, `distance` (kilometres) and `delivery` (in days, of
rules/dispatch.py). Amounts are of the order's currency, kept in hundred-thousandths, so that a cost for each kilometre
keeps its decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.errors import ErrorCode, Problem, Refused, refused
from backend.rules.conditions import compile_condition, speaks_of
from backend.rules.sourcing.model import Policy

MAX_RULES = 200
_MAX_AMOUNT = Decimal(1_000_000)
_MAX_NUMBER = 1_000_000
#: Amounts are kept in parts of this many to the unit of the currency.
SCALE = 100_000


class Effect(StrEnum):
    OBJECTIVE = "OBJECTIVE"
    COSTS = "COSTS"
    UNFILLED = "UNFILLED"
    EXCLUDE = "EXCLUDE"
    REQUIRE = "REQUIRE"
    ADD = "ADD"
    DELAY = "DELAY"
    TIER = "TIER"
    MAX_SHIPMENTS = "MAX_SHIPMENTS"
    MINIMUM_SPLIT_VALUE = "MINIMUM_SPLIT_VALUE"
    SHIP_COMPLETE = "SHIP_COMPLETE"
    WHOLE_LINES = "WHOLE_LINES"
    TOGETHER = "TOGETHER"
    RESERVE = "RESERVE"
    REALLOCATE = "REALLOCATE"


class Per(StrEnum):
    SHIPMENT = "SHIPMENT"
    UNIT = "UNIT"


_ORDER = frozenset({"order"})
_SITE = frozenset({"order", "site", "distance", "delivery"})
_LINE = frozenset({"order", "line"})
_ALL = _SITE | _LINE

#: What the condition of each effect may speak of.
SEES: Mapping[Effect, frozenset[str]] = {
    Effect.OBJECTIVE: frozenset(),
    Effect.COSTS: _SITE,
    Effect.UNFILLED: _LINE,
    Effect.EXCLUDE: _ALL,
    Effect.REQUIRE: _LINE,
    Effect.ADD: _ALL,
    Effect.DELAY: _SITE,
    Effect.TIER: _SITE,
    Effect.MAX_SHIPMENTS: _ORDER,
    Effect.MINIMUM_SPLIT_VALUE: _ORDER,
    Effect.SHIP_COMPLETE: _ORDER,
    Effect.WHOLE_LINES: _ORDER,
    Effect.TOGETHER: _LINE,
    Effect.RESERVE: _ALL,
    Effect.REALLOCATE: _ORDER,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`about`: what its conditions speak of. `parameters` as given; `amounts` those of money, in parts of SCALE."""

    effect: Effect
    when: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    amounts: Mapping[str, int] = field(default_factory=dict)
    about: frozenset[str] = frozenset()

    @property
    def expressions(self) -> tuple[str | None, ...]:
        return (self.when, self.parameters.get("site")) if self.effect is Effect.REQUIRE else (self.when,)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A version of a rule set; never changed once made."""

    name: str
    rules: tuple[Rule, ...]
    version: int = 1
    id: UUID | None = None

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def policy(self) -> Policy:
        found = [rule.parameters["policy"] for rule in self.rules if rule.effect is Effect.OBJECTIVE]
        return Policy(found[-1]) if found else Policy.LEAST_COST

    @property
    def speaks_of_order(self) -> bool:
        return any("order" in rule.about for rule in self.rules)

    @property
    def speaks_of_delivery(self) -> bool:
        return any(rule.effect is Effect.DELAY or "delivery" in rule.about for rule in self.rules)


#: One rule as it is given: (kind, when, parameters).
Given = tuple[str, str | None, Any]


def parse_rules(given: Sequence[Given]) -> tuple[Rule, ...]:
    """Refuse what is wrong, with its place: ("rules", "0", "when")."""
    if len(given) > MAX_RULES:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"A rule set has at most {MAX_RULES} rules.", "rules")
    rules: list[Rule] = []
    problems: list[Problem] = []
    for index, (kind, when, parameters) in enumerate(given):
        try:
            rules.append(_rule(kind, when, parameters, ("rules", str(index))))
        except Refused as error:
            problems += error.problems
    if sum(rule.effect is Effect.OBJECTIVE for rule in rules) > 1:
        problems.append(Problem(ErrorCode.INVALID, "A rule set has one objective.", ("rules",)))
    if problems:
        raise Refused(*problems)
    return tuple(rules)


def _rule(kind: str, when: str | None, parameters: Any, at: tuple[str, ...]) -> Rule:
    if kind not in Effect.__members__:
        raise refused(ErrorCode.INVALID, f"{kind!r} is not one of {', '.join(Effect)}.", *at, "kind")
    effect = Effect(kind)
    if parameters is not None and not isinstance(parameters, Mapping):
        raise refused(ErrorCode.INVALID, "Parameters are an object.", *at, "parameters")
    values = {name: value for name, value in (parameters or {}).items() if value is not None}
    spec = _PARAMETERS[effect]
    for name in values:
        if name not in spec:
            known = f"It knows {', '.join(spec)}." if spec else "It has none."
            raise refused(ErrorCode.INVALID, f"{effect} has no parameter {name!r}. {known}", *at, "parameters", name)
    for name, (read, required) in spec.items():
        if name in values:
            values[name] = read(values[name], (*at, "parameters", name))
        elif required:
            raise refused(ErrorCode.INVALID, f"{effect} needs {name!r}.", *at, "parameters", name)
    if effect is Effect.DELAY and not values:
        raise refused(ErrorCode.INVALID, "DELAY needs 'day', 'lateDay' or both.", *at, "parameters")
    if when is not None:
        _check_when(effect, when, at)
    amounts = {name: value.parts for name, value in values.items() if isinstance(value, _Amount)}
    plain = {name: value.text if isinstance(value, _Amount) else value for name, value in values.items()}
    about = speaks_of(when) if when is not None else frozenset()
    if effect is Effect.REQUIRE:
        about |= speaks_of(plain["site"])
    if effect is Effect.ADD and "line" in about and plain.get("per", Per.UNIT) != Per.UNIT:
        message = "What depends on the line is added for each UNIT."
        raise refused(ErrorCode.INVALID, message, *at, "parameters", "per")
    return Rule(effect, when, plain, amounts, about)


def _check_when(effect: Effect, when: str, at: tuple[str, ...]) -> None:
    if not when.strip():
        raise refused(ErrorCode.INVALID, "Leave the condition out, or write one.", *at, "when")
    if not SEES[effect]:
        raise refused(ErrorCode.INVALID, f"{effect} has no condition.", *at, "when")
    compile_condition(when, *at, "when", names=SEES[effect])


@dataclass(frozen=True, slots=True)
class _Amount:
    parts: int
    text: str


def _amount(value: Any, at: tuple[str, ...]) -> _Amount:
    """A decimal, as text or number, of at most five decimals."""
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > _MAX_AMOUNT:
        raise refused(ErrorCode.INVALID, f"{value!r} is not an amount up to {_MAX_AMOUNT}.", *at)
    parts = amount * SCALE
    if parts != parts.to_integral_value():
        raise refused(ErrorCode.INVALID, "An amount has at most 5 decimals.", *at)
    return _Amount(int(parts), format(amount, "f"))


def _cost(value: Any, at: tuple[str, ...]) -> _Amount:
    amount = _amount(value, at)
    if amount.parts < 0:
        raise refused(ErrorCode.INVALID, "A cost is not below 0.", *at)
    return amount


def _number(least: int) -> Any:
    def read(value: Any, at: tuple[str, ...]) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MAX_NUMBER:
            raise refused(ErrorCode.INVALID, f"Give a whole number from {least} to {_MAX_NUMBER}.", *at)
        return value

    return read


def _word(words: type[StrEnum]) -> Any:
    def read(value: Any, at: tuple[str, ...]) -> str:
        if value not in words.__members__:
            raise refused(ErrorCode.INVALID, f"{value!r} is not one of {', '.join(words)}.", *at)
        return str(value)

    return read


def _site_condition(value: Any, at: tuple[str, ...]) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refused(ErrorCode.INVALID, "Give a condition over `site`.", *at)
    compile_condition(value, *at, names=_ALL)
    return value


#: By effect: parameter → (how it is read, whether it must be given).
_PARAMETERS: Mapping[Effect, Mapping[str, tuple[Any, bool]]] = {
    Effect.OBJECTIVE: {"policy": (_word(Policy), True)},
    Effect.COSTS: {
        "shipment": (_cost, False),
        "shipmentKm": (_cost, False),
        "unit": (_cost, False),
        "unitKm": (_cost, False),
    },
    Effect.UNFILLED: {"unit": (_cost, True)},
    Effect.EXCLUDE: {},
    Effect.REQUIRE: {"site": (_site_condition, True)},
    Effect.ADD: {"amount": (_amount, True), "per": (_word(Per), False)},
    Effect.DELAY: {"day": (_cost, False), "lateDay": (_cost, False)},
    Effect.TIER: {"tier": (_number(0), True)},
    Effect.MAX_SHIPMENTS: {"count": (_number(1), True)},
    Effect.MINIMUM_SPLIT_VALUE: {"amount": (_cost, True)},
    Effect.SHIP_COMPLETE: {},
    Effect.WHOLE_LINES: {},
    Effect.TOGETHER: {},
    Effect.RESERVE: {"units": (_number(1), True)},
    Effect.REALLOCATE: {"saving": (_cost, True)},
}


def rules_to_json(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [{"kind": rule.effect.value, "when": rule.when, "parameters": dict(rule.parameters)} for rule in rules]


def rules_from_json(stored: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return parse_rules([(rule["kind"], rule.get("when"), rule.get("parameters")) for rule in stored])


#: What a shipment and a unit cost by default; a unit that nobody gives costs more than any way of giving it.
_COSTS: tuple[Given, ...] = (
    ("COSTS", None, {"shipment": "7.00", "shipmentKm": "0.00155", "unit": "0.50", "unitKm": "0.00031"}),
    (
        "COSTS",
        'site.kind == "STORE"',
        {"shipment": "8.00", "shipmentKm": "0.00155", "unit": "1.20", "unitKm": "0.00031"},
    ),
    ("UNFILLED", None, {"unit": "150.00"}),
)


def _ready(name: str, policy: Policy) -> RuleSet:
    return RuleSet(name, parse_rules([("OBJECTIVE", None, {"policy": policy.value}), *_COSTS]))


LEAST_COST = _ready("least cost", Policy.LEAST_COST)
#: Installed by `crossdock migrate`; the first is active until another is chosen.
READY = (
    LEAST_COST,
    _ready("fewest splits", Policy.FEWEST_SPLITS),
    _ready("nearest", Policy.NEAREST),
    _ready("priority list", Policy.PRIORITY_LIST),
)

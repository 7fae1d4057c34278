"""Workflows: how each of the twelve steps is done, when money is taken and when the invoice is made.

Conditions are CEL over `order` (see `order_context`), compiled once. Where a condition does not hold, or cannot be
evaluated, the step falls to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.errors import ErrorCode, Problem, Refused, refused
from backend.rules.conditions import compile_condition, holds
from backend.rules.vocabulary import LifecycleStep, StepMode

MAX_DELAY_SECONDS = 366 * 24 * 3600
CAPTURE_MOMENTS = (
    LifecycleStep.ENTRY,
    LifecycleStep.APPROVAL,
    LifecycleStep.SHIPPING_ORDER_APPROVAL,
    LifecycleStep.SHIPMENT,
)
INVOICE_MOMENTS = (LifecycleStep.APPROVAL, LifecycleStep.SHIPPING_ORDER_APPROVAL, LifecycleStep.SHIPMENT)


@dataclass(frozen=True, slots=True)
class StepRule:
    mode: StepMode = StepMode.AUTOMATIC
    when: str | None = None
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class WorkflowRules:
    """A version of a workflow, as the rules read it. Steps that are not named are automatic, without condition."""

    name: str
    version: int = 1
    id: UUID | None = None
    applies_when: str | None = None
    steps: Mapping[LifecycleStep, StepRule] = field(default_factory=dict)
    capture_on: LifecycleStep = LifecycleStep.SHIPMENT
    invoice_on: LifecycleStep = LifecycleStep.SHIPPING_ORDER_APPROVAL
    position: int = 100
    active: bool = True

    def step(self, step: LifecycleStep) -> StepRule:
        return self.steps.get(step, StepRule())


def first_that_applies(workflows: Iterable[WorkflowRules], context: Mapping[str, Any]) -> WorkflowRules | None:
    """By position, then name. One whose condition fails to evaluate does not apply."""
    for workflow in sorted(workflows, key=lambda w: (w.position, w.name)):
        try:
            if holds(workflow.applies_when, context):
                return workflow
        except ValueError:
            continue
    return None


def parse_steps(
    given: Iterable[tuple[LifecycleStep, StepMode, str | None, int]],
) -> dict[LifecycleStep, StepRule]:
    """Validate a workflow's steps as given; paths are relative to the mutation's input ("steps", "2", "when")."""
    steps: dict[LifecycleStep, StepRule] = {}
    problems: list[Problem] = []
    for index, (step, mode, when, delay) in enumerate(given):
        at = ("steps", str(index))
        if step in steps:
            problems.append(Problem(ErrorCode.INVALID, f"{step.value} is given twice.", (*at, "step")))
        if step is LifecycleStep.ENTRY and mode is StepMode.SKIP:
            problems.append(Problem(ErrorCode.INVALID, "ENTRY cannot be skipped.", (*at, "mode")))
        if not 0 <= delay <= MAX_DELAY_SECONDS:
            problems.append(Problem(ErrorCode.INVALID, "A delay is 0 to 366 days.", (*at, "delay_seconds")))
        if when is not None:
            try:
                compile_condition(when, *at, "when")
            except Refused as error:
                problems.extend(error.problems)
        steps[step] = StepRule(mode, when, delay)
    if problems:
        raise Refused(*problems)
    return steps


def check_moments(capture_on: LifecycleStep, invoice_on: LifecycleStep) -> None:
    for moment, allowed, path in (
        (capture_on, CAPTURE_MOMENTS, "capture_on"),
        (invoice_on, INVOICE_MOMENTS, "invoice_on"),
    ):
        if moment not in allowed:
            names = ", ".join(step.value for step in allowed)
            raise refused(ErrorCode.INVALID, f"{moment.value} is not one of {names}.", path)


def steps_to_json(steps: Mapping[LifecycleStep, StepRule]) -> dict[str, Any]:
    return {
        step.value: {"mode": rule.mode.value, "when": rule.when, "delaySeconds": rule.delay_seconds}
        for step, rule in steps.items()
    }


def steps_from_json(stored: Mapping[str, Any]) -> dict[LifecycleStep, StepRule]:
    return {
        LifecycleStep(name): StepRule(StepMode(rule["mode"]), rule.get("when"), rule.get("delaySeconds", 0))
        for name, rule in stored.items()
    }


_BY_A_PERSON = StepRule(StepMode.MANUAL)
_AT_THE_SITE = {LifecycleStep.PICK_PACK: _BY_A_PERSON, LifecycleStep.SHIPMENT: _BY_A_PERSON}

STRAIGHT_THROUGH = WorkflowRules(
    name="straight through",
    steps={step: _AT_THE_SITE.get(step, StepRule()) for step in LifecycleStep},
    position=1000,
)
BY_HAND = WorkflowRules(
    name="everything by hand",
    applies_when='"by-hand" in order.tags',
    steps={step: StepRule() if step is LifecycleStep.ENTRY else _BY_A_PERSON for step in LifecycleStep},
    position=100,
)
APPROVAL_ABOVE = WorkflowRules(
    name="approval above an amount",
    applies_when="order.total >= 500.0",
    steps={
        step: _AT_THE_SITE.get(step, _BY_A_PERSON if step is LifecycleStep.APPROVAL else StepRule())
        for step in LifecycleStep
    },
    position=200,
    active=False,
)
#: Installed by `crossdock migrate`; the first active one that applies is pinned, the last always does.
READY = (BY_HAND, APPROVAL_ABOVE, STRAIGHT_THROUGH)

"""Make a version of a workflow. Versions are never changed; orders keep the one that was pinned at their entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.workflows.switching import lock_workflows, refuse_a_gap, switch_off
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.channels import Workflow
from backend.models.db import retried, transaction
from backend.rules.conditions import compile_condition
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LifecycleStep, StepMode
from backend.rules.workflows import check_moments, parse_steps, steps_to_json


@dataclass(frozen=True, slots=True)
class StepCommand:
    step: LifecycleStep
    mode: StepMode
    when: str | None = None
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class WorkflowCommand:
    """Steps that are not named are automatic, without condition."""

    name: str
    steps: Sequence[StepCommand]
    applies_when: str | None = None
    capture_on: LifecycleStep = LifecycleStep.SHIPMENT
    invoice_on: LifecycleStep = LifecycleStep.SHIPPING_ORDER_APPROVAL
    activate: bool = True


@retried
async def create(actor: Actor, command: WorkflowCommand) -> UUID:
    """The new version's id. With `activate` it takes the place of the version of its name that was active."""
    problems = Problems()
    problems.text(command.name, 200, "name", required=True)
    problems.check()
    steps = parse_steps((step.step, step.mode, step.when, step.delay_seconds) for step in command.steps)
    check_moments(command.capture_on, command.invoice_on)
    if command.applies_when is not None:
        if not command.applies_when.strip():
            raise refused(ErrorCode.INVALID, "Leave the condition out, or write one.", "applies_when")
        compile_condition(command.applies_when, "applies_when")
    async with transaction() as tx:
        await lock_workflows(tx)
        last = await Workflow.filter(name=command.name).order_by("-version").first()
        if command.activate:
            await switch_off(tx, actor, command.name)
        made = await Workflow.create(
            name=command.name,
            version=last.version + 1 if last else 1,
            active=command.activate,
            position=last.position if last else 100,
            applies_when=command.applies_when,
            steps=steps_to_json(steps),
            capture_on=command.capture_on,
            invoice_on=command.invoice_on,
        )
        if command.activate:
            await refuse_a_gap(tx, "applies_when")
        record(
            tx,
            actor,
            "workflow.created",
            f"Workflow {made.name}, version {made.version}.",
            subject=("Workflow", made.id),
            data={"name": made.name, "version": made.version, "active": made.active},
        )
        return made.id

"""Workflows: how each of the twelve steps is done."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.channels import Workflow as WorkflowRow
from backend.rules.permissions import READERS
from backend.rules.vocabulary import LifecycleStep, OrderState, Role, StepMode
from backend.rules.workflows import steps_from_json
from backend.schema.access import field, readable_by
from backend.schema.common import Info, Node, UserError, column, shows

#: How orders are handled is the house's own matter.
WORKFLOW_READERS = READERS - {Role.CHANNEL, Role.STORE_ASSOCIATE}


@readable_by(WORKFLOW_READERS)
@strawberry.type
class WorkflowStep:
    step: LifecycleStep
    mode: StepMode
    when: str | None
    delay_seconds: int


@readable_by(WORKFLOW_READERS)
@strawberry.type(description="Open orders of one state.")
class OrdersInState:
    state: OrderState
    count: int


@shows(WorkflowRow)
@readable_by(WORKFLOW_READERS)
@strawberry.type(
    description="`appliesWhen` is a CEL expression over the order; the first active workflow that applies is pinned to"
    " it at entry."
)
class Workflow(Node):
    name: str = column()
    version: int = column()
    active: bool = column()
    applies_when: str | None = column()
    capture_on: LifecycleStep = column()
    invoice_on: LifecycleStep = column()
    created_at: datetime = column()

    @field(roles=WORKFLOW_READERS)
    def steps(self) -> list[WorkflowStep]:
        rules = steps_from_json(self.row.steps)
        return [
            WorkflowStep(
                step=step, mode=rules[step].mode, when=rules[step].when, delay_seconds=rules[step].delay_seconds
            )
            for step in LifecycleStep
            if step in rules
        ]

    @field(
        roles=WORKFLOW_READERS,
        description="How many open orders were entered with this version, by state; kept, and a moment old.",
    )
    async def open_orders(self, info: Info) -> list[OrdersInState]:
        found = await info.loaders.known("orders_of_workflow", self.row.id)
        return [OrdersInState(state=state, count=count) for state, count in found.items()]


@strawberry.input
class WorkflowStepInput:
    step: LifecycleStep
    mode: StepMode
    when: str | None = strawberry.UNSET
    delay_seconds: int | None = 0


@strawberry.input
class WorkflowInput:
    name: str
    applies_when: str | None = strawberry.UNSET
    steps: list[WorkflowStepInput]
    capture_on: LifecycleStep = LifecycleStep.SHIPMENT
    invoice_on: LifecycleStep = LifecycleStep.SHIPPING_ORDER_APPROVAL
    activate: bool = True


@strawberry.input
class WorkflowIdInput:
    workflow_id: strawberry.ID


@readable_by(WORKFLOW_READERS)
@strawberry.type
class WorkflowPayload:
    workflow: Workflow | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

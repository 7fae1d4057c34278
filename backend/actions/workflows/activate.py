"""Use a version of a workflow for new orders, in place of the version of its name that was used."""

from __future__ import annotations

from uuid import UUID

from backend.actions.workflows.switching import lock_workflows, refuse_a_gap, switch_off
from backend.errors import not_found
from backend.events import record
from backend.models.channels import Workflow
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor


@retried
async def activate(actor: Actor, workflow_id: UUID) -> None:
    """Nothing changes where it is active. Refuses CONFLICT where no active workflow would apply to every order."""
    async with transaction() as tx:
        await lock_workflows(tx)
        workflow = await Workflow.get_or_none(id=workflow_id)
        if workflow is None:
            raise not_found("workflow", "workflow_id")
        if workflow.active:
            return
        await switch_off(tx, actor, workflow.name)
        workflow.active = True
        await workflow.save(update_fields=["active"])
        await refuse_a_gap(tx, "workflow_id")
        record(
            tx,
            actor,
            "workflow.updated",
            f"Workflow {workflow.name}, version {workflow.version}, is used for new orders.",
            subject=("Workflow", workflow.id),
            data={"name": workflow.name, "version": workflow.version, "active": True},
        )

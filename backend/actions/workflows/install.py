"""Install the workflows that come with Crossdock. Those whose name exists are left as people have made them."""

from __future__ import annotations

from backend.actions.workflows.switching import lock_workflows
from backend.events import record
from backend.models.channels import Workflow
from backend.models.db import retried, transaction
from backend.rules.permissions import SYSTEM
from backend.rules.workflows import READY, steps_to_json


@retried
async def install_ready() -> None:
    """Safe to run at every start, and from several processes at once."""
    async with transaction() as tx:
        await lock_workflows(tx)
        known = {row["name"] for row in await tx.fetch("SELECT DISTINCT name FROM workflow")}
        for ready in READY:
            if ready.name in known:
                continue
            made = await Workflow.create(
                name=ready.name,
                version=ready.version,
                active=ready.active,
                position=ready.position,
                applies_when=ready.applies_when,
                steps=steps_to_json(ready.steps),
                capture_on=ready.capture_on,
                invoice_on=ready.invoice_on,
            )
            record(
                tx,
                SYSTEM,
                "workflow.created",
                f"Workflow {made.name}, version {made.version}.",
                subject=("Workflow", made.id),
                data={"name": made.name, "version": made.version, "active": made.active},
            )

"""Which versions of workflows are active: one of a name at most, and always one that applies to every order."""

from __future__ import annotations

from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import Transaction
from backend.rules.permissions import Actor


async def lock_workflows(tx: Transaction) -> None:
    """One change of workflows at a time; orders are entered meanwhile."""
    await tx.execute("LOCK TABLE workflow IN SHARE ROW EXCLUSIVE MODE")


async def switch_off(tx: Transaction, actor: Actor, name: str) -> None:
    """Deactivate the active version of a name, if there is one."""
    row = await tx.fetchrow("UPDATE workflow SET active = false WHERE name = $1 AND active RETURNING id, version", name)
    if row is not None:
        record(
            tx,
            actor,
            "workflow.updated",
            f"Workflow {name}, version {row['version']}, is not used for new orders any more.",
            subject=("Workflow", row["id"]),
            data={"name": name, "version": row["version"], "active": False},
        )


async def refuse_a_gap(tx: Transaction, *path: str) -> None:
    """Every order must find a workflow: refuse where no active one applies without a condition."""
    if not await tx.fetchval("SELECT EXISTS (SELECT 1 FROM workflow WHERE active AND applies_when IS NULL)"):
        raise refused(
            ErrorCode.CONFLICT, "No active workflow would apply to every order: keep one without a condition.", *path
        )

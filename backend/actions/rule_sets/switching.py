"""One rule set is active at a time."""

from __future__ import annotations

from backend.events import record
from backend.models.db import Transaction
from backend.rules.permissions import Actor


async def lock_rule_sets(tx: Transaction) -> None:
    """One change of rule sets at a time; orders are allocated meanwhile."""
    await tx.execute("LOCK TABLE allocation_rule_set IN SHARE ROW EXCLUSIVE MODE")


async def switch_off(tx: Transaction, actor: Actor) -> None:
    """Deactivate the active version, if there is one."""
    row = await tx.fetchrow("UPDATE allocation_rule_set SET active = false WHERE active RETURNING id, name, version")
    if row is not None:
        record(
            tx,
            actor,
            "allocation_rule_set.updated",
            f"Rule set {row['name']}, version {row['version']}, does not allocate any more.",
            subject=("AllocationRuleSet", row["id"]),
            data={"name": row["name"], "version": row["version"], "active": False},
        )

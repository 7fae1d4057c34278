"""Versions of rule sets: written, and one active at a time."""

from __future__ import annotations

from uuid import UUID

from backend.events import record
from backend.models.db import Transaction
from backend.models.fulfillment import AllocationRuleSet
from backend.rules.permissions import Actor
from backend.rules.rule_sets import RuleSet, rules_to_json


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


async def write(tx: Transaction, actor: Actor, rule_set: RuleSet, *, active: bool) -> UUID:
    """The id of the version, which is new."""
    made = await AllocationRuleSet.create(
        name=rule_set.name, version=rule_set.version, active=active, rules=rules_to_json(rule_set.rules)
    )
    record(
        tx,
        actor,
        "allocation_rule_set.created",
        f"Rule set {made.name}, version {made.version}.",
        subject=("AllocationRuleSet", made.id),
        data={"name": made.name, "version": made.version, "active": made.active},
    )
    return made.id

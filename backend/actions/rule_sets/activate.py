"""Let a version of a rule set allocate, in place of the one that did."""

from __future__ import annotations

from uuid import UUID

from backend.actions.rule_sets.switching import lock_rule_sets, switch_off
from backend.errors import not_found
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.fulfillment import AllocationRuleSet
from backend.rules.permissions import Actor


@retried
async def activate(actor: Actor, rule_set_id: UUID) -> None:
    """Nothing changes where it is active."""
    async with transaction() as tx:
        await lock_rule_sets(tx)
        rule_set = await AllocationRuleSet.get_or_none(id=rule_set_id)
        if rule_set is None:
            raise not_found("rule set", "rule_set_id")
        if rule_set.active:
            return
        await switch_off(tx, actor)
        rule_set.active = True
        await rule_set.save(update_fields=["active"])
        record(
            tx,
            actor,
            "allocation_rule_set.updated",
            f"Rule set {rule_set.name}, version {rule_set.version}, allocates from now on.",
            subject=("AllocationRuleSet", rule_set.id),
            data={"name": rule_set.name, "version": rule_set.version, "active": True},
        )

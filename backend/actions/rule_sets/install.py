"""Install the rule sets that come with Crossdock. Those whose name exists are left as people have made them."""

from __future__ import annotations

from backend.actions.rule_sets.switching import lock_rule_sets
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.fulfillment import AllocationRuleSet
from backend.rules.permissions import SYSTEM
from backend.rules.rule_sets import READY, rules_to_json


@retried
async def install_rule_sets() -> None:
    """Safe to run at every start, and from several processes at once. The first is active where none is."""
    async with transaction() as tx:
        await lock_rule_sets(tx)
        rows = await tx.fetch("SELECT name, bool_or(active) AS active FROM allocation_rule_set GROUP BY name")
        known, one_is_active = {row["name"] for row in rows}, any(row["active"] for row in rows)
        for index, ready in enumerate(READY):
            if ready.name in known:
                continue
            made = await AllocationRuleSet.create(
                name=ready.name,
                version=ready.version,
                active=index == 0 and not one_is_active,
                rules=rules_to_json(ready.rules),
            )
            record(
                tx,
                SYSTEM,
                "allocation_rule_set.created",
                f"Rule set {made.name}, version {made.version}.",
                subject=("AllocationRuleSet", made.id),
                data={"name": made.name, "version": made.version, "active": made.active},
            )

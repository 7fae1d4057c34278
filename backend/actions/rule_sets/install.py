"""Install the rule sets that come with Crossdock. Those whose name exists are left as people have made them."""

from __future__ import annotations

from backend.actions.rule_sets.switching import lock_rule_sets, write
from backend.models.db import retried, transaction
from backend.rules.permissions import SYSTEM
from backend.rules.rule_sets import READY


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
            await write(tx, SYSTEM, ready, active=index == 0 and not one_is_active)

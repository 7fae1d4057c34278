"""Install the alert rules that come with Crossdock. Those whose name exists are left as people have made them."""

from __future__ import annotations

from backend.actions.alert_rules.switching import lock_alert_rules, write
from backend.models.db import retried, transaction
from backend.rules.alert_rules import READY
from backend.rules.permissions import SYSTEM


@retried
async def install_alert_rules() -> None:
    """Safe to run at every start, and from several processes at once."""
    async with transaction() as tx:
        await lock_alert_rules(tx)
        known = {row["name"] for row in await tx.fetch("SELECT DISTINCT name FROM alert_rule")}
        for ready in READY:
            if ready.name not in known:
                await write(tx, SYSTEM, ready, 1)

"""Make a version of an alert rule; it takes the place of the one of its name."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alert_rules.switching import lock_alert_rules, switch_off, write
from backend.models.db import retried, transaction
from backend.models.log import AlertRule as AlertRuleRow
from backend.rules.alert_rules import AlertRule, check
from backend.rules.permissions import Actor


@retried
async def create(actor: Actor, rule: AlertRule) -> UUID:
    """The new version's id. It is asked about what happens from now on."""
    check(rule)
    async with transaction() as tx:
        await lock_alert_rules(tx)
        last = await AlertRuleRow.filter(name=rule.name).order_by("-version").first()
        await switch_off(tx, actor, rule.name)
        return await write(tx, actor, rule, last.version + 1 if last else 1)

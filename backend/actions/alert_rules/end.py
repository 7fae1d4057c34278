"""Ask an alert rule no more. The alert of its queue is cleared; those of single events are left to people."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alert_rules.switching import lock_alert_rules, switch_off
from backend.errors import ErrorCode, not_found, refused
from backend.models.db import retried, transaction
from backend.models.log import AlertRule as AlertRuleRow
from backend.rules.permissions import Actor


@retried
async def end(actor: Actor, alert_rule_id: UUID) -> None:
    async with transaction() as tx:
        await lock_alert_rules(tx)
        rule = await AlertRuleRow.get_or_none(id=alert_rule_id)
        if rule is None:
            raise not_found("alert rule", "alert_rule_id")
        if not rule.active:
            raise refused(ErrorCode.INVALID_STATE, "The rule is not active.", "alert_rule_id")
        await switch_off(tx, actor, rule.name)

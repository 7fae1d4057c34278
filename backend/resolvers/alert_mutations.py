"""Alerts, and the rules that raise them."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.alert_rules import create as alert_rules
from backend.actions.alert_rules.end import end
from backend.actions.alerts.clear import clear
from backend.models.log import Alert as AlertRow
from backend.models.log import AlertRule as AlertRuleRow
from backend.resolvers.commands import key, maybe_text, perform, translate
from backend.rules.alert_rules import AlertRule
from backend.rules.permissions import GOODS, LEADS, OFFICE, Actor
from backend.schema.access import mutation
from backend.schema.alerts import AlertClearInput, AlertPayload, AlertRuleIdInput, AlertRuleInput, AlertRulePayload
from backend.schema.common import Info, show


@strawberry.type
class AlertMutations:
    @mutation(roles=OFFICE | GOODS)
    async def alert_clear(self, info: Info, input: AlertClearInput) -> AlertPayload:
        async def act(actor: Actor) -> None:
            await clear(actor, key(input.alert_id, "alert_id"), maybe_text(input.note, "note"))

        async def shown(_: object) -> AlertPayload:
            return AlertPayload(alert=show(await info.loaders.one(AlertRow, key(input.alert_id, "alert_id"))))

        return await perform(info, AlertPayload, act, shown)

    @mutation(roles=LEADS, description="Makes a new version, which takes the place of the active one of its name.")
    async def alert_rule_create(self, info: Info, input: AlertRuleInput) -> AlertRulePayload:
        async def shown(made: UUID | None) -> AlertRulePayload:
            return AlertRulePayload(alert_rule=show(await info.loaders.one(AlertRuleRow, made)))

        return await perform(
            info, AlertRulePayload, lambda actor: alert_rules.create(actor, translate(input, AlertRule)), shown
        )

    @mutation(roles=LEADS, description="The rule is asked no more.")
    async def alert_rule_end(self, info: Info, input: AlertRuleIdInput) -> AlertRulePayload:
        async def shown(_: object) -> AlertRulePayload:
            row = await info.loaders.one(AlertRuleRow, key(input.alert_rule_id, "alert_rule_id"))
            return AlertRulePayload(alert_rule=show(row))

        return await perform(
            info, AlertRulePayload, lambda actor: end(actor, key(input.alert_rule_id, "alert_rule_id")), shown
        )

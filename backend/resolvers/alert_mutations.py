"""Alerts, and the rules that raise them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import strawberry

from backend.actions.alert_rules import create as alert_rules
from backend.actions.alert_rules.end import end
from backend.actions.alerts.assign import assign
from backend.actions.alerts.clear import clear
from backend.actions.alerts.snooze import snooze
from backend.models.log import Alert as AlertRow
from backend.models.log import AlertRule as AlertRuleRow
from backend.resolvers.commands import key, maybe_key, maybe_text, perform, translate
from backend.rules.alert_rules import AlertRule
from backend.rules.permissions import GOODS, LEADS, OFFICE, Actor
from backend.schema.access import mutation
from backend.schema.alerts import (
    AlertAssignInput,
    AlertClearInput,
    AlertPayload,
    AlertRuleIdInput,
    AlertRuleInput,
    AlertRulePayload,
    AlertSnoozeInput,
)
from backend.schema.common import Info, given, show


def _shown(info: Info, alert_id: strawberry.ID) -> Callable[[object], Awaitable[AlertPayload]]:
    async def shown(_: object) -> AlertPayload:
        return AlertPayload(alert=show(await info.loaders.one(AlertRow, key(alert_id, "alert_id"))))

    return shown


@strawberry.type
class AlertMutations:
    @mutation(roles=OFFICE | GOODS)
    async def alert_clear(self, info: Info, input: AlertClearInput) -> AlertPayload:
        async def act(actor: Actor) -> None:
            await clear(actor, key(input.alert_id, "alert_id"), maybe_text(input.note, "note"))

        return await perform(info, AlertPayload, act, _shown(info, input.alert_id))

    @mutation(roles=OFFICE | GOODS, description="Says who sees to it.")
    async def alert_assign(self, info: Info, input: AlertAssignInput) -> AlertPayload:
        async def act(actor: Actor) -> None:
            await assign(actor, key(input.alert_id, "alert_id"), maybe_key(input.user_id, "user_id"))

        return await perform(info, AlertPayload, act, _shown(info, input.alert_id))

    @mutation(roles=OFFICE | GOODS, description="Puts it off: it is back by itself.")
    async def alert_snooze(self, info: Info, input: AlertSnoozeInput) -> AlertPayload:
        async def act(actor: Actor) -> None:
            await snooze(actor, key(input.alert_id, "alert_id"), given(input.until))

        return await perform(info, AlertPayload, act, _shown(info, input.alert_id))

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

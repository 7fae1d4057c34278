"""Alerts and the rules that raise them, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import alerts as queries
from backend.resolvers.arguments import window
from backend.resolvers.commands import translate
from backend.rules.criteria import AlertCriteria
from backend.rules.permissions import READERS
from backend.schema.access import field
from backend.schema.alerts import RULE_READERS, AlertConnection, AlertFilter, AlertGroup, AlertRule
from backend.schema.common import Info, given, show_all

_KINDS = {"assignee_id": "User"}


@strawberry.type
class AlertQueries:
    @field(roles=READERS, description="The newest first.")
    async def alerts(
        self, info: Info, filter: AlertFilter | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> AlertConnection:
        criteria = translate(given(filter), AlertCriteria, _KINDS)
        return AlertConnection.of(await queries.alerts(info.actor, criteria, window(first, after)))

    @field(roles=READERS, description="By kind, the worst and then the largest first: at most 200.")
    async def alert_groups(self, info: Info, filter: AlertFilter | None = UNSET) -> list[AlertGroup]:
        criteria = translate(given(filter), AlertCriteria, _KINDS)
        return [AlertGroup.of(found) for found in await queries.alert_groups(info.actor, criteria)]

    @field(roles=RULE_READERS, description="Every version, the active ones first.")
    async def alert_rules(self, info: Info) -> list[AlertRule]:
        return show_all(await queries.alert_rules(info.actor))

"""Digests of alerts: what one has chosen."""

from __future__ import annotations

import strawberry

from backend.actions.alerts.set_digest import SetDigest, set_digest
from backend.integrations import mail
from backend.queries import digests as queries
from backend.resolvers.commands import perform, translate
from backend.rules.permissions import STAFF
from backend.rules.vocabulary import DigestWay
from backend.schema.access import field, mutation
from backend.schema.common import Info
from backend.schema.digests import AlertDigest, AlertDigestInput, AlertDigestPayload


@strawberry.type
class DigestQueries:
    @field(roles=STAFF, description="One's own; null for a key, which has no address.")
    async def alert_digest(self, info: Info, way: DigestWay = DigestWay.MAIL) -> AlertDigest | None:
        return await _own(info, way)


@strawberry.type
class DigestMutations:
    @mutation(roles=STAFF, description="Chooses whether and when one is told of new alerts all together.")
    async def alert_digest_set(self, info: Info, input: AlertDigestInput) -> AlertDigestPayload:
        async def shown(_: object) -> AlertDigestPayload:
            return AlertDigestPayload(alert_digest=await _own(info, input.way))

        return await perform(
            info, AlertDigestPayload, lambda actor: set_digest(actor, translate(input, SetDigest)), shown
        )


async def _own(info: Info, way: DigestWay) -> AlertDigest | None:
    user_id = info.actor.user_id
    if user_id is None:
        return None
    return AlertDigest.of(await queries.chosen(user_id, way), way, possible=mail.current() is not None)

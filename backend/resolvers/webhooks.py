"""Webhooks."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.webhooks import create as actions
from backend.actions.webhooks.create import NewWebhook, WebhookChange, WebhookCommand
from backend.actions.webhooks.redeliver import redeliver
from backend.models.webhooks import Webhook as WebhookRow
from backend.queries import webhooks as queries
from backend.resolvers.commands import key, maybe_key, perform, translate
from backend.rules.permissions import ADMINS, LEADS
from backend.schema.access import field, mutation
from backend.schema.common import Info, show, show_all
from backend.schema.webhooks import (
    Webhook,
    WebhookCreateInput,
    WebhookPayload,
    WebhookRedeliverInput,
    WebhookUpdateInput,
)


@strawberry.type
class WebhookQueries:
    @field(roles=LEADS, description="Newest first.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        return show_all(await queries.webhooks(info.actor))


@strawberry.type
class WebhookMutations:
    @mutation(roles=ADMINS, description="It is told of what happens from now on.")
    async def webhook_create(self, info: Info, input: WebhookCreateInput) -> WebhookPayload:
        async def shown(made: NewWebhook | UUID | None) -> WebhookPayload:
            new = made if isinstance(made, NewWebhook) else None
            row = await WebhookRow.get_or_none(id=new.webhook_id if new else made)
            return WebhookPayload(webhook=show(row), secret=new.secret if new else None)

        return await perform(
            info, WebhookPayload, lambda actor: actions.create(actor, translate(input, WebhookCommand)), shown
        )

    @mutation(roles=ADMINS, description="Pauses, resumes or changes it; what is left out stays.")
    async def webhook_update(self, info: Info, input: WebhookUpdateInput) -> WebhookPayload:
        return await perform(
            info, WebhookPayload, lambda actor: actions.update(actor, translate(input, WebhookChange)), _shown
        )

    @mutation(roles=ADMINS, description="Sends one delivery again, or all that were given up, under their ids.")
    async def webhook_redeliver(self, info: Info, input: WebhookRedeliverInput) -> WebhookPayload:
        return await perform(
            info,
            WebhookPayload,
            lambda actor: redeliver(
                actor, key(input.webhook_id, "webhook_id"), maybe_key(input.delivery_id, "delivery_id")
            ),
            _shown,
        )


async def _shown(webhook_id: UUID | None) -> WebhookPayload:
    return WebhookPayload(webhook=show(await WebhookRow.get_or_none(id=webhook_id)))

"""Make a webhook, and change it. Its secret is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.config import get_settings
from backend.errors import not_found
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import retried, transaction
from backend.models.webhooks import Webhook
from backend.rules.permissions import Actor
from backend.rules.webhooks import check, networks_of, secret_of


@dataclass(frozen=True, slots=True)
class WebhookCommand:
    url: str
    topics: Sequence[str]


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is None stays as it is."""

    webhook_id: UUID
    url: str | None = None
    topics: Sequence[str] | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class NewWebhook:
    webhook_id: UUID
    secret: str


@retried
async def create(actor: Actor, command: WebhookCommand) -> NewWebhook:
    _check(command.url, command.topics)
    made, secret = uuid7(), secret_of(secrets.token_bytes(32))
    topics = sorted(set(command.topics))
    async with transaction() as tx:
        row = Webhook(id=made, url=command.url, topics=topics, secret=secret, created_at=tx.now)
        await row.save(force_create=True)
        data = {"url": command.url, "topics": topics}
        record(tx, actor, "webhook.created", "Webhook created.", subject=("Webhook", made), data=data)
    return NewWebhook(made, secret)


@retried
async def update(actor: Actor, command: WebhookChange) -> UUID:
    """One that is not active is sent nothing; what waits goes out when it is active again."""
    async with transaction() as tx:
        row = await Webhook.filter(id=command.webhook_id).select_for_update().first()
        if row is None:
            raise not_found("webhook", "webhook_id")
        before = (row.url, row.topics, row.active)
        row.url = row.url if command.url is None else command.url
        row.topics = row.topics if command.topics is None else sorted(set(command.topics))
        row.active = row.active if command.active is None else command.active
        _check(row.url, row.topics)
        if (row.url, row.topics, row.active) != before:
            await row.save(update_fields=["url", "topics", "active"])
            data = {"url": row.url, "topics": row.topics, "active": row.active}
            record(tx, actor, "webhook.updated", "Webhook changed.", subject=("Webhook", row.id), data=data)
    return command.webhook_id


def _check(url: str, topics: Sequence[str]) -> None:
    check(url, topics, networks_of(get_settings().webhook_networks))

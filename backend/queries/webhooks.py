"""Webhooks and what was sent to them."""

from __future__ import annotations

from uuid import UUID

from backend.models.webhooks import Webhook, WebhookDelivery
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor

_NEWEST = Sort("webhook_delivery", (("event_xid", "bigint"), ("event_id", "bigint")), descending=True)


async def webhooks(actor: Actor) -> list[Webhook]:
    """All, newest first."""
    where = Where()
    scope(where, actor, Webhook)
    return await rows(Webhook, f"SELECT t.* FROM webhook t WHERE {where} ORDER BY t.id DESC", *where.args)


async def deliveries(actor: Actor, webhook_id: UUID, window: Window) -> Page[WebhookDelivery]:
    """Newest first."""
    where = Where()
    scope(where, actor, WebhookDelivery)
    where.add(f"t.webhook_id = {where.bind(webhook_id)}")
    return await page(WebhookDelivery, where, _NEWEST, window)

"""Webhooks: who is told of what happens, and each telling."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.vocabulary import WebhookDeliveryState


class Webhook(Identified):
    """One that is not active is sent nothing; what happens meanwhile waits."""

    url = fields.CharField(max_length=2000)
    topics = ArrayField(element_type="text", description="kinds of events, `order.*`, or `*`")
    active = fields.BooleanField(default=True)
    secret = fields.CharField(max_length=100, description="whsec_…, by which each delivery is signed")
    created_at = fields.DatetimeField()

    class Meta:
        table = "webhook"


class WebhookDelivery(Identified):
    """An event that is to arrive; what is sent is made of the event, which never changes. Its key is the stable id."""

    webhook: Any = link("Webhook")
    webhook_id: UUID
    event_id = fields.BigIntField()
    event_xid = fields.BigIntField(description="(event_xid, event_id) is the event's place in the log")
    topic = fields.CharField(max_length=64)
    order_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(WebhookDeliveryState, max_length=12)
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField()
    created_at = fields.DatetimeField(db_index=True)
    claimed_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    response_code = fields.IntField(null=True)
    failure = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "webhook_delivery"
        indexes = (
            Index(fields=("state", "next_at"), name="ix_webhook_delivery_state"),
            Index(fields=("webhook_id", "order_id"), name="ix_webhook_delivery_order"),
        )
        constraints = (
            UniqueConstraint(fields=("webhook_id", "event_id"), name="uq_webhook_delivery"),
            one_of("webhook_delivery", "state", WebhookDeliveryState),
            not_negative("webhook_delivery", ("attempts",)),
            check("webhook_delivery", "claimed", "state <> 'SENDING' OR claimed_at IS NOT NULL"),
            check("webhook_delivery", "settled", "(state IN ('PENDING','SENDING')) = (settled_at IS NULL)"),
        )

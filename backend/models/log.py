"""The spine: the append-only event table, its readers' positions, alerts, idempotency keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import Identified, link, one_of
from backend.rules.vocabulary import AlertSeverity, AlertTrigger


class Event(Model):
    """Written by events.record alone; `xid` is the writing transaction, by which readers never skip a late commit."""

    id = fields.BigIntField(primary_key=True, generated=True)
    xid = fields.BigIntField(db_default=0, description="pg_current_xact_id() as a number")
    kind = fields.CharField(max_length=64)
    at = fields.DatetimeField()
    order_id = fields.UUIDField(null=True)
    sequence = fields.IntField(null=True, description="1, 2, … without gaps within the order")
    subject_type = fields.CharField(max_length=32)
    subject_id = fields.UUIDField(null=True)
    actor = fields.CharField(max_length=254)
    via = fields.CharField(max_length=32, description="api, admin, import, worker, cli")
    request_id = fields.CharField(max_length=64, null=True)
    message = fields.TextField()
    data: Any = fields.JSONField()

    class Meta:
        table = "event"
        indexes = (
            Index(fields=("xid", "id"), name="ix_event_position"),
            Index(fields=("subject_id",), name="ix_event_subject"),
        )
        constraints = (UniqueConstraint(fields=("order_id", "sequence"), name="uq_event_order_sequence"),)


class FollowerPosition(Model):
    """How far a follower has read: everything up to (xid, event_id)."""

    name = fields.CharField(max_length=64, primary_key=True)
    xid = fields.BigIntField(default=0)
    event_id = fields.BigIntField(default=0)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "follower_position"


class Alert(Identified):
    """`key` names the fault: while it is open it is raised once."""

    kind = fields.CharField(max_length=64)
    severity = fields.CharEnumField(AlertSeverity, max_length=10)
    message = fields.TextField()
    key = fields.CharField(max_length=200)
    raised_at = fields.DatetimeField()
    cleared_at = fields.DatetimeField(null=True)
    cleared_by = fields.CharField(max_length=254, null=True)
    note = fields.TextField(null=True)
    order: Any = link("Order", null=True, db_index=True)
    order_id: UUID | None
    shipping_order: Any = link("ShippingOrder", null=True, db_index=True)
    shipping_order_id: UUID | None
    rma: Any = link("Return", null=True, db_index=True)
    rma_id: UUID | None
    payment: Any = link("Payment", null=True)
    payment_id: UUID | None
    site: Any = link("InventorySite", null=True)
    site_id: UUID | None
    sku = fields.CharField(max_length=100, null=True)
    assignee: Any = link("User", null=True, description="who sees to it")
    assignee_id: UUID | None
    snoozed_until = fields.DatetimeField(null=True)

    class Meta:
        table = "alert"
        indexes = (Index(fields=("raised_at", "id"), name="ix_alert_raised_at"),)
        constraints = (
            one_of("alert", "severity", AlertSeverity),
            UniqueConstraint(fields=("key",), name="uq_alert_open", condition="cleared_at IS NULL"),
        )


class AlertRule(Identified):
    """A version of a rule that raises alerts; its condition is never changed once made. One of a name is active."""

    name = fields.CharField(max_length=50)
    version = fields.IntField()
    active = fields.BooleanField(default=True)
    trigger = fields.CharEnumField(AlertTrigger, max_length=10)
    watches = fields.CharField(max_length=64, description="a kind of event, or a queue")
    when = fields.TextField(null=True)
    severity = fields.CharEnumField(AlertSeverity, max_length=10)
    message = fields.CharField(max_length=500)
    clears_on = ArrayField(element_type="text", default=list, description="kinds of events")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "alert_rule"
        constraints = (
            one_of("alert_rule", "trigger", AlertTrigger),
            one_of("alert_rule", "severity", AlertSeverity),
            UniqueConstraint(fields=("name", "version"), name="uq_alert_rule"),
            UniqueConstraint(fields=("name",), name="uq_alert_rule_active", condition="active"),
        )


class IdempotencyKey(Model):
    """A command that took effect, written in its transaction. `response` is stored after it was answered."""

    id = fields.BigIntField(primary_key=True, generated=True)
    actor = fields.CharField(max_length=254)
    key = fields.CharField(max_length=200)
    request_hash = fields.CharField(max_length=64, description="SHA-256 of the request body, hex")
    subject_type = fields.CharField(max_length=32, null=True)
    subject_id = fields.UUIDField(null=True)
    response: Any = fields.JSONField(null=True)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "idempotency_key"
        indexes = (Index(fields=("at",), name="ix_idempotency_key_at"),)
        constraints = (UniqueConstraint(fields=("actor", "key"), name="uq_idempotency_key"),)

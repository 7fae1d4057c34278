"""Where orders come from, and how they are handled."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, one_of
from backend.rules.vocabulary import ChannelKind, LifecycleStep


class Channel(Identified):
    code = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(ChannelKind, max_length=20)
    currency = fields.CharField(max_length=3)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "channel"
        constraints = (one_of("channel", "kind", ChannelKind),)


class Workflow(Identified):
    """A version of a workflow; never changed once made. The first active one that applies is pinned at entry."""

    name = fields.CharField(max_length=200)
    version = fields.IntField(default=1)
    active = fields.BooleanField(default=True)
    position = fields.IntField(default=100, description="lower is asked first")
    applies_when = fields.TextField(null=True, description="CEL over the order")
    steps: Any = fields.JSONField(description='{"PAYMENT": {"mode": "AUTOMATIC", "when": null, "delaySeconds": 0}, …}')
    capture_on = fields.CharEnumField(LifecycleStep, max_length=30)
    invoice_on = fields.CharEnumField(LifecycleStep, max_length=30)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "workflow"
        constraints = (
            UniqueConstraint(fields=("name", "version"), name="uq_workflow_name_version"),
            UniqueConstraint(fields=("name",), name="uq_workflow_active", condition="active"),
            check(
                "workflow",
                "capture_on",
                "capture_on IN ('ENTRY','APPROVAL','SHIPPING_ORDER_APPROVAL','SHIPMENT')",
            ),
            check(
                "workflow",
                "invoice_on",
                "invoice_on IN ('APPROVAL','SHIPPING_ORDER_APPROVAL','SHIPMENT')",
            ),
        )

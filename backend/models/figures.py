"""Figures of the dashboard by day, kept by the log's follower (reactions/fold_figures.py) and by nobody else.

Days are in UTC; amounts are minor units of `currency`. `site` is a site's id, or empty.
"""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from backend.models.base import one_of
from backend.rules.vocabulary import OrderState, SalesBy, ServiceStep


class SalesFigure(Model):
    """What was sold of a day's orders, cut in three ways: all of them, by item, and by the site that ships them."""

    id = fields.BigIntField(primary_key=True, generated=True)
    cut = fields.CharEnumField(SalesBy, max_length=10)
    day = fields.DateField()
    channel_id = fields.UUIDField()
    site = fields.CharField(max_length=36, default="")
    sku = fields.CharField(max_length=100, default="")
    currency = fields.CharField(max_length=3)
    orders = fields.BigIntField()
    units = fields.BigIntField()
    revenue = fields.BigIntField()

    class Meta:
        table = "sales_figure"
        constraints = (
            one_of("sales_figure", "cut", SalesBy),
            UniqueConstraint(fields=("cut", "day", "channel_id", "site", "sku", "currency"), name="uq_sales_figure"),
        )


class ServiceFigure(Model):
    """How long a step took that was done on a day: how often, in buckets of seconds whose width grows by a fifth.

    Of those `due` had a time to be done by, and of these `in_time` were.
    """

    id = fields.BigIntField(primary_key=True, generated=True)
    step = fields.CharEnumField(ServiceStep, max_length=20)
    day = fields.DateField()
    channel_id = fields.UUIDField()
    site = fields.CharField(max_length=36, default="")
    bucket = fields.IntField(description="4 * log2 of the seconds, rounded down")
    done = fields.BigIntField()
    due = fields.BigIntField()
    in_time = fields.BigIntField()

    class Meta:
        table = "service_figure"
        constraints = (
            one_of("service_figure", "step", ServiceStep),
            UniqueConstraint(fields=("step", "day", "channel_id", "site", "bucket"), name="uq_service_figure"),
        )


class WorkflowFigure(Model):
    """How many open orders stand in a state that were entered with a version of a workflow."""

    id = fields.BigIntField(primary_key=True, generated=True)
    workflow_id = fields.UUIDField()
    state = fields.CharEnumField(OrderState, max_length=20)
    orders = fields.BigIntField()

    class Meta:
        table = "workflow_figure"
        constraints = (
            one_of("workflow_figure", "state", OrderState),
            UniqueConstraint(fields=("workflow_id", "state"), name="uq_workflow_figure"),
        )


class OrderFigures(Model):
    """What the figures have of an order: taken away again when the order has changed."""

    order_id = fields.UUIDField(primary_key=True)
    sales: Any = fields.JSONField(default=list)
    service: Any = fields.JSONField(default=list)
    workflow: Any = fields.JSONField(default=list)

    class Meta:
        table = "order_figures"

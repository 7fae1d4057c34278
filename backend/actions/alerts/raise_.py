"""Raise an alert: something needs a person. A fault is told once while it is open; a critical one holds its order."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.suspend import hold
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.rules.permissions import Actor
from backend.rules.vocabulary import AlertSeverity, OrderState

_INSERT = """
INSERT INTO alert (id, kind, severity, message, key, raised_at, order_id, shipping_order_id, rma_id, payment_id,
                   site_id, sku)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (key) WHERE cleared_at IS NULL DO NOTHING
RETURNING id
"""


async def raise_alert(
    tx: Transaction,
    actor: Actor,
    kind: str,
    severity: AlertSeverity,
    message: str,
    *,
    key: str,
    order_id: UUID | None = None,
    shipping_order_id: UUID | None = None,
    rma_id: UUID | None = None,
    payment_id: UUID | None = None,
    site_id: UUID | None = None,
    sku: str | None = None,
) -> UUID | None:
    """The new alert's id, or None where one of this `key` is open already. The caller has locked the order's row.

    A critical alert suspends the order by a hold of its own, unless nothing happens to the order any more.
    """
    alert_id: UUID | None = await tx.fetchval(
        _INSERT,
        uuid7(),
        kind,
        severity.value,
        message,
        key,
        tx.now,
        order_id,
        shipping_order_id,
        rma_id,
        payment_id,
        site_id,
        sku,
    )
    if alert_id is None:
        return None
    record(
        tx,
        actor,
        "alert.raised",
        message,
        subject=("Alert", alert_id),
        order_id=order_id,
        data={"kind": kind, "severity": severity.value, "key": key},
    )
    if severity is AlertSeverity.CRITICAL and order_id is not None:
        order = await Order.get(id=order_id)
        if order.state not in (OrderState.CLOSED, OrderState.CANCELLED):
            await hold(tx, actor, order, kind, message, alert_id)
    return alert_id

"""What comes of asking an alert rule: an alert, raised once while it is open, or one that is cleared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.actions.alerts.raise_ import raise_alert
from backend.events import Position, save_position
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.log import AlertRule as AlertRuleRow
from backend.rules.alert_rules import kind_of
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity

FOLLOWER = "alert_rules"
#: What an alert is about besides the order, by the subject of the event.
_ABOUT = {
    "ShippingOrder": "shipping_order_id",
    "Return": "rma_id",
    "Payment": "payment_id",
    "InventorySite": "site_id",
}


def _key(rule: AlertRuleRow, event: Row) -> str:
    return f"{kind_of(rule.name)}:{event['order_id'] or event['subject_id']}"


@retried
async def settle(
    event: Row, raises: list[AlertRuleRow], clears: list[AlertRuleRow], failures: list[tuple[AlertRuleRow, str]]
) -> None:
    """What one event has come to, once: with the follower's position."""
    async with transaction() as tx:
        at = await tx.fetchrow("SELECT xid, event_id FROM follower_position WHERE name = $1 FOR UPDATE", FOLLOWER)
        if at is None or Position(at["xid"], at["event_id"]) >= Position.of(event):
            return
        if event["order_id"] is not None:
            await tx.execute("SELECT 1 FROM sales_order WHERE id = $1 FOR NO KEY UPDATE", event["order_id"])
        for rule in clears:
            await clear_in(tx, SYSTEM, key=_key(rule, event), note=f"{event['kind']}.")
        for rule in raises:
            await raise_alert(
                tx,
                SYSTEM,
                kind_of(rule.name),
                rule.severity,
                rule.message,
                key=_key(rule, event),
                order_id=event["order_id"],
                **_about(event),
            )
        for rule, why in failures:
            await _tell(tx, rule, why)
        await save_position(tx, FOLLOWER, Position.of(event))


def _about(event: Row) -> dict[str, Any]:
    name, subject_id = _ABOUT.get(event["subject_type"]), event["subject_id"]
    about = {name: subject_id} if name is not None and isinstance(subject_id, UUID) else {}
    return about | _sku(json.loads(event["data"]))


def _sku(data: Mapping[str, Any]) -> dict[str, str]:
    """Of an event about one SKU alone."""
    skus = data.get("skus") or [data.get("sku")]
    return {"sku": skus[0]} if len(skus) == 1 and isinstance(skus[0], str) else {}


@retried
async def settle_queue(rule: AlertRuleRow, holds: bool, why: str | None) -> None:
    """The alert of a queue stands while the condition holds. `why`: the condition cannot be asked."""
    async with transaction() as tx:
        if not await tx.fetchval("SELECT active FROM alert_rule WHERE id = $1 FOR SHARE", rule.id):
            return
        if why is not None:
            await _tell(tx, rule, why)
        elif holds:
            await raise_alert(tx, SYSTEM, kind_of(rule.name), rule.severity, rule.message, key=kind_of(rule.name))
        else:
            await clear_in(tx, SYSTEM, key=kind_of(rule.name))


async def _tell(tx: Transaction, rule: AlertRuleRow, why: str) -> None:
    """A rule that cannot be asked is told of once, while that is open."""
    message = f"The alert rule {rule.name}, version {rule.version}, cannot be asked: {why}"
    key = f"alert_rule.failed:{rule.id}"
    await raise_alert(tx, SYSTEM, "alert_rule.failed", AlertSeverity.WARNING, message[:500], key=key)

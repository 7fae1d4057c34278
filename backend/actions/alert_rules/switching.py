"""Versions of alert rules: written, and one of a name active at a time."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.events import record
from backend.models.db import Transaction
from backend.models.log import AlertRule as AlertRuleRow
from backend.rules.alert_rules import AlertRule, kind_of
from backend.rules.permissions import Actor


async def lock_alert_rules(tx: Transaction) -> None:
    """One change of alert rules at a time; they are asked meanwhile."""
    await tx.execute("LOCK TABLE alert_rule IN SHARE ROW EXCLUSIVE MODE")


async def switch_off(tx: Transaction, actor: Actor, name: str) -> None:
    """Deactivate the active version, if there is one, and clear the alert of its queue."""
    row = await tx.fetchrow(
        "UPDATE alert_rule SET active = false WHERE active AND name = $1 RETURNING id, version", name
    )
    if row is None:
        return
    await clear_in(tx, actor, key=kind_of(name), note="The rule has ended.")
    record(
        tx,
        actor,
        "alert_rule.updated",
        f"Alert rule {name}, version {row['version']}, has ended.",
        subject=("AlertRule", row["id"]),
        data={"name": name, "version": row["version"], "active": False},
    )


async def write(tx: Transaction, actor: Actor, rule: AlertRule, version: int) -> UUID:
    """The id of the version, which is new and active."""
    made = await AlertRuleRow.create(
        name=rule.name,
        version=version,
        trigger=rule.trigger,
        watches=rule.watches,
        when=rule.when,
        severity=rule.severity,
        message=rule.message,
        clears_on=list(rule.clears_on),
    )
    record(
        tx,
        actor,
        "alert_rule.created",
        f"Alert rule {rule.name}, version {version}.",
        subject=("AlertRule", made.id),
        data={"name": rule.name, "version": version, "active": True},
    )
    return made.id

"""Bring an order's alerts in line with what it waits for: raised while it does, cleared when it no longer does."""

from __future__ import annotations

from collections.abc import Sequence

from backend.actions.alerts.clear import clear_in
from backend.actions.alerts.raise_ import raise_alert
from backend.actions.orders.locking import lock_order
from backend.models import db
from backend.models.db import retried, transaction
from backend.rules.assessment import ALERTS, Wait
from backend.rules.facts import Facts
from backend.rules.permissions import SYSTEM

_KINDS = [kind for kind, _, _ in ALERTS.values()]


@retried
async def sync_alerts(facts: Facts, waits: Sequence[Wait]) -> None:
    """One open alert for each kind that `waits` call for; nothing is written when nothing has changed."""
    wanted = {ALERTS[wait.reason][0]: wait for wait in reversed(waits) if wait.reason in ALERTS}
    known = {
        row["kind"]
        for row in await db.fetch(
            "SELECT kind FROM alert WHERE order_id = $1 AND cleared_at IS NULL AND kind = ANY($2)", facts.id, _KINDS
        )
    }
    if known == set(wanted):
        return
    async with transaction() as tx:
        _ = await lock_order(tx, SYSTEM, facts.id)
        for kind in known - set(wanted):
            await clear_in(tx, SYSTEM, key=alert_key(kind, facts))
        for kind in sorted(set(wanted) - known):
            wait = wanted[kind]
            _, severity, message = ALERTS[wait.reason]
            about_payment = wait.subject_id if kind.startswith("payment.") else None
            await raise_alert(
                tx,
                SYSTEM,
                kind,
                severity,
                f"{message} {wait.detail}" if wait.detail else message,
                key=alert_key(kind, facts),
                order_id=facts.id,
                payment_id=about_payment,
            )


def alert_key(kind: str, facts: Facts) -> str:
    return f"{kind}:{facts.id}"

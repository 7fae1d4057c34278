"""Digests of alerts: those that are due are written down, in the scope of whom they are for, and sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.actions.alerts.plan_digest import DueDigest, due_digests, plan_digest
from backend.actions.alerts.send_digest import send_due
from backend.actions.people.authenticate import actor_of
from backend.integrations import mail
from backend.queries.digests import new_alerts
from backend.rules.vocabulary import AlertSeverity, DigestWay

#: An alert can be read a moment after the time at which it was raised: those of the last minute are the next digest's.
_SETTLED = timedelta(minutes=1)


async def send_digests() -> None:
    ways = [DigestWay.MAIL.value] if mail.current() is not None else []
    for due in await due_digests(ways):
        await _plan(due)
    while await send_due():
        pass


async def _plan(due: DueDigest) -> None:
    upto = datetime.now(UTC) - _SETTLED
    actor = await actor_of(f"user:{due.user_id}")
    severity = AlertSeverity(due.severity_from)
    contents = await new_alerts(actor, severity, due.since, upto) if actor is not None else None
    await plan_digest(due, upto, contents)

"""Put an alert off: until then it is not among those that want somebody now. The hold of a critical one stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from backend.actions.alerts.locking import lock_open_alert
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor

_LONGEST = timedelta(days=90)


@retried
async def snooze(actor: Actor, alert_id: UUID, until: datetime | None) -> None:
    """With None it is back at once."""
    async with transaction() as tx:
        if until is not None and not tx.now < until <= tx.now + _LONGEST:
            raise refused(ErrorCode.INVALID, f"That is within the next {_LONGEST.days} days.", "until")
        alert = await lock_open_alert(tx, actor, alert_id)
        alert.snoozed_until = until
        await alert.save(update_fields=["snoozed_until"])
        record(
            tx,
            actor,
            "alert.snoozed",
            f"Put off until {until:%Y-%m-%d %H:%M %Z}." if until else "Not put off any more.",
            subject=("Alert", alert.id),
            order_id=alert.order_id,
            data={"kind": alert.kind, "until": until},
        )

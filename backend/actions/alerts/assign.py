"""Say who sees to an alert, or that nobody does."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.locking import lock_open_alert
from backend.errors import not_found
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.people import User
from backend.rules.permissions import Actor


@retried
async def assign(actor: Actor, alert_id: UUID, user_id: UUID | None) -> None:
    async with transaction() as tx:
        alert = await lock_open_alert(tx, actor, alert_id)
        user = None if user_id is None else await User.filter(id=user_id, active=True).first()
        if user_id is not None and user is None:
            raise not_found("user", "user_id")
        alert.assignee_id = user_id
        await alert.save(update_fields=["assignee_id"])
        record(
            tx,
            actor,
            "alert.assigned",
            f"Assigned to {user.name if user else 'nobody'}.",
            subject=("Alert", alert.id),
            order_id=alert.order_id,
            data={"kind": alert.kind, "user_id": user_id},
        )

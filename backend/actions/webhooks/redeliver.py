"""Send again: one delivery whatever became of it, or all that were given up. The id under which it is known stays."""

from __future__ import annotations

from uuid import UUID

from backend.actions.alerts.clear import clear_in
from backend.actions.webhooks.deliver import alert_key
from backend.errors import not_found
from backend.events import record
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor

_AGAIN = """
WITH again AS (
    UPDATE webhook_delivery SET state = 'PENDING', attempts = 0, next_at = $3, settled_at = NULL, failure = NULL
     WHERE webhook_id = $1 AND CASE WHEN $2::uuid IS NULL THEN state = 'DEAD'
                                    ELSE id = $2 AND state IN ('DEAD', 'DELIVERED', 'PENDING') END
 RETURNING 1)
SELECT count(*) FROM again
"""


@retried
async def redeliver(actor: Actor, webhook_id: UUID, delivery_id: UUID | None = None) -> UUID:
    async with transaction() as tx:
        if not await tx.fetchval("SELECT 1 FROM webhook WHERE id = $1 FOR UPDATE", webhook_id):
            raise not_found("webhook", "webhook_id")
        known = "SELECT 1 FROM webhook_delivery WHERE id = $1 AND webhook_id = $2"
        if delivery_id is not None and not await tx.fetchval(known, delivery_id, webhook_id):
            raise not_found("delivery", "delivery_id")
        count = await tx.fetchval(_AGAIN, webhook_id, delivery_id, tx.now)
        dead = "SELECT 1 FROM webhook_delivery WHERE webhook_id = $1 AND state = 'DEAD' LIMIT 1"
        if not await tx.fetchval(dead, webhook_id):
            await clear_in(tx, actor, key=alert_key(webhook_id))
        if count:
            message = f"{count} deliveries are sent again."
            record(tx, actor, "webhook.redelivered", message, subject=("Webhook", webhook_id))
    return webhook_id

"""Send what webhooks are to be told: claim, call, settle. Each arrives at least once, those of an order in order.

What was claimed by a worker that died is sent again, under the same id. What was refused or not answered is tried again
for three days (rules/webhooks), and holds back what happened to its order later; then it is DEAD and an alert tells.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from backend.actions.alerts.raise_ import raise_alert
from backend.config import get_settings
from backend.integrations.webhooks import Answer, Sender, sender_of
from backend.models import db
from backend.models.db import outside_transaction, retried, transaction
from backend.rules.names import opaque_id
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity
from backend.rules.webhooks import signature, wait_after

#: Of each webhook, at once.
_AT_ONCE = 10
#: Minutes after which whoever claimed a delivery is not at it any more.
LOST_AFTER = 5
_LOST = """
UPDATE webhook_delivery SET state = 'PENDING', next_at = now(), failure = 'The worker was lost.'
 WHERE state = 'SENDING' AND claimed_at < now() - make_interval(mins => $1)
"""
_CLAIM = """
WITH due AS (
    SELECT d.id FROM webhook w CROSS JOIN LATERAL (
        SELECT p.id FROM webhook_delivery p
         WHERE p.webhook_id = w.id AND p.state = 'PENDING' AND p.next_at <= now()
           AND NOT EXISTS (SELECT 1 FROM webhook_delivery b
                            WHERE b.webhook_id = p.webhook_id AND b.order_id = p.order_id
                              AND b.state IN ('PENDING', 'SENDING')
                              AND (b.event_xid, b.event_id) < (p.event_xid, p.event_id))
         ORDER BY p.event_xid, p.event_id LIMIT $1 FOR UPDATE SKIP LOCKED) d
     WHERE w.active
), claimed AS (
    UPDATE webhook_delivery d SET state = 'SENDING', claimed_at = now(), attempts = attempts + 1
      FROM due WHERE d.id = due.id RETURNING d.*
)
SELECT c.id, c.webhook_id, c.attempts, w.url, w.secret, e.kind, e.at, e.sequence, e.subject_type, e.subject_id,
       e.message, e.data, o.id AS order_id, o.number, o.external_id, h.code AS channel
  FROM claimed c JOIN webhook w ON w.id = c.webhook_id JOIN event e ON e.id = c.event_id
  LEFT JOIN sales_order o ON o.id = c.order_id LEFT JOIN channel h ON h.id = o.channel_id
"""
_SETTLE = """
UPDATE webhook_delivery SET state = $3::text, response_code = $4, failure = $5, next_at = $6,
       settled_at = CASE WHEN $3::text = 'PENDING' THEN NULL ELSE $7::timestamptz END
 WHERE id = $1 AND state = 'SENDING' AND attempts = $2
"""


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: UUID
    webhook_id: UUID
    attempts: int
    url: str
    secret: str
    body: bytes


async def deliver_due() -> int:
    """How many were taken up."""
    await db.execute(_LOST, LOST_AFTER)
    claimed = [_claimed(row) for row in await db.fetch(_CLAIM, _AT_ONCE)]
    if claimed:
        sender = _sender()
        await asyncio.gather(*(_deliver(sender, one) for one in claimed))
    return len(claimed)


def alert_key(webhook_id: UUID) -> str:
    return f"webhook.dead:{webhook_id}"


@lru_cache(maxsize=1)
def _sender() -> Sender:
    return sender_of(get_settings())


async def _deliver(sender: Sender, one: _Claimed) -> None:
    outside_transaction("the receiver of a webhook")
    known_as, timestamp = f"msg_{one.id.hex}", int(datetime.now(UTC).timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Crossdock",
        "webhook-id": known_as,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(one.secret, known_as, timestamp, one.body),
    }
    await _settle(one, await sender.post(one.url, headers, one.body))


@retried
async def _settle(one: _Claimed, answer: Answer) -> None:
    """Only by whoever claimed it."""
    wait = None if answer.taken else wait_after(one.attempts)
    state = "DELIVERED" if answer.taken else "DEAD" if wait is None else "PENDING"
    async with transaction() as tx:
        again = tx.now + wait if wait else tx.now
        given = (one.id, one.attempts, state, answer.code, answer.failure, again, tx.now)
        if await tx.execute(_SETTLE, *given) and state == "DEAD":
            told = f"A webhook did not arrive at {one.url} and was given up: {answer.failure}"
            key = alert_key(one.webhook_id)
            await raise_alert(tx, SYSTEM, "webhook.dead", AlertSeverity.WARNING, told, key=key)


def _claimed(row: db.Row) -> _Claimed:
    order = {"number": row["number"], "externalId": row["external_id"], "channel": row["channel"]}
    subject = row["subject_id"] and opaque_id(row["subject_type"], row["subject_id"])
    data: dict[str, Any] = {
        "order": {"id": opaque_id("Order", row["order_id"]), **order} if row["order_id"] else None,
        "sequence": row["sequence"],
        "subject": {"type": row["subject_type"], "id": subject},
        "message": row["message"],
        "details": json.loads(row["data"]),
    }
    body = json.dumps({"type": row["kind"], "timestamp": row["at"].isoformat(), "data": data}, ensure_ascii=False)
    return _Claimed(row["id"], row["webhook_id"], row["attempts"], row["url"], row["secret"], body.encode())

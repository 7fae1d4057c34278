"""Write down a digest that is due, so that it is sent once, and say when the next one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.models import db
from backend.models.base import uuid7
from backend.models.db import retried, transaction
from backend.models.digests import AlertDigest
from backend.rules.digests import next_due

_DUE = """
SELECT d.id, d.user_id, d.severity_from, d.next_at, s.sent_upto FROM alert_digest d
 CROSS JOIN LATERAL (SELECT max(upto) AS sent_upto FROM alert_digest_sending
                      WHERE digest_id = d.id AND state = 'SENT') s
 WHERE d.next_at <= now() AND d.way = ANY($1)
   AND NOT EXISTS (SELECT 1 FROM alert_digest_sending u WHERE u.digest_id = d.id AND u.state = 'SENDING')
 ORDER BY d.next_at LIMIT $2
"""
_SENT_UPTO = "SELECT max(upto) FROM alert_digest_sending WHERE digest_id = $1 AND state = 'SENT'"
_UNDER_WAY = "SELECT 1 FROM alert_digest_sending WHERE digest_id = $1 AND state = 'SENDING'"
_SUPERSEDE = """
UPDATE alert_digest_sending SET state = 'SUPERSEDED', settled_at = $2 WHERE digest_id = $1 AND state = 'PENDING'
"""
_WRITE = """
INSERT INTO alert_digest_sending (id, digest_id, due_at, since, upto, contents, state, attempts, next_at)
VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', 0, $7)
"""


@dataclass(frozen=True, slots=True)
class DueDigest:
    """`since`: until when alerts were told of by the last one that was sent."""

    id: UUID
    user_id: UUID
    severity_from: str
    due_at: datetime
    since: datetime | None


async def due_digests(ways: list[str], limit: int = 100) -> list[DueDigest]:
    rows = await db.fetch(_DUE, ways, limit)
    return [DueDigest(it["id"], it["user_id"], it["severity_from"], it["next_at"], it["sent_upto"]) for it in rows]


@retried
async def plan_digest(due: DueDigest, upto: datetime, contents: Mapping[str, Any] | None) -> UUID | None:
    """The sending; None where there is nothing to tell, or another worker was quicker.

    One that could not be sent so far is given up for this one, which has its alerts too.
    """
    async with transaction() as tx:
        digest = await AlertDigest.filter(id=due.id).select_for_update().first()
        if digest is None or digest.next_at != due.due_at:
            return None
        if await tx.fetchval(_UNDER_WAY, due.id) or await tx.fetchval(_SENT_UPTO, due.id) != due.since:
            return None  # What is new is known when that is settled.
        digest.next_at = next_due(digest.pace, digest.hour, digest.timezone, tx.now)
        await digest.save(update_fields=["next_at"])
        if contents is None:
            return None
        await tx.execute(_SUPERSEDE, due.id, tx.now)
        made = uuid7()
        await tx.execute(_WRITE, made, due.id, due.due_at, due.since, upto, db.jsonb(contents), tx.now)
        return made

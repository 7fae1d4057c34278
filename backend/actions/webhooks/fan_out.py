"""Write down who is to be told of events: one delivery for each webhook and event, however often it is read."""

from __future__ import annotations

from collections.abc import Sequence

from backend.models.db import Transaction
from backend.rules.webhooks import FAMILIES

_FAN_OUT = """
INSERT INTO webhook_delivery (id, webhook_id, event_id, event_xid, topic, order_id, state, attempts, next_at,
                              created_at)
SELECT gen_random_uuid(), w.id, e.id, e.xid, e.kind, e.order_id, 'PENDING', 0, now(), now()
  FROM event e JOIN webhook w ON e.at >= w.created_at
   AND w.topics && ARRAY['*', e.kind::text, split_part(e.kind, '.', 1) || '.*']
 WHERE e.id = ANY($1) AND split_part(e.kind, '.', 1) = ANY($2)
    ON CONFLICT (webhook_id, event_id) DO NOTHING
"""


async def fan_out(tx: Transaction, event_ids: Sequence[int]) -> None:
    await tx.execute(_FAN_OUT, list(event_ids), list(FAMILIES))

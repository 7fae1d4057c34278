"""Settle what gateways have not been heard of: every open intent that is old enough is asked for by its key."""

from __future__ import annotations

import structlog

from backend.actions.payments.reconcile import reconcile
from backend.errors import Refused
from backend.models import db
from backend.rules.permissions import SYSTEM

log = structlog.get_logger(__name__)

#: A call takes at most this long (seconds); an intent that is older has lost its caller.
PENDING_FOR = 60.0
UNCERTAIN_FOR = 2.0
#: An authorization that was written down at entry and never called waits for its order; a cancelled order calls nobody.
_OPEN = """
SELECT t.id FROM payment_transaction t JOIN sales_order o ON o.id = t.order_id
 WHERE (t.state = 'PENDING' AND t.at < now() - make_interval(secs => $1)
        AND (t.kind <> 'AUTHORIZE' OR t.attempts > 0 OR o.state = 'CANCELLED'))
    OR (t.state = 'UNCERTAIN' AND t.at < now() - make_interval(secs => $2))
 ORDER BY t.at LIMIT $3
"""


async def settle_open(pending_for: float = PENDING_FOR, uncertain_for: float = UNCERTAIN_FOR, limit: int = 200) -> int:
    """How many intents were asked about."""
    rows = await db.fetch(_OPEN, pending_for, uncertain_for, limit)
    for row in rows:
        try:
            await reconcile(SYSTEM, row["id"])
        except Refused as refusal:
            log.info("payment.not_settled_yet", transaction=str(row["id"]), reason=str(refusal))
    return len(rows)

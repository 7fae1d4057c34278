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


async def settle_open(pending_for: float = PENDING_FOR, uncertain_for: float = UNCERTAIN_FOR, limit: int = 200) -> int:
    """How many intents were asked about."""
    rows = await db.fetch(
        "SELECT t.id FROM payment_transaction t JOIN payment p ON p.id = t.payment_id"
        " WHERE (t.state = 'PENDING' AND t.kind <> 'AUTHORIZE' AND t.at < now() - make_interval(secs => $1))"
        " OR (t.state = 'PENDING' AND t.kind = 'AUTHORIZE' AND t.attempts > 0"
        "     AND t.at < now() - make_interval(secs => $1))"
        " OR (t.state = 'UNCERTAIN' AND t.at < now() - make_interval(secs => $2)) ORDER BY t.at LIMIT $3",
        pending_for,
        uncertain_for,
        limit,
    )
    for row in rows:
        try:
            await reconcile(SYSTEM, row["id"])
        except Refused as refusal:
            log.info("payment.not_settled_yet", transaction=str(row["id"]), reason=str(refusal))
    return len(rows)

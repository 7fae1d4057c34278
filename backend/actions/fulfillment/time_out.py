"""What nobody did in time: shipping orders that nobody claims go back to allocation, pick-ups that nobody collects are
cancelled back to stock and refunded. Swept by the worker.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.orders.cancel import cancel_collection
from backend.config import get_settings
from backend.errors import Refused
from backend.models import db
from backend.rules.permissions import SYSTEM

log = structlog.get_logger(__name__)

NOT_CLAIMED = "NOT_CLAIMED"
NOT_COLLECTED = "NOT_COLLECTED"
_BATCH = 200

_WAITING = """
SELECT s.id, s.version FROM shipping_order s JOIN sales_order o ON o.id = s.order_id
 WHERE s.state = $1 AND s.state_since < now() - $2::interval AND s.delivery_method = ANY($3) AND NOT o.suspended
 ORDER BY s.state_since LIMIT $4
"""


async def time_out_unclaimed() -> int:
    """Shipping orders that went back; their site is not asked for that order again. Pick-ups have no other and stay."""
    after = timedelta(hours=get_settings().claim_hours)
    done = 0
    for row in await db.fetch(_WAITING, "WAITING_ASSIGNMENT", after, ["SHIP"], _BATCH):
        done += await _rejected(row["id"], row["version"])
    return done


async def _rejected(shipping_order_id: UUID, version: int) -> bool:
    try:
        await reject(SYSTEM, RejectCommand(shipping_order_id, NOT_CLAIMED, expected_version=version))
    except Refused as refusal:  # somebody has claimed it meanwhile
        log.info("time_out.refused", shipping_order=str(shipping_order_id), reason=str(refusal))
        return False
    return True


async def time_out_uncollected() -> int:
    """Pick-ups that were cancelled; what was paid for them is given back by the order's own way."""
    after = timedelta(days=get_settings().pickup_days)
    done = 0
    for row in await db.fetch(_WAITING, "READY_FOR_PICKUP", after, ["PICKUP"], _BATCH):
        try:
            await cancel_collection(SYSTEM, row["id"], NOT_COLLECTED, row["version"])
            done += 1
        except Refused as refusal:  # somebody has come meanwhile
            log.info("time_out.refused", shipping_order=str(row["id"]), reason=str(refusal))
    return done

"""How sites send off, and what stands before the next order there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from backend.models import db
from backend.rules.dispatch import Dispatch, Load
from backend.rules.vocabulary import Weekday

_EVERY_DAY = frozenset(Weekday)
#: Of sites that have a capacity, by indexes alone.
_LOADS = """
SELECT s.id, w.units AS waiting, d.units AS sent FROM inventory_site s
 CROSS JOIN LATERAL (
     SELECT count(*) AS units FROM shipping_order o WHERE o.site_id = s.id AND o.state = ANY(
         '{WAITING_APPROVAL,WAITING_ASSIGNMENT,WAITING_PICK,WAITING_PACK,WAITING_SHIPMENT}'::text[])
 /*before*/) w
 CROSS JOIN LATERAL (
     SELECT count(*) AS units FROM shipping_order o WHERE o.site_id = s.id
        AND o.fulfilled_at >= date_trunc('day', $2::timestamptz AT TIME ZONE s.timezone) AT TIME ZONE s.timezone) d
 WHERE s.id = ANY($1) AND s.daily_capacity IS NOT NULL
"""
#: What came before the shipping order that waits there of this order; their ids go by time.
_LOADS_BEFORE = _LOADS.replace(
    "/*before*/",
    "AND o.id < ALL (SELECT m.id FROM shipping_order m WHERE m.order_id = $3 AND m.site_id = s.id"
    " AND m.state IN ('WAITING_APPROVAL', 'WAITING_ASSIGNMENT'))",
)


def dispatch_of(
    timezone: str,
    cut_off_minute: int | None,
    working_days: Sequence[str] | None,
    closed_on: Sequence[date] | None,
    handling_days: int,
    daily_capacity: int | None,
) -> Dispatch:
    """From the columns of a site."""
    return Dispatch(
        timezone,
        cut_off_minute,
        frozenset(Weekday(day) for day in working_days) if working_days else _EVERY_DAY,
        frozenset(closed_on or ()),
        handling_days,
        daily_capacity,
    )


async def loads(
    sites: Sequence[tuple[UUID, Dispatch]], now: datetime, order_id: UUID | None = None
) -> dict[UUID, Load]:
    """Of those that have a capacity: what stands before the next order there, or before this one where it waits."""
    limited = [site_id for site_id, dispatch in sites if dispatch.daily_capacity is not None]
    if not limited:
        return {}
    found = await (db.fetch(_LOADS_BEFORE, limited, now, order_id) if order_id else db.fetch(_LOADS, limited, now))
    return {record["id"]: Load(record["waiting"], record["sent"]) for record in found}

"""Who has an order open now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.models import db

#: Seconds after the last sign of life for which a window still counts as open.
EXPIRES = 40

_VIEWERS = """
SELECT v.order_id, v.user_id, u.name, min(v.since) AS since
  FROM order_viewer v JOIN app_user u ON u.id = v.user_id
 WHERE v.order_id = ANY($1) AND v.seen_at > now() - make_interval(secs => $2) AND u.active
 GROUP BY v.order_id, v.user_id, u.name
 ORDER BY since, v.user_id
"""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person, however many windows they have; `since` is that of the first."""

    user_id: UUID
    name: str
    since: datetime


async def viewers(order_ids: Collection[UUID]) -> dict[UUID, tuple[Viewer, ...]]:
    """Of these orders, by whoever came first."""
    found: dict[UUID, tuple[Viewer, ...]] = dict.fromkeys(order_ids, ())
    for row in await db.fetch(_VIEWERS, list(found), EXPIRES):
        found[row["order_id"]] += (Viewer(row["user_id"], row["name"], row["since"]),)
    return found

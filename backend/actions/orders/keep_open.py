"""Who has which order open: signs of life of a process's windows, and those that were closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.models import db

_KEEP = """
WITH closed AS (DELETE FROM order_viewer WHERE id = ANY($5::uuid[]))
INSERT INTO order_viewer (id, order_id, user_id, since, seen_at)
SELECT w.id, w.order_id, w.user_id, w.since, now()
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS w(id, order_id, user_id, since)
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""


@dataclass(frozen=True, slots=True)
class Window:
    """In which a person has an order open."""

    id: UUID
    order_id: UUID
    user_id: UUID
    since: datetime


async def keep_open(windows: Collection[Window], closed: Collection[UUID]) -> None:
    """Those of a process that was killed are seen no more a while later; see queries/presence.py."""
    columns = ([getattr(window, name) for window in windows] for name in ("id", "order_id", "user_id", "since"))
    await db.execute(_KEEP, *columns, list(closed))

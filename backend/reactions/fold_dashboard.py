"""The follower that keeps what the dashboard shows: queues are counted by what changes, never by counting tables.

It alone writes those tables, one process at a time, so that no counter's row is in anybody's way. An order that an
event names is looked at as it stands, and differs from what is known of it or not: an event read twice does no harm.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from backend import events
from backend.models.db import Transaction, retried, transaction
from backend.queries.queues import FOLLOWER, records
from backend.reactions import following
from backend.reactions.fold_figures import fold_figures, refill_figures

log = structlog.get_logger(__name__)

#: Events that are folded in one transaction.
_BATCH = 2_000
_SAME = """
e.queue = r.queue AND e.subject_id = r.subject_id
   AND (e.channel_id, e.sites, e.since) = (r.channel_id, r.sites, r.since) AND e.from_at IS NOT DISTINCT FROM r.from_at
"""
#: What the entries `moved` make of the counts of the house, of channels and of sites.
_BY_SCOPE = """
SELECT queue, scope, sites, count(*) AS count FROM (
    SELECT queue, 'house' AS scope, '{}'::uuid[] AS sites FROM moved
    UNION ALL SELECT queue, 'channel:' || channel_id, '{}' FROM moved
    UNION ALL SELECT queue, scope, sites FROM moved WHERE sites <> '{}') each
 GROUP BY queue, scope, sites
"""
_MORE = f"""
INSERT INTO queue_count AS c (queue, scope, sites, count) {_BY_SCOPE}
    ON CONFLICT (queue, scope) DO UPDATE SET count = c.count + excluded.count
"""
_FEWER = f"""
UPDATE queue_count c SET count = c.count - m.count FROM ({_BY_SCOPE}) m WHERE c.queue = m.queue AND c.scope = m.scope
"""
_LEAVE = f"""
WITH stands AS MATERIALIZED ({records("$1::uuid[]")}), gone AS (
    DELETE FROM queue_entry e WHERE e.order_id = ANY($1::uuid[]) AND NOT EXISTS (SELECT 1 FROM stands r WHERE {_SAME})
    RETURNING e.*
), moved AS (SELECT * FROM gone WHERE counted)
{_FEWER}
"""
_ENTER = """
WITH come AS (
    INSERT INTO queue_entry (queue, subject_id, order_id, channel_id, sites, scope, since, from_at, counted)
    SELECT queue, subject_id, order_id, channel_id, sites, 'sites:' || md5(sites::text), since, from_at,
           from_at IS NULL OR from_at <= now()
      FROM ({records}) r
        ON CONFLICT (queue, subject_id) DO NOTHING RETURNING *
), moved AS (SELECT * FROM come WHERE counted)
"""
_COME = _ENTER.replace("{records}", records("$1::uuid[]")) + _MORE
#: A house that is filled for the first time, or anew.
FILL = _ENTER.replace("{records}", records()) + _MORE
_DUE = f"""
WITH moved AS (
    UPDATE queue_entry SET counted = TRUE WHERE NOT counted AND from_at <= now() RETURNING *
)
{_MORE}
"""


async def fold_dashboard() -> None:
    """Follow the log to its end, unless another process is at it."""
    if await events.find_position(FOLLOWER) is None:
        await refill()
    while await following.follow(FOLLOWER, _BATCH, _fold):
        pass


@retried
async def refill() -> None:
    """Everything anew, from the tables as they stand."""
    start = await events.head()
    async with transaction() as tx:
        if not await following.try_turn(tx, FOLLOWER):
            return
        for table in ("queue_entry", "queue_count"):
            await tx.execute(f"DELETE FROM {table}")
        await tx.execute(FILL)
        await refill_figures(tx)
        await events.save_position(tx, FOLLOWER, start)
    log.info("dashboard.filled")


async def _fold(tx: Transaction, orders: list[UUID]) -> None:
    """What the log and the clock have brought."""
    if orders:
        await _look_at(tx, orders)
    await tx.execute(_DUE)


async def _look_at(tx: Transaction, orders: list[UUID]) -> None:
    """What no longer stands as it did leaves, what stands and is not there comes."""
    await tx.execute(_LEAVE, orders)
    await tx.execute(_COME, orders)
    await fold_figures(tx, orders)

"""What the dashboard keeps against the tables that it is kept of."""

from __future__ import annotations

from backend.queries.invariants import Invariant
from backend.queries.queues import FOLLOWER, records

#: Orders of which the follower knows everything; none before it has ever looked.
_KNOWN = f"""
SELECT o.id FROM sales_order o JOIN follower_position p ON p.name = '{FOLLOWER}'
 WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id AND (e.xid, e.id) > (p.xid, p.event_id))
"""
_COUNTED = """
SELECT queue, scope, count(*) AS count FROM (
    SELECT queue, 'house' AS scope FROM queue_entry WHERE counted
    UNION ALL SELECT queue, 'channel:' || channel_id FROM queue_entry WHERE counted
    UNION ALL SELECT queue, scope FROM queue_entry WHERE counted AND sites <> '{}') each
 GROUP BY queue, scope
"""

DASHBOARD = (
    Invariant(
        "queue.entries",
        "The queues hold what their lists find, of every order whose log has been read to its end.",
        f"""
SELECT coalesce(r.queue, e.queue) AS queue, coalesce(r.order_id, e.order_id) AS order_id,
       r.subject_id AS found, e.subject_id AS held
  FROM (SELECT * FROM ({records()}) r WHERE r.order_id IN ({_KNOWN})) r
  FULL JOIN (SELECT * FROM queue_entry WHERE order_id IN ({_KNOWN})) e
         ON e.queue = r.queue AND e.subject_id = r.subject_id AND e.channel_id = r.channel_id AND e.sites = r.sites
            AND e.since = r.since AND coalesce(e.from_at, '-infinity') = coalesce(r.from_at, '-infinity')
 WHERE r.queue IS NULL OR e.queue IS NULL""",
    ),
    Invariant(
        "queue.counts",
        "A queue's count is the number of its records, in the house, in each channel and at each set of sites.",
        f"""
SELECT coalesce(c.queue, e.queue) AS queue, coalesce(c.scope, e.scope) AS scope, c.count AS kept, e.count AS counted
  FROM (SELECT * FROM queue_count WHERE count <> 0) c
  FULL JOIN ({_COUNTED}) e ON e.queue = c.queue AND e.scope = c.scope
 WHERE c.count IS DISTINCT FROM e.count""",
    ),
)

"""What the dashboard keeps against the tables that it is kept of."""

from __future__ import annotations

from backend.queries.figures import SALES, SERVICE, WORKFLOW, Figures
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


def _figures(name: str, sentence: str, figures: Figures) -> Invariant:
    names, values = figures.names, figures.values
    sums = ", ".join(f"sum({value})::bigint AS {value}" for value in values)
    nothing = " AND ".join(f"{value} = 0" for value in values)
    differ = " OR ".join(f"coalesce(f.{value}, 0) <> coalesce(o.{value}, 0)" for value in values)
    same = " AND ".join(f"o.{key} = f.{key}" for key, _ in figures.keys)
    shown = ", ".join(f"coalesce(f.{key}, o.{key}) AS {key}" for key, _ in figures.keys)
    listed = f"{names}, {', '.join(values)}"
    told = ", ".join(f"f.{value} AS kept_{value}, o.{value} AS of_{value}" for value in values)
    return Invariant(
        name,
        sentence,
        f"""
SELECT {shown}, {told} FROM (SELECT {listed} FROM {figures.table} WHERE NOT ({nothing})) f
  FULL JOIN (
    SELECT {names}, {sums} FROM (
        SELECT {listed} FROM ({figures.of(None)}) p WHERE p.order_id IN ({_KNOWN})
        UNION ALL SELECT {listed} FROM order_figures k, jsonb_to_recordset(k.{figures.memory}) AS p({figures.columns})
         WHERE k.order_id NOT IN ({_KNOWN})) p
     GROUP BY {names}) o ON {same}
 WHERE {differ}""",
    )


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
    _figures("figures.sales", "Sales by day, item and site are the sum of what each order comes to.", SALES),
    _figures("figures.service", "The times of steps are those of the orders that took them.", SERVICE),
    _figures("figures.workflow", "A workflow's open orders are counted by their state.", WORKFLOW),
)

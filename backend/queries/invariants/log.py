"""The log, the jobs that follow from it, and that nothing is stuck."""

from __future__ import annotations

from backend.queries.invariants import Invariant

LOG = (
    Invariant(
        "event.gapless",
        "An order's log is numbered 1, 2, 3 … without gaps.",
        """
SELECT order_id, count(*) AS events, min(sequence) AS first, max(sequence) AS last
  FROM event WHERE order_id IS NOT NULL GROUP BY order_id
HAVING min(sequence) <> 1 OR max(sequence) <> count(*) OR count(sequence) <> count(*)""",
    ),
    Invariant(
        "event.sequence",
        "An order knows the number of its last event.",
        """
SELECT o.number, o.event_sequence, e.last FROM sales_order o
  LEFT JOIN (SELECT order_id, max(sequence) AS last FROM event GROUP BY 1) e ON e.order_id = o.id
 WHERE o.event_sequence IS DISTINCT FROM coalesce(e.last, 0)""",
    ),
    Invariant(
        "payment.answered",
        "No gateway call waits longer than ten minutes for its answer.",
        """
SELECT o.number, t.kind, t.amount, t.at, t.attempts FROM payment_transaction t JOIN sales_order o ON o.id = t.order_id
 WHERE t.state = 'PENDING' AND t.at < now() - interval '10 minutes'""",
    ),
    Invariant(
        "job.taken",
        "No job that is due waits longer than ten minutes for a worker.",
        """
SELECT id, entrypoint, status::text, execute_after, attempts FROM pgqueuer
 WHERE status IN ('queued', 'picked') AND execute_after < now() - interval '10 minutes'
   AND updated < now() - interval '10 minutes'""",
    ),
    Invariant(
        "job.told",
        "A job that was given up is told of by an alert.",
        """
SELECT j.id, j.entrypoint, j.updated FROM pgqueuer j
 WHERE j.status = 'failed' AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.key = 'job.failed:' || j.id)""",
    ),
    Invariant(
        "job.counted",
        "The progress of what somebody asked for is the number of its pieces that were done and refused.",
        """
SELECT j.id, j.kind, j.done, j.failed, j.total, i.done AS pieces_done, i.failed AS pieces_failed, i.total AS pieces
  FROM job j CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state <> 'WAITING') AS done, count(*) FILTER (WHERE state = 'FAILED') AS failed,
             count(*) AS total FROM job_item WHERE job_id = j.id) i
 WHERE (j.done, j.failed, j.total) <> (i.done, i.failed, i.total)""",
    ),
    Invariant(
        "job.under_way",
        "What somebody asked for is finished, or in the worker's queue.",
        """
SELECT j.id, j.kind, j.state, j.done, j.total FROM job j
 WHERE j.finished_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM pgqueuer q WHERE q.entrypoint = 'run_job'
          AND convert_from(q.payload, 'UTF8')::jsonb ->> 'job_id' = j.id::text)""",
    ),
)

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
        "digest.answered",
        "No digest of alerts waits longer than an hour for the answer of whom it was handed to.",
        """
SELECT s.id, s.due_at, s.claimed_at, s.attempts FROM alert_digest_sending s
 WHERE s.state = 'SENDING' AND s.claimed_at < now() - interval '1 hour'""",
    ),
    Invariant(
        "webhook.answered",
        "No delivery of a webhook waits longer than an hour for the answer of whom it was sent to.",
        """
SELECT d.id, d.topic, d.claimed_at, d.attempts FROM webhook_delivery d
 WHERE d.state = 'SENDING' AND d.claimed_at < now() - interval '1 hour'""",
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
        "The progress of what somebody asked for is the sum of its pieces that were done, and of their units refused.",
        """
SELECT j.id, j.kind, j.done, j.failed, j.total, i.done AS pieces_done, i.failed AS pieces_failed, i.total AS pieces
  FROM job j CROSS JOIN LATERAL (
      SELECT coalesce(sum(units) FILTER (WHERE state <> 'WAITING'), 0) AS done, coalesce(sum(units), 0) AS total,
             coalesce(sum(units) FILTER (WHERE state = 'FAILED'), 0)
                 + coalesce(sum(jsonb_array_length(problems)), 0) AS failed
        FROM job_item WHERE job_id = j.id) i
 WHERE (j.done, j.failed, j.total) <> (i.done, i.failed, i.total)""",
    ),
    Invariant(
        "file.whole",
        "A file that was taken in has all its rows.",
        """
SELECT f.id, f.name, f.row_count, p.stored FROM uploaded_file f
 CROSS JOIN LATERAL (SELECT coalesce(sum(cardinality(texts)), 0) AS stored
                       FROM uploaded_file_part WHERE file_id = f.id) p
 WHERE f.row_count <> p.stored""",
    ),
    Invariant(
        "order.searchable",
        "An order of which the log tells nothing new to the search has its row there.",
        """
SELECT o.number, o.id FROM follower_position f, sales_order o
 WHERE f.name = 'order_search' AND NOT EXISTS (SELECT 1 FROM order_search s WHERE s.order_id = o.id)
   AND NOT EXISTS (SELECT 1 FROM event e WHERE e.order_id = o.id AND (e.xid, e.id) > (f.xid, f.event_id))""",
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

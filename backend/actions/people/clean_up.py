"""Forget what is over: sessions, keys, claims, windows, the queue's log, files, jobs, digests, deliveries, counts."""

from __future__ import annotations

from backend.config import get_settings
from backend.models import db

IDEMPOTENCY_DAYS = 30
JOB_LOG_DAYS = 3
FILE_DAYS = 7
DIGEST_DAYS = 90
WEBHOOK_DAYS = 30

_OLD_FILES = """
WITH old AS (SELECT id FROM uploaded_file WHERE created_at < now() - make_interval(days => $1)),
     parts AS (DELETE FROM uploaded_file_part p USING old WHERE p.file_id = old.id)
DELETE FROM uploaded_file f USING old WHERE f.id = old.id
"""
#: Jobs and their pieces together: the counts of a job are those of its pieces.
_OLD_JOBS = """
WITH old AS (SELECT id FROM job WHERE finished_at < now() - make_interval(days => $1)),
     pieces AS (DELETE FROM job_item i USING old WHERE i.job_id = old.id)
DELETE FROM job j USING old WHERE j.id = old.id
"""
#: Never the last that was sent: the next one goes on from there.
_OLD_DIGESTS = """
DELETE FROM alert_digest_sending s WHERE s.settled_at < now() - make_interval(days => $1)
   AND EXISTS (SELECT 1 FROM alert_digest_sending n
                WHERE n.digest_id = s.digest_id AND n.state = 'SENT' AND n.upto > s.upto)
"""


async def clean_up() -> None:
    await db.execute("DELETE FROM app_session WHERE expires_at < now()")
    await db.execute("DELETE FROM idempotency_key WHERE at < now() - make_interval(days => $1)", IDEMPOTENCY_DAYS)
    await db.execute("DELETE FROM pgqueuer_log WHERE created < now() - make_interval(days => $1)", JOB_LOG_DAYS)
    await db.execute("DELETE FROM queue_count WHERE count = 0")
    await db.execute("DELETE FROM order_claim WHERE until < now() - interval '1 hour'")
    await db.execute("DELETE FROM order_viewer WHERE seen_at < now() - interval '1 hour'")
    await db.execute(_OLD_JOBS, get_settings().job_days)
    await db.execute(_OLD_FILES, FILE_DAYS)
    await db.execute(_OLD_DIGESTS, DIGEST_DAYS)
    await db.execute("DELETE FROM webhook_delivery WHERE created_at < now() - make_interval(days => $1)", WEBHOOK_DAYS)

"""Forget what is over: expired sessions, idempotency keys past their time, the job queue's old log lines."""

from __future__ import annotations

from backend.models import db

IDEMPOTENCY_DAYS = 30
JOB_LOG_DAYS = 3


async def clean_up() -> None:
    await db.execute("DELETE FROM app_session WHERE expires_at < now()")
    await db.execute("DELETE FROM idempotency_key WHERE at < now() - make_interval(days => $1)", IDEMPOTENCY_DAYS)
    await db.execute("DELETE FROM pgqueuer_log WHERE created < now() - make_interval(days => $1)", JOB_LOG_DAYS)

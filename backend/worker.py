"""The worker: runs reactions as jobs and the sweeps that nobody asks for. Any number of workers may run.

A job that fails is tried again with growing delays, then parked as failed with an alert. A job that kills its worker
is counted too (`_take_back`), so that poison ends up parked and not in a circle. Losing the database is waited out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from pgqueuer import AsyncpgDriver, Job, PgQueuer
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Context

from backend.actions.alerts.raise_ import raise_alert
from backend.actions.allocation.learn_prices import learn_prices
from backend.actions.allocation.reallocate import reallocate_due
from backend.actions.fulfillment.time_out import time_out_unclaimed, time_out_uncollected
from backend.actions.jobs.run import give_up
from backend.actions.jobs.start import RUN
from backend.actions.payments.sweep import settle_open
from backend.actions.people.clean_up import clean_up
from backend.actions.recurring.run_due import run_due
from backend.actions.reservations.release import release_expired
from backend.config import Settings
from backend.events import Command, command
from backend.models import db
from backend.models.db import transaction
from backend.reactions import REACTIONS, search_rows
from backend.reactions.ask_alert_rules import ask_about_events, ask_about_queues
from backend.reactions.deliver_webhooks import deliver_webhooks
from backend.reactions.fill_backorders import fill_backorders
from backend.reactions.fold_dashboard import fold_dashboard
from backend.reactions.index_orders import index_orders
from backend.reactions.send_digests import send_digests
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
#: A live worker says so at half of this; a job that is silent for `_SILENT` is taken back, just before pgqueuer would.
_HEARTBEAT = timedelta(seconds=20)
_SILENT = timedelta(seconds=17)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; jobs under way are finished first. The pool (db.connect) must be open."""
    if settings.database_url is None:
        raise ValueError("The worker needs settings.database_url.")
    while not stop.is_set():
        try:
            await _session(settings, stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            log.warning("worker.database_lost", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1.0)


async def _session(settings: Settings, stop: asyncio.Event) -> None:
    """One connection's life: listen, take jobs, sweep."""
    connection = await asyncpg.connect(settings.database_url)
    queue = PgQueuer(AsyncpgDriver(connection))
    connection.add_termination_listener(lambda _: queue.shutdown.set())
    for name, reaction in REACTIONS.items():
        queue.qm.entrypoint(name, on_failure="hold", executor_factory=_Executor)(_job(reaction))
    sweeps = [asyncio.create_task(_repeat(sweep, queue.shutdown)) for sweep in SWEEPS]
    stopper = asyncio.create_task(_stop(stop, queue.shutdown))
    try:
        await queue.qm.run(
            dequeue_timeout=timedelta(seconds=1),
            batch_size=settings.worker_concurrency // 2,
            max_concurrent_tasks=settings.worker_concurrency,
            heartbeat_timeout=_HEARTBEAT,
        )
    finally:
        queue.shutdown.set()
        stopper.cancel()
        await asyncio.gather(stopper, *sweeps, return_exceptions=True)
        if not connection.is_closed():
            await connection.close()


async def _stop(stop: asyncio.Event, shutdown: asyncio.Event) -> None:
    await stop.wait()
    shutdown.set()


class _Executor(DatabaseRetryEntrypointExecutor):
    """Retries with back-off; what is given up is told of."""

    def __init__(self, parameters: EntrypointExecutorParameters) -> None:
        super().__init__(parameters, max_attempts=MAX_ATTEMPTS, initial_delay=timedelta(seconds=1))

    async def execute(self, job: Job, context: Context) -> None:
        try:
            await super().execute(job, context)
        except RetryRequested as retry:
            log.warning("job.retried", job=job.id, reaction=job.entrypoint, attempt=job.attempts, reason=retry.reason)
            raise
        except Exception:
            log.exception("job.given_up", job=job.id, reaction=job.entrypoint)
            await _tell_of(str(job.entrypoint), int(job.id), _payload(job))
            raise


def _payload(job: Job) -> dict[str, Any]:
    return json.loads(job.payload) if job.payload else {}


def _job(reaction: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
    async def perform(job: Job) -> None:
        payload = _payload(job)
        request_id = f"job-{job.id}"
        command.set(Command(request_id))
        with structlog.contextvars.bound_contextvars(request_id=request_id, order_id=payload.get("order_id")):
            await reaction(payload)

    return perform


async def _tell_of(reaction: str, job_id: int, payload: Mapping[str, Any]) -> None:
    order_id = payload.get("order_id")
    if reaction == RUN:
        await give_up(uuid.UUID(payload["job_id"]))
    async with transaction() as tx:
        if order_id:
            await tx.execute("SELECT 1 FROM sales_order WHERE id = $1 FOR NO KEY UPDATE", uuid.UUID(order_id))
        await raise_alert(
            tx,
            SYSTEM,
            "job.failed",
            AlertSeverity.WARNING,
            f"The reaction {reaction} has failed for good (job {job_id}).",
            key=f"job.failed:{job_id}",
            order_id=uuid.UUID(order_id) if order_id else None,
        )


async def _take_back() -> None:
    """Jobs of workers that died: given to others, and parked once they have taken enough workers with them."""
    parked = await db.fetch(
        "UPDATE pgqueuer SET attempts = attempts + 1, queue_manager_id = NULL, updated = now(), execute_after = now(),"
        " status = CASE WHEN attempts >= $2 THEN 'failed' ELSE 'queued' END::pgqueuer_status"
        " WHERE id IN (SELECT id FROM pgqueuer WHERE status = 'picked' AND heartbeat < now() - $1::interval"
        " FOR UPDATE SKIP LOCKED) RETURNING id, entrypoint, status::text, payload",
        _SILENT,
        MAX_ATTEMPTS,
    )
    for row in parked:
        log.warning("job.taken_back", job=row["id"], reaction=row["entrypoint"], status=row["status"])
        if row["status"] == "failed":
            await _tell_of(row["entrypoint"], row["id"], json.loads(row["payload"] or b"{}"))


async def _offer_stock() -> None:
    await fill_backorders({})


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something done every `every` seconds by each worker; it must be harmless when two do it at once."""

    name: str
    every: float
    run: Callable[[], Awaitable[object]]


SWEEPS = (
    Sweep("take_back", 3, _take_back),
    Sweep("settle_open", 5, settle_open),
    Sweep("release_expired", 5, release_expired),
    Sweep("time_out_unclaimed", 60, time_out_unclaimed),
    Sweep("time_out_uncollected", 600, time_out_uncollected),
    Sweep("offer_stock", 120, _offer_stock),
    Sweep("learn_prices", 60, learn_prices),
    Sweep("run_recurring", 5, run_due),
    Sweep("reallocate", 60, reallocate_due),
    Sweep("clean_up", 3600, clean_up),
    Sweep("fold_dashboard", 0.3, fold_dashboard),
    Sweep("follow_for_search", 0.3, search_rows.follow),
    Sweep("ask_about_events", 1, ask_about_events),
    Sweep("ask_about_queues", 60, ask_about_queues),
    Sweep("index_orders", 0.3, index_orders),
    Sweep("send_digests", 5, send_digests),
    Sweep("deliver_webhooks", 0.5, deliver_webhooks),
)


async def _repeat(sweep: Sweep, shutdown: asyncio.Event) -> None:
    while not shutdown.is_set():
        command.set(Command(f"sweep-{sweep.name}"))
        try:
            await sweep.run()
        except Exception:  # a sweep that fails once is tried again at its next turn
            log.exception("sweep.failed", sweep=sweep.name)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(shutdown.wait(), sweep.every)

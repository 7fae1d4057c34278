"""Allocations that the worker asks for at about the same time go together: the next gather while some are committed."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog

from backend.actions.allocation.allocate import BATCH, allocate_all
from backend.events import Command, advancing, command
from backend.models.db import outside_transaction
from backend.rules.permissions import SYSTEM


class _Gathering:
    """Of one event loop: who waits, in the order of asking, and the task that serves them while there are any."""

    def __init__(self) -> None:
        self.waiting: dict[UUID, asyncio.Future[None]] = {}
        self.task: asyncio.Task[None] | None = None

    async def join(self, order_id: UUID) -> None:
        future = self.waiting.get(order_id)
        if future is None:
            future = self.waiting[order_id] = asyncio.get_running_loop().create_future()
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._serve())
        await asyncio.shield(future)

    async def _serve(self) -> None:
        structlog.contextvars.clear_contextvars()  # those of whoever asked first
        while self.waiting:
            await asyncio.sleep(0)  # whoever is about to ask joins
            batch = dict(itertools.islice(self.waiting.items(), BATCH))
            for order_id in batch:
                del self.waiting[order_id]
            try:
                await _allocate(batch)
            finally:
                for future in batch.values():
                    future.cancel()  # only where we are stopped ourselves: the others are done


async def _allocate(batch: dict[UUID, asyncio.Future[None]]) -> None:
    command.set(Command(f"batch-{secrets.token_hex(6)}"))
    with advancing(*batch):
        results = await allocate_all(SYSTEM, list(batch))
    for order_id, future in batch.items():
        result = results[order_id]
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(None)


_gatherings: WeakKeyDictionary[asyncio.AbstractEventLoop, _Gathering] = WeakKeyDictionary()


async def allocate_with_others(order_id: UUID) -> None:
    """As the system; raises what kept this order from being decided, whatever becomes of the others."""
    outside_transaction("A batch of allocations")
    await _gatherings.setdefault(asyncio.get_running_loop(), _Gathering()).join(order_id)

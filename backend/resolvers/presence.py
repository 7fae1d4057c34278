"""Who has an order open, over all server processes: one task for each, however many watch.

A closed window is taken away at once, by the process that had it; those of a process that was killed run out.
What is sent is how things stand, never what has come about in between, so that nobody falls behind.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID

import structlog

from backend.actions.orders.keep_open import Window, keep_open
from backend.models.base import uuid7
from backend.queries.live import set_within
from backend.queries.presence import Viewer, viewers

log = structlog.get_logger(__name__)

#: Seconds: between two looks, at least between two that were asked for, and between two signs of life of a window.
_LOOK, _PAUSE, _BEAT = 1.0, 0.05, 15.0
#: Seconds that a server which ends takes to say that its windows are closed.
_LAST = 2.0
#: Seconds after which somebody to whom nothing was sent is looked at again: may they still?
RECHECK = 15.0


class _Watcher:
    """One subscription; without a window for whoever is no person."""

    def __init__(self, order_id: UUID, window: Window | None) -> None:
        self.order_id = order_id
        self.window = window
        self.beat_at = -_BEAT
        self.known: tuple[Viewer, ...] | None = None
        self.changed = asyncio.Event()

    def put(self, there: tuple[Viewer, ...]) -> None:
        if there != self.known:
            self.known = there
            self.changed.set()


class Presence:
    """One per process; the pool (db.connect) must be open."""

    def __init__(self) -> None:
        self._watchers: set[_Watcher] = set()
        self._closed: set[UUID] = set()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def watch(self, order_id: UUID, user_id: UUID | None) -> AsyncGenerator[tuple[Viewer, ...], None]:
        """Who has it open, the user among them: at first, when it changes, and every RECHECK seconds."""
        window = Window(uuid7(), order_id, user_id, datetime.now(UTC)) if user_id is not None else None
        watcher = _Watcher(order_id, window)
        self._join(watcher)
        try:
            while True:
                await set_within(watcher.changed, RECHECK)
                watcher.changed.clear()
                if watcher.known is not None:
                    yield watcher.known
        finally:
            self._leave(watcher)

    async def close(self) -> None:
        """With the process: nobody has anything open here any more."""
        for watcher in tuple(self._watchers):
            self._leave(watcher)
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_LAST)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _join(self, watcher: _Watcher) -> None:
        self._watchers.add(watcher)
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep())

    def _leave(self, watcher: _Watcher) -> None:
        if watcher in self._watchers:
            self._watchers.discard(watcher)
            if watcher.window is not None:
                self._closed.add(watcher.window.id)
            self._wanted.set()

    async def _keep(self) -> None:
        """As long as anybody is here, or was and has not been taken away yet."""
        while self._watchers or self._closed:
            self._wanted.clear()
            here = tuple(self._watchers)
            try:
                await self._beat(here)
                await _look(here)
            except Exception as error:  # noqa: BLE001 - whatever it was, those who watch wait for us
                log.warning("presence.lost", error=type(error).__name__, reason=str(error))
                for watcher in here:  # A database that crashed has forgotten them.
                    watcher.beat_at = -_BEAT
                await asyncio.sleep(_LOOK)
            await asyncio.sleep(_PAUSE)
            await set_within(self._wanted, _LOOK)

    async def _beat(self, here: tuple[_Watcher, ...]) -> None:
        now = time.monotonic()
        due = [watcher for watcher in here if now - watcher.beat_at >= _BEAT]
        closed = set(self._closed)
        windows = [watcher.window for watcher in due if watcher.window is not None]
        if windows or closed:
            await keep_open(windows, closed)
        self._closed -= closed
        for watcher in due:
            watcher.beat_at = now


async def _look(here: tuple[_Watcher, ...]) -> None:
    """One question for all that is watched in this process."""
    if here:
        there = await viewers({watcher.order_id for watcher in here})
        for watcher in here:
            watcher.put(there[watcher.order_id])

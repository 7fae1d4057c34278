"""The log as it grows, for those who watch: one reader for the whole process, whatever the number of watchers.

The reader is woken by the jobs that nearly every change enqueues, and looks by itself four times a second; NOTIFY
carries no truth. It works only while somebody watches.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.domain.settings import DBSettings

from backend.events import Position, head, read_after
from backend.models.db import Row
from backend.queries import queues
from backend.queries.queues import QueueCount
from backend.rules.permissions import Actor

log = structlog.get_logger(__name__)

#: Seconds: between two looks, at least between two that were woken, and before a lost connection is opened again.
_POLL, _PAUSE, _AGAIN = 0.25, 0.02, 0.5
_BATCH = 500
#: Events that wait for one watcher; whoever falls further behind is let go, and comes back with their cursor.
MAX_WAITING = 2_000
#: What a watcher takes at once: rights are asked for each time, and rows are read together.
_AT_ONCE = 50
#: Watchers.
_MANY = 500
#: Some queues change with the clock alone.
_RECOUNT = 60.0
APPLICATION = "crossdock-live"


class TooSlow(Exception):
    """More came than the watcher took."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: those about one kind of subject, or one of them; those of one order, or else those of any order."""

    subject_type: str | None = None
    subject_id: UUID | None = None
    order_id: UUID | None = None

    def has(self, row: Row) -> bool:
        if self.subject_type is not None:
            return bool(row["subject_type"] == self.subject_type and self.subject_id in (None, row["subject_id"]))
        return row["order_id"] is not None and self.order_id in (None, row["order_id"])

    async def after(self, position: Position) -> list[Row]:
        return await read_after(position, _BATCH, subject_type=self.subject_type, order_id=self.order_id)


class Watcher(Protocol):
    def put(self, rows: list[Row]) -> None: ...


class _Line:
    """What waits for one watcher: bounded."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.waiting: deque[Row] = deque()
        self.came = asyncio.Event()
        self.too_slow = False

    def put(self, rows: list[Row]) -> None:
        if not self.too_slow:
            self.waiting.extend(row for row in rows if self.wanted.has(row))
            self.too_slow = len(self.waiting) > MAX_WAITING
        if self.too_slow:
            self.waiting.clear()
        if self.waiting or self.too_slow:
            self.came.set()

    async def take(self) -> list[Row]:
        await self.came.wait()
        if self.too_slow:
            raise TooSlow
        taken = [self.waiting.popleft() for _ in range(min(_AT_ONCE, len(self.waiting)))]
        if not self.waiting:
            self.came.clear()
        return taken


class _Pulse:
    """That something came, for who does not want to know what."""

    def __init__(self) -> None:
        self.came = asyncio.Event()

    def put(self, rows: list[Row]) -> None:
        del rows
        self.came.set()


class LiveLog:
    """One per process. `url` is the database's; the pool (db.connect) must be open, too."""

    def __init__(self, url: str, statement_cache_size: int = 100) -> None:
        self.url = url
        self.statement_cache_size = statement_cache_size
        self.position = Position()
        self.counts = QueueCounts()
        self._watchers: set[Watcher] = set()
        self._joining = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None

    async def follow(self, wanted: Wanted, after: Position | None) -> AsyncGenerator[list[Row], None]:
        """What comes, each event once and in order: from `after` on, or from now. Raises TooSlow.

        What was missed is read from the table; what came while the last of it was read waits in line, and is known by
        its position.
        """
        line, position = _Line(wanted), after
        try:
            if position is not None:
                async for rows in _missed(wanted, position):
                    position = Position.of(rows[-1])
                    yield rows
            start = await self._join(line)
            if position is None:
                position = start
            else:
                async for rows in _missed(wanted, position):
                    position = Position.of(rows[-1])
                    yield rows
            while True:
                rows = [row for row in await line.take() if Position.of(row) > position]
                if rows:
                    yield rows
        finally:
            self._leave(line)

    async def ticks(self) -> AsyncGenerator[tuple[Position, int], None]:
        """At once, then whenever something came, on the full tick: all who count then count the same once."""
        pulse = _Pulse()
        try:
            await self._join(pulse)
            yield self._now()
            await asyncio.sleep(self._tick())
            while True:
                await set_within(pulse.came, _RECOUNT)
                await asyncio.sleep(self._tick() - time.time() % self._tick())
                pulse.came.clear()
                yield self._now()
        finally:
            self._leave(pulse)

    async def close(self) -> None:
        self._watchers.clear()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _tick(self) -> float:
        """Seconds. For very many it would cost more than it tells them."""
        return 0.5 if len(self._watchers) < _MANY else 1.0

    def _now(self) -> tuple[Position, int]:
        return self.position, int(time.time() // _RECOUNT)

    async def _join(self, watcher: Watcher) -> Position:
        """The watcher gets what comes after the position that is returned."""
        async with self._joining:
            if not self._watchers:
                self.position = await head()
                self._reader = asyncio.create_task(self._read())
            self._watchers.add(watcher)
            return self.position

    def _leave(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        if not self._watchers and self._reader is not None:
            self._reader.cancel()

    async def _read(self) -> None:
        while True:
            try:
                await self._session()
            except Exception as error:  # noqa: BLE001 - whatever it was, those who watch wait for us
                log.warning("live.reader_lost", error=type(error).__name__, reason=str(error))
            await asyncio.sleep(_AGAIN)

    async def _session(self) -> None:
        """One connection's life."""
        connection = await asyncpg.connect(
            self.url,
            command_timeout=10,
            statement_cache_size=self.statement_cache_size,
            server_settings={"application_name": APPLICATION},
        )
        woken = asyncio.Event()
        try:
            await connection.add_listener(DBSettings().channel, lambda *_: woken.set())
            while True:
                woken.clear()
                rows = await read_after(self.position, _BATCH, through=connection)
                if rows:
                    self.position = Position.of(rows[-1])
                    for watcher in tuple(self._watchers):
                        watcher.put(rows)
                await asyncio.sleep(_PAUSE)
                if len(rows) < _BATCH:
                    await set_within(woken, _POLL)
        finally:
            connection.terminate()


async def set_within(event: asyncio.Event, seconds: float) -> None:
    """Until it is set, or this time is over.

    `asyncio.wait_for` of Python 3.11 loses a cancellation that comes together with the event: a reader that was let go
    would read on beside the next one, and every watcher would get each event twice.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _missed(wanted: Wanted, position: Position) -> AsyncGenerator[list[Row], None]:
    """What the table has after `position`."""
    while True:
        rows = await wanted.after(position)
        kept = [row for row in rows if wanted.has(row)]
        for start in range(0, len(kept), _AT_ONCE):
            yield kept[start : start + _AT_ONCE]
        if len(rows) < _BATCH:
            return
        position = Position.of(rows[-1])


class QueueCounts:
    """The counts of the dashboard's queues, made once for all who see the same."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[tuple[Position, int], asyncio.Task[list[QueueCount]]]] = {}

    async def at(self, tick: tuple[Position, int], actor: Actor) -> list[QueueCount]:
        """As they stand at the tick, or later."""
        sees = None if actor.sees_all_orders else (actor.channel_id, actor.site_ids)
        key = (actor.roles, sees)
        known = self._known.get(key)
        if known is None or known[0] < tick or (known[1].done() and (known[1].cancelled() or known[1].exception())):
            known = tick, asyncio.create_task(queues.queues(actor, datetime.now(UTC)))
            self._known[key] = known
        return await asyncio.shield(known[1])

"""The spine: every change writes its event in the same transaction; readers follow from a durable position.

`record` buffers events of the open transaction; they are written by one statement just before its commit, which also
moves each order's `version`, `event_sequence` and `updated_at`, enqueues one job for each reaction to the event, and
binds the command's idempotency key to what it changed. Lock the order row before recording for it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.db import Row, Transaction
from backend.rules.permissions import Actor


@dataclass(slots=True)
class Command:
    """The request under way: its id for logs, and its idempotency key, bound to the first thing that it changes."""

    request_id: str
    actor_key: str = ""
    idempotency_key: str | None = None
    request_hash: str = ""
    bound: bool = False


command: ContextVar[Command | None] = ContextVar("crossdock_command", default=None)

#: Event kind → names of reactions. Filled once by reactions/__init__.py; record() refuses to work without it.
_reactions: dict[str, tuple[str, ...]] = {}
#: While the worker advances orders, its own events need not ask for those orders to be advanced again.
_advancing: ContextVar[frozenset[UUID]] = ContextVar("crossdock_advancing", default=frozenset())
ADVANCE = "advance_order"


def set_reactions(table: Mapping[str, tuple[str, ...]]) -> None:
    _reactions.clear()
    _reactions.update(table)


@contextlib.contextmanager
def advancing(*order_ids: UUID) -> Iterator[None]:
    token = _advancing.set(frozenset(order_ids))
    try:
        yield
    finally:
        _advancing.reset(token)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line to be written."""

    kind: str
    actor: Actor
    message: str
    subject_type: str
    subject_id: UUID | None
    order_id: UUID | None
    data: Mapping[str, Any] = field(default_factory=dict)
    opens_order: bool = False


def record(
    tx: Transaction,
    actor: Actor,
    kind: str,
    message: str,
    *,
    subject: tuple[str, UUID | None],
    order_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    opens_order: bool = False,
) -> None:
    """Note a fact in the past tense: `kind` "order.approved", `subject` ("Order", id), `data` what changed.

    `order_id` puts it on that order's timeline; its row must exist and be locked by this transaction. With
    `opens_order` this transaction has inserted that row, as version 1 and with this event counted in already.
    """
    if not _reactions:
        raise RuntimeError("backend.reactions has not been imported: events would have no consequences.")
    entries = tx.buffer.setdefault("events", [])
    entries.append(Entry(kind, actor, message, subject[0], subject[1], order_id, data or {}, opens_order))
    tx.before_commit["events"] = _write


def enqueue(
    tx: Transaction,
    reaction: str,
    payload: Mapping[str, Any],
    *,
    at: datetime | None = None,
    priority: int = 0,
) -> None:
    """Ask for a reaction without an event: delays and sweeps. Written with the transaction's events.

    What is due goes by priority, the highest first; what follows from events has 0.
    """
    tx.buffer.setdefault("jobs", []).append((reaction, db.jsonb(payload), at or tx.now, priority))
    tx.before_commit["events"] = _write


_INSERT = """
WITH entry AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::uuid[],
                         $8::jsonb[], $17::bool[])
        WITH ORDINALITY AS e(kind, actor, via, message, subject_type, subject_id, order_id, data, opens_order, place)
), moved AS (
    UPDATE sales_order o
       SET version = o.version + 1, updated_at = $9,
           event_sequence = o.event_sequence
                          + (SELECT count(*) FROM entry e WHERE e.order_id = o.id AND NOT e.opens_order)
     WHERE o.id = ANY($18::uuid[])
 RETURNING o.id, o.event_sequence - (SELECT count(*) FROM entry e WHERE e.order_id = o.id) AS base
), written AS (
    INSERT INTO event (kind, at, order_id, sequence, subject_type, subject_id, actor, via, request_id, message, data)
    SELECT e.kind, $9, e.order_id,
           coalesce(m.base, CASE WHEN e.opens_order THEN 0 END)
           + row_number() OVER (PARTITION BY e.order_id ORDER BY e.place),
           e.subject_type, e.subject_id, e.actor, e.via, $10, e.message, e.data
      FROM entry e LEFT JOIN moved m ON m.id = e.order_id
  ORDER BY e.place
 RETURNING id
), queued AS (
    INSERT INTO pgqueuer (priority, status, entrypoint, payload, execute_after)
    SELECT j.priority, 'queued', j.entrypoint, convert_to(j.payload, 'UTF8'), j.execute_after
      FROM unnest($11::text[], $12::text[], $13::timestamptz[], $19::int[])
        AS j(entrypoint, payload, execute_after, priority)
), bound AS (
    INSERT INTO idempotency_key (actor, key, request_hash, subject_type, subject_id, at)
    SELECT $14::text, $15::text, $16::text, e.subject_type, e.subject_id, $9 FROM entry e
     WHERE $15::text IS NOT NULL ORDER BY e.place LIMIT 1
)
SELECT count(*) FROM written
"""
#: For one order, or none: PostgreSQL keeps the plan of a statement, and = ANY looked cheaper as a scan of the whole
#: table while that was small.
_INSERT_FOR_ONE = _INSERT.replace("= ANY($18::uuid[])", "= ($18::uuid[])[1]")


async def _write(tx: Transaction) -> None:
    entries: list[Entry] = tx.buffer.get("events", [])
    jobs = list(tx.buffer.get("jobs", []))
    asked: set[tuple[str, str]] = set()
    for entry in entries:
        for reaction in _reactions.get(entry.kind, ()):
            payload = _payload(reaction, entry)
            if payload is not None and (reaction, payload) not in asked:
                asked.add((reaction, payload))
                jobs.append((reaction, payload, tx.now, 0))
    now = command.get()
    bind = now is not None and now.idempotency_key is not None and not now.bound and bool(entries)
    moved = list({entry.order_id for entry in entries if entry.order_id is not None and not entry.opens_order})
    try:
        await tx.execute(
            _INSERT if len(moved) > 1 else _INSERT_FOR_ONE,
            [entry.kind for entry in entries],
            [entry.actor.label for entry in entries],
            [entry.actor.via for entry in entries],
            [entry.message for entry in entries],
            [entry.subject_type for entry in entries],
            [entry.subject_id for entry in entries],
            [entry.order_id for entry in entries],
            [db.jsonb(entry.data) for entry in entries],
            tx.now,
            now.request_id if now else None,
            [job[0] for job in jobs],
            [job[1] for job in jobs],
            [job[2] for job in jobs],
            now.actor_key if now and bind else None,
            now.idempotency_key if now and bind else None,
            now.request_hash if now and bind else None,
            [entry.opens_order for entry in entries],
            moved,
            [job[3] for job in jobs],
        )
    except Exception as error:
        if db.violates(error, "uq_idempotency_key"):
            raise refused(ErrorCode.CONFLICT, "The same command is under way; ask again.") from error
        raise
    if now is not None and bind:
        now.bound = True


def _payload(reaction: str, entry: Entry) -> str | None:
    """What a job carries: ids alone. Advancing needs the order; the rest gets the subject too."""
    if reaction == ADVANCE:
        if entry.order_id is None or entry.order_id in _advancing.get():
            return None
        return json.dumps({"order_id": str(entry.order_id)})
    return json.dumps(
        {
            "kind": entry.kind,
            "order_id": str(entry.order_id) if entry.order_id else None,
            "subject_type": entry.subject_type,
            "subject_id": str(entry.subject_id) if entry.subject_id else None,
        }
    )


#: What every bigint has room for.
_DIGITS = 18


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the log: ordered by the writing transaction, then by event."""

    xid: int = 0
    event_id: int = 0

    def __str__(self) -> str:
        return f"{self.xid}.{self.event_id}"

    @classmethod
    def parse(cls, cursor: str) -> Position:
        xid, _, event_id = cursor.partition(".")
        if all(part.isdecimal() and len(part) <= _DIGITS for part in (xid, event_id)):
            return cls(int(xid), int(event_id))
        raise refused(ErrorCode.INVALID, "This is not a cursor of this feed.", "after")

    @classmethod
    def of(cls, row: Row) -> Position:
        """Of an event."""
        return cls(row["xid"], row["id"])


class Reads(Protocol):
    """A connection, or the pool (models/db.py)."""

    async def fetch(self, sql: str, /, *args: Any) -> list[Row]: ...


async def read_after(
    position: Position,
    limit: int = 500,
    *,
    subject_type: str | None = None,
    order_id: UUID | None = None,
    through: Reads | None = None,
) -> list[Row]:
    """The next events in log order. Those of transactions that may still commit are held back, never skipped.

    Columns as in models.log.Event; (`xid`, `id`) is the position of a row. On request only those of one kind of subject
    or of one order; `through` another connection than the pool's.
    """
    given = {"subject_type": subject_type, "order_id": order_id}
    asked = [(name, value) for name, value in given.items() if value is not None]
    only = "".join(f" AND {name} = ${place}" for place, (name, _) in enumerate(asked, 4))
    sql = (
        "SELECT * FROM event WHERE (xid, id) > ($1, $2)"
        f" AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint{only} ORDER BY xid, id LIMIT $3"
    )
    values = [value for _, value in asked]
    return await (through or db).fetch(sql, position.xid, position.event_id, limit, *values)


async def head() -> Position:
    """Behind the last event that `read_after` would give now."""
    row = await db.fetchrow(
        "SELECT xid, id FROM event WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " ORDER BY xid DESC, id DESC LIMIT 1"
    )
    return Position.of(row) if row else Position()


async def load_position(name: str) -> Position:
    return await find_position(name) or Position()


async def find_position(name: str) -> Position | None:
    """None for a reader that has never saved one."""
    row = await db.fetchrow("SELECT xid, event_id FROM follower_position WHERE name = $1", name)
    return Position(row["xid"], row["event_id"]) if row else None


async def save_position(tx: Transaction, name: str, position: Position) -> None:
    """In the transaction that applies the batch, so that a crash repeats or completes both."""
    await tx.execute(
        "INSERT INTO follower_position (name, xid, event_id, updated_at) VALUES ($1, $2, $3, now())"
        " ON CONFLICT (name) DO UPDATE SET xid = $2, event_id = $3, updated_at = now()",
        name,
        position.xid,
        position.event_id,
    )

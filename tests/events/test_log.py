"""The spine: events with their change or not at all, and readers that never skip a late commit."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend import events
from backend.events import Position, read_after, record
from backend.models import db
from backend.rules.permissions import SYSTEM

pytestmark = pytest.mark.usefixtures("database")


def note(tx: db.Transaction, kind: str = "site.created") -> None:
    record(tx, SYSTEM, kind, "Something happened.", subject=("InventorySite", uuid4()))


async def note_and_fail() -> None:
    async with db.transaction() as tx:
        note(tx)
        raise ZeroDivisionError


async def test_an_event_is_written_with_its_transaction_or_not_at_all() -> None:
    async with db.transaction() as tx:
        note(tx)
    with pytest.raises(ZeroDivisionError):
        await note_and_fail()
    rows = await read_after(Position())
    assert [(row["kind"], row["actor"], row["via"]) for row in rows] == [("site.created", "system", "worker")]


async def test_events_and_movements_are_append_only() -> None:
    async with db.transaction() as tx:
        note(tx)
    for statement in ("UPDATE event SET kind = 'x'", "DELETE FROM event"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await db.execute(statement)


async def test_a_reaction_is_asked_for_in_the_same_transaction() -> None:
    async with db.transaction() as tx:
        note(tx, "inventory.changed")
        note(tx, "inventory.changed")
    jobs = await db.fetch("SELECT entrypoint FROM pgqueuer ORDER BY id")
    assert [job["entrypoint"] for job in jobs] == ["fill_backorders", "fill_backorders"]


async def test_a_reader_never_skips_a_transaction_that_commits_late(database: str) -> None:
    late = await asyncpg.connect(database)
    insert = (
        "INSERT INTO event (kind, at, subject_type, actor, via, message, data)"
        " VALUES ($1, now(), 'X', 'a', 'api', 'm', '{}')"
    )
    try:
        slow = late.transaction()
        await slow.start()
        await late.execute(insert, "late")
        async with db.transaction() as tx:
            await tx.execute(insert, "early")
        assert await read_after(Position()) == []
        await slow.commit()
        rows = await read_after(Position())
        assert [row["kind"] for row in rows] == ["late", "early"]
    finally:
        await late.close()


async def test_followers_see_each_event_once_under_concurrent_writers() -> None:
    seen: list[int] = []
    position = Position()
    writing = True

    async def write() -> None:
        for _ in range(40):
            async with db.transaction() as tx:
                note(tx)
                await tx.fetchval("SELECT pg_sleep(random() * 0.004)")

    async def read() -> None:
        nonlocal position
        while True:
            last = not writing
            rows = await read_after(position, limit=7)
            for row in rows:
                position = Position(row["xid"], row["id"])
                seen.append(row["id"])
            if last and not rows:
                return
            await asyncio.sleep(0)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write() for _ in range(8)))
    writing = False
    await reader
    assert sorted(seen) == [row["id"] for row in await db.fetch("SELECT id FROM event ORDER BY id")]
    assert len(seen) == len(set(seen)) == 320


async def test_a_follower_s_position_is_durable() -> None:
    async with db.transaction() as tx:
        note(tx)
    [row] = await read_after(Position())
    async with db.transaction() as tx:
        await events.save_position(tx, "index", Position(row["xid"], row["id"]))
    assert await read_after(await events.load_position("index")) == []
    assert await events.load_position("other") == Position()


async def test_transactions_are_not_nested_and_no_outside_call_is_made_in_one() -> None:
    async with db.transaction():
        with pytest.raises(RuntimeError):
            async with db.transaction():
                pass
        with pytest.raises(RuntimeError):
            db.outside_transaction("a gateway")

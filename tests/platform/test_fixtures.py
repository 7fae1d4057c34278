"""The ground that all other tests stand on."""

from __future__ import annotations

import pytest

from backend.models import db


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_finds_a_migrated_and_empty_database(database: str, turn: int) -> None:
    assert await db.fetchval("SELECT current_database()") in database
    assert await db.fetchval("SELECT nextval('order_number')") == 100001
    for table in ("event", "inventory_movement", "sandbox_entry", "pgqueuer"):
        assert await db.fetchval(f"SELECT count(*) FROM {table}") == 0
    await db.execute(
        "INSERT INTO event (kind, at, subject_type, actor, via, message, data)"
        " VALUES ('left.behind', now(), 'X', 'a', 'api', 'm', '{}')"
    )


async def test_a_database_of_one_s_own_is_migrated(database_url: str) -> None:
    await db.connect(database_url)
    try:
        assert await db.fetchval("SELECT count(*) FROM number_series") == 2
    finally:
        await db.disconnect()

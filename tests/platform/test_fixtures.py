"""The ground that all other tests stand on."""

from __future__ import annotations

import pytest

from backend.models import db


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_a_migrated_database_of_its_own(database: str, turn: int) -> None:
    assert await db.fetchval("SELECT current_database()") in database
    assert await db.fetchval("SELECT count(*) FROM pg_class WHERE relname = 'left_behind'") == 0
    await db.execute("CREATE TABLE left_behind ()")
    assert await db.fetchval("SELECT count(*) FROM event") == 0

"""The bench of availability runs, and finds what it has put there."""

from __future__ import annotations

from bench.availability import measure


async def test_it_measures_what_it_asks_for() -> None:
    rows = await measure(2, 3)
    assert [name for name, *_ in rows] == [
        "the statement alone",
        "the query",
        "HTTP, units and first days",
        "HTTP, with every site",
    ]
    assert all(isinstance(took, float) and took > 0 for _, *times in rows for took in times)

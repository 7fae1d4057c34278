"""The bench of how soon a change is seen runs, and misses none."""

from __future__ import annotations

import pytest

from bench.visible import measure


async def test_it_sees_every_change(capsys: pytest.CaptureFixture[str]) -> None:
    await measure(5, 4, engine=False)
    told = capsys.readouterr().out
    assert "0 changes were not seen" in told
    assert all(f"| {where}" in told for where in ("a search", "an open feed", "the dashboard's queue"))

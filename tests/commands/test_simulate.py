"""`crossdock simulate` on orders that were placed, at the stock of before."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from backend.actions.allocation.allocate import allocate
from backend.actions.rule_sets.install import install_rule_sets
from backend.commands.simulating import simulate_period
from backend.errors import ErrorCode, Refused
from backend.models.past import history
from tests.actions import goods
from tests.actions.goods import DESK, a_site, an_order, line


async def test_the_orders_of_a_period_through_rule_sets(database: str) -> None:
    await goods.prepare()
    await install_rule_sets()
    await a_site("NEAR", {"A": 1}, rank=9)
    await a_site("MID", {"A": 5}, rank=1)
    began = datetime.now(UTC)
    for _ in range(2):
        await allocate(DESK, (await an_order(line("A", 1))).id)
    await goods.receive("NEAR", "A", 3)
    end = datetime.now(UTC) + timedelta(seconds=1)
    past = await history(began, end)
    assert [sum(it.quantity for it in case.demands) for case in past.cases] == [1, 1]
    assert (sum(level.free for level in past.opening.values()), [it.quantity for it in past.arrivals]) == (6, [3])
    before = await goods.everything()
    said = io.StringIO()
    await simulate_period(began, end, None, ["least cost", "priority list"], Console(file=said, width=200))
    assert await goods.everything() == before
    assert "2 orders, 2 units" in said.getvalue()
    assert "least cost v1" in said.getvalue()
    assert "Changed most by priority list v1" in said.getvalue()
    with pytest.raises(Refused) as refusal:
        await simulate_period(began, end, None, ["no such"], Console(file=said))
    assert refusal.value.code is ErrorCode.NOT_FOUND

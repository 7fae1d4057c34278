"""What the dashboard costs with many orders: `python -m bench.dashboard [ORDERS …]`, 1,000 and 100,000 by default.

The same questions on databases of different sizes, in one run: what is kept must not depend on how many orders there
are. Beside them what counting would cost, and how fast the follower folds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from backend.actions.workflows.install import install_ready
from backend.commands.demo.world import make_world
from backend.events import Position, save_position
from backend.models import db
from backend.models.db import transaction
from backend.queries.dashboard import sales_by, service_levels
from backend.queries.queues import FOLLOWER, queues
from backend.reactions.fold_dashboard import fold_dashboard, refill
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import Role, SalesBy
from bench import databases
from bench.orders import multiply
from bench.table import show

_ROUNDS = 50
#: Orders of the demonstration world, whose copies the others are.
_DEMO = 200


async def _milliseconds(ask: Callable[[], Awaitable[Any]], rounds: int = _ROUNDS) -> float:
    """The median."""
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - started) * 1_000)
    return statistics.median(took)


async def measure(count: int) -> list[object]:
    with databases.folder() as folder, databases.server(folder) as url:
        await db.migrate(url)
        await db.connect(url)
        try:
            return await _measure(count)
        finally:
            await db.disconnect()


async def _measure(count: int) -> list[object]:
    await install_ready()
    await make_world(_DEMO)
    orders = await multiply(count)
    sites = frozenset(row["id"] for row in await db.fetch("SELECT id FROM inventory_site ORDER BY code LIMIT 1"))
    store = Actor("user:store", "store", frozenset({Role.STORE_ASSOCIATE}), site_ids=sites)
    channel = Actor(
        "key:c", "c", frozenset({Role.CHANNEL}), channel_id=await db.fetchval("SELECT id FROM channel LIMIT 1")
    )
    counting = await _milliseconds(lambda: queues(SYSTEM, datetime.now(UTC)), 3)
    started = time.perf_counter()
    await refill()
    filled = time.perf_counter() - started
    for table in ("queue_entry", "queue_count", "sales_figure", "service_figure", "event"):
        await db.execute(f"VACUUM ANALYZE {table}")
    asked = [await _milliseconds(lambda of=actor: queues(of, datetime.now(UTC))) for actor in (SYSTEM, channel, store)]  # type: ignore[misc]
    events = await db.fetchval("SELECT count(*) FROM event")
    async with transaction() as tx:
        await save_position(tx, FOLLOWER, Position())
    behind = await _milliseconds(lambda: queues(SYSTEM, datetime.now(UTC)), 5)
    started = time.perf_counter()
    await fold_dashboard()
    folded = events / (time.perf_counter() - started)
    cuts = [await _milliseconds(lambda by=by: sales_by(SYSTEM, by, 30)) for by in (SalesBy.DAY, SalesBy.ITEM)]  # type: ignore[misc]
    levels = await _milliseconds(lambda: service_levels(SYSTEM, 30))
    return [f"{orders:,}", counting, *asked, behind, *cuts, levels, filled, folded]


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 100_000]
    rows = [asyncio.run(measure(size)) for size in sizes]
    head = [
        "orders",
        "counting, ms",
        "house, ms",
        "channel, ms",
        "store, ms",
        "200 behind, ms",
        "sales by day, ms",
    ]
    sys.stdout.write(show([*head, "by item, ms", "service, ms", "filled, s", "folded, events/s"], rows) + "\n")


if __name__ == "__main__":
    main()

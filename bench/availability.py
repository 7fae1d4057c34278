"""What asking for availability costs: `python -m bench.availability [SKUS SITES]`, 50 SKUs at 500 sites by default.

Milliseconds at the query, with every site of every SKU; each site holds every SKU. `process` is the CPU time of this
process, which does not depend on who else uses the machine.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from backend.models import db
from backend.queries.inventory import promises
from bench import databases
from bench.table import show

_ROUNDS = 200

_SITES = """
INSERT INTO inventory_site
  (id, code, name, kind, active, address, timezone, capabilities, rank, safety_stock, created_at)
SELECT gen_random_uuid(), 'S' || n, 'Site ' || n, 'STORE', TRUE, '{}', 'UTC', '{SHIP,PICKUP}'::text[], 100, 0, now()
  FROM generate_series(1, $1::int) n
"""
_LEVELS = """
INSERT INTO inventory_level (site_id, sku, on_hand)
SELECT s.id, 'SKU-' || n, 5 + n % 7 FROM generate_series(1, $1::int) n, inventory_site s
"""


async def _timed(ask: Callable[[], Awaitable[Any]]) -> list[object]:
    """Median and p99 of the time that passed, and the mean of the CPU time of this process."""
    took = []
    await ask()
    used = time.process_time()
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - started) * 1_000)
    used = (time.process_time() - used) * 1_000 / _ROUNDS
    return [statistics.median(took), statistics.quantiles(took, n=100)[-1], used]


async def measure(skus: int, sites: int) -> list[object]:
    with databases.folder() as folder, databases.server(folder) as url:
        await db.migrate(url)
        await db.connect(url)
        try:
            await db.execute(_SITES, sites)
            await db.execute(_LEVELS, 10 * skus)
            await db.execute("VACUUM ANALYZE inventory_level")
            wanted = [f"SKU-{number}" for number in range(1, skus + 1)]
            found = await promises(wanted)
            assert all(len(promise.sites) == sites for promise in found)
            return [skus, sites, *await _timed(lambda: promises(wanted))]
        finally:
            await db.disconnect()


def main() -> None:
    skus, sites = [int(word) for word in sys.argv[1:]] or (50, 500)
    head = ["SKUs", "sites", "median, ms", "p99, ms", "process, ms"]
    sys.stdout.write(show(head, [asyncio.run(measure(skus, sites))]) + "\n")


if __name__ == "__main__":
    main()

"""Learn scarcity prices from past orders when it is time: read, think outside any transaction, publish a version."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from backend.events import record
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import retried, transaction
from backend.models.past import active_rule_set, stock_now, windows_before
from backend.models.supply import all_sites
from backend.rules.permissions import SYSTEM
from backend.rules.price_learning import learn
from backend.rules.scarcity import Learnt

#: Windows of the past, each as long as the horizon; orders taken of each.
_WINDOWS, _ORDERS = 5, 800
#: Versions whose prices are kept.
_KEPT = 3

#: A worker that has been silent for so long is not at it any more. In time for the new ones to be fresh.
_CLAIM = """
UPDATE price_setting SET learning_since = now()
 WHERE mode <> 'OFF' AND (learning_since IS NULL OR learning_since < now() - interval '15 minutes')
   AND NOT EXISTS (SELECT 1 FROM price_table WHERE made_at > now() - make_interval(mins => period_minutes) * 0.8)
RETURNING horizon_days, now() AS now
"""


async def learn_prices() -> int | None:
    """The new version; None where it is not time, or another worker is at it."""
    claimed = await db.fetchrow(_CLAIM)
    if claimed is None:
        return None
    began = time.monotonic()
    windows = await windows_before(claimed["now"], timedelta(days=claimed["horizon_days"]), _WINDOWS, _ORDERS)
    skus = {demand.sku for window in windows for case in window.cases for demand in case.demands}
    rule_set = await active_rule_set()
    levels = await stock_now(sorted(skus))
    learnt = await asyncio.to_thread(learn, windows, await all_sites(), levels, rule_set)
    orders = sum(len(window.cases) for window in windows)
    return await _publish(learnt, rule_set.label, orders, time.monotonic() - began)


@retried
async def _publish(learnt: Learnt, rule_set: str, orders: int, seconds: float) -> int:
    keys = sorted(learnt, key=lambda key: (key[1], key[0]))
    async with transaction() as tx:
        [made] = await tx.fetch(
            "INSERT INTO price_table (made_at, rule_set, orders, prices, seconds) VALUES ($1, $2, $3, $4, $5)"
            " RETURNING id",
            tx.now,
            rule_set,
            orders,
            len(keys),
            seconds,
        )
        await tx.execute(
            "INSERT INTO scarcity_price (id, price_table_id, site_id, sku, price)"
            " SELECT id, $1, site_id, sku, price"
            " FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[]) AS p(id, site_id, sku, price)",
            made["id"],
            [uuid7() for _ in keys],
            [site_id for site_id, _ in keys],
            [sku for _, sku in keys],
            [learnt[key] for key in keys],
        )
        await tx.execute(
            "DELETE FROM scarcity_price WHERE price_table_id < (SELECT min(id) FROM"
            " (SELECT id FROM price_table ORDER BY id DESC LIMIT $1) t)",
            _KEPT,
        )
        await tx.execute("UPDATE price_setting SET learning_since = NULL")
        record(
            tx,
            SYSTEM,
            "allocation_prices.learnt",
            f"Scarcity prices, version {made['id']}: {len(keys)} from {orders} orders.",
            subject=("AllocationPrices", None),
            data={"version": made["id"], "prices": len(keys), "orders": orders},
        )
        return int(made["id"])

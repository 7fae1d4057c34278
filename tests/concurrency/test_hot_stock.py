"""Sixteen workers in two processes on fifty hot SKUs, everything at once: nothing is oversold, the books agree."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter

import pytest

from backend.models import db
from backend.models.channels import Channel
from backend.queries.verify import verify
from backend.rules.vocabulary import ChannelKind
from tests.actions import goods
from tests.actions.goods import a_site
from tests.concurrency.hot_stock import SITES, SKUS, VERBS

pytestmark = pytest.mark.concurrency

_SECONDS = 6
#: What may happen to somebody who was not the first.
_MAY_BE = {"INVALID_STATE", "INSUFFICIENT_STOCK", "NOT_FOUND", "none"}


async def _process(url: str, seed: int) -> Counter[str]:
    arguments = (sys.executable, "-m", "tests.concurrency.hot_stock", url, str(_SECONDS), str(seed))
    done = await asyncio.to_thread(subprocess.run, arguments, check=True, stdout=subprocess.PIPE, timeout=60)
    return Counter(json.loads(done.stdout.splitlines()[-1]))


async def test_sixteen_workers_oversell_nothing(database: str) -> None:
    await goods.prepare()
    await Channel.create(code="shop", name="Shop", kind=ChannelKind.STORE, currency="USD")
    for site in SITES:
        await a_site(site)
        await db.execute(
            "WITH level AS (INSERT INTO inventory_level (site_id, sku, on_hand)"
            " SELECT s.id, k.sku, 6 FROM inventory_site s, unnest($2::text[]) k(sku) WHERE s.code = $1"
            " RETURNING site_id, sku)"
            " INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor)"
            " SELECT gen_random_uuid(), site_id, sku, 6, 'RECEIPT', now(), 'test' FROM level",
            site,
            list(SKUS),
        )
    outcomes = sum(await asyncio.gather(*(_process(database, seed) for seed in (1, 2))), Counter[str]())
    assert {key.split()[1] for key in outcomes if " " in key} <= _MAY_BE, outcomes
    assert {key for key in outcomes if " " not in key} == set(VERBS), outcomes
    levels = (
        "SELECT count(*) FROM inventory_level WHERE allocated + reserved + fenced > on_hand"
        " OR least(allocated, reserved, fenced) < 0"
    )
    assert await db.fetchval(levels) == 0
    await goods.check_books()
    broken = {finding.name: finding.rows for finding in await verify() if finding.rows}
    assert broken.keys() <= {"order.moving"}, broken  # there is no worker here to move orders on

"""No unit is sold twice: two server processes and a worker on one database, and many clients at once over HTTP."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.models import db
from backend.queries.verify import verify
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind
from backend.schema.common import encode_id
from tests.shop import ORDER_CREATE, Clients, open_shop, order_of
from tests.stack import Stack, at_rest, free_port, time_passes

pytestmark = [pytest.mark.concurrency, pytest.mark.alone]

_CLIENTS = 24
_SECONDS = 6.0
#: What may happen to somebody who was not the first.
_MAY_BE = {"INVALID_STATE", "INVALID", "CONFLICT", "STALE", "INSUFFICIENT_STOCK", "NOT_ALLOCATABLE", "NOT_FOUND"}


@pytest.fixture
def stack(database: str, open_dir: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    folder = open_dir / str(request.node.name)
    folder.mkdir()
    with Stack(database, folder) as stack:
        yield stack
        print(stack.said())  # Shown where the test fails.


async def two_servers(stack: Stack, key: str) -> Clients:
    ports = [free_port(), free_port()]
    stack.worker()
    await asyncio.gather(*(asyncio.to_thread(stack.serve, port) for port in ports))
    return Clients([f"http://127.0.0.1:{port}" for port in ports], key)


async def offending() -> dict[str, Any]:
    return {finding.name: finding.rows for finding in await verify() if finding.rows}


class Watch:
    """Looks at the stock all the time: what was the least that was free anywhere?"""

    def __init__(self) -> None:
        self.least = 0
        self.looks = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            free = await db.fetchval(
                "SELECT min(least(on_hand, on_hand - allocated - reserved - fenced)) FROM inventory_level"
            )
            self.least = min(self.least, free or 0)
            self.looks += 1
            await asyncio.sleep(0.02)


async def test_200_clients_on_50_units_sell_50(stack: Stack) -> None:
    key = await open_shop({"NORTH": {"HOT": 30}, "SOUTH": {"HOT": 20}})
    clients = await two_servers(stack, key)
    async with Watch() as watch:
        answers = await asyncio.gather(
            *(clients.do(ORDER_CREATE, order_of(("HOT", 1)), f"client-{number}") for number in range(200))
        )
        assert [answer["userErrors"] for answer in answers] == [[]] * 200
        assert len({answer["order"]["id"] for answer in answers}) == 200
        await at_rest()
        sold = await db.fetchrow("SELECT sum(allocated) AS allocated, sum(backordered) AS backordered FROM order_line")
        assert tuple(sold or ()) == (50, 150)
        levels = await db.fetch("SELECT on_hand, allocated FROM inventory_level ORDER BY on_hand")
        assert [tuple(row) for row in levels] == [(20, 20), (30, 30)]
        await asyncio.to_thread(stack.run, "staff", "--until-idle")
        await at_rest()
    assert (watch.least, watch.looks > 5) == (0, True)
    states = await db.fetch("SELECT state, count(*) FROM sales_order GROUP BY state ORDER BY state")
    assert [tuple(row) for row in states] == [("CLOSED", 50), ("WAITING_ALLOCATION", 150)]
    assert await db.fetchval("SELECT sum(on_hand) FROM inventory_level") == 0
    assert await db.fetchval("SELECT sum(quantity) FROM inventory_movement WHERE reason = 'SHIPMENT'") == -50
    assert await offending() == {}


async def test_two_channels_at_once_leave_each_other_what_is_kept(stack: Stack) -> None:
    """Of 50 units 25 are kept for the web shop: 45 orders of each channel want one."""
    key = await open_shop({"NORTH": {"HOT": 30}, "SOUTH": {"HOT": 20}})
    await channels.create(SYSTEM, ChannelCommand("shop", "Shop", ChannelKind.STORE, "USD"))
    clients = await two_servers(stack, key)
    kept = {"sku": "HOT", "channel": "web"}
    fences = [kept | {"site": "NORTH", "quantity": 20}, kept | {"site": "SOUTH", "quantity": 5}]
    document = _mutation("inventoryRingFenceSet", "InventoryRingFenceSetInput")
    assert _codes(await clients.do(document, {"fences": fences})) == ""
    async with Watch() as watch:
        answers = await asyncio.gather(
            *(
                clients.do(ORDER_CREATE, order_of(("HOT", 1)) | {"channel": channel}, f"{channel}-{number}")
                for number in range(45)
                for channel in ("shop", "web")
            )
        )
        assert [answer["userErrors"] for answer in answers] == [[]] * 90
        await at_rest()
    assert watch.least == 0
    rows = await db.fetch(
        "SELECT c.code, sum(l.allocated) AS units FROM order_line l JOIN sales_order o ON o.id = l.order_id"
        " JOIN channel c ON c.id = o.channel_id GROUP BY 1"
    )
    sold = {row["code"]: row["units"] for row in rows}
    assert sum(sold.values()) == 50
    assert sold["web"] >= 25
    assert await db.fetchval("SELECT sum(quantity) FROM ring_fence") == 0
    assert await offending() == {}


async def test_orders_cancels_short_picks_receipts_and_counts_at_once(stack: Stack) -> None:
    key = await open_shop({site: dict.fromkeys("ABC", 40) for site in ("NORTH", "SOUTH", "WEST")})
    clients = await two_servers(stack, key)
    outcomes: Counter[tuple[str, str]] = Counter()
    chance = random.Random(20)
    end = asyncio.get_running_loop().time() + _SECONDS
    verbs = list(_VERBS)

    async def somebody() -> None:
        while asyncio.get_running_loop().time() < end:
            verb = chance.choice(verbs)
            codes = await _VERBS[verb](clients, chance)
            outcomes[verb, codes] += 1

    async with Watch() as watch:
        await asyncio.gather(*(somebody() for _ in range(_CLIENTS)))
        await time_passes()
        await at_rest()
    assert watch.least == 0
    refused = {code for (_, codes) in outcomes for code in codes.split() if code != "none"}
    assert refused <= _MAY_BE, outcomes
    assert {verb for (verb, codes) in outcomes if codes == ""} == set(_VERBS), outcomes
    assert await offending() == {}


Verb = Callable[[Clients, random.Random], Awaitable[str]]


async def _order(clients: Clients, chance: random.Random) -> str:
    lines = [(sku, chance.randint(1, 4)) for sku in chance.sample("ABC", chance.randint(1, 3))]
    return _codes(await clients.do(ORDER_CREATE, order_of(*lines), f"order-{chance.getrandbits(64)}"))


async def _cancel(clients: Clients, chance: random.Random) -> str:
    order = await _any("SELECT id FROM sales_order WHERE state NOT IN ('CLOSED', 'CANCELLED')")
    if order is None:
        return "none"
    given = {"orderId": encode_id("Order", order), "reason": "Changed their mind."}
    return _codes(await clients.do(_mutation("orderCancel", "OrderCancelInput"), given))


async def _pick(clients: Clients, chance: random.Random) -> str:
    """Some of it, all of it, or nothing."""
    shipping_order = await _any("SELECT id FROM shipping_order WHERE state = 'WAITING_PICK'")
    if shipping_order is None:
        return "none"
    rows = await db.fetch(
        "SELECT id, quantity FROM shipping_order_line WHERE shipping_order_id = $1 AND quantity > 0", shipping_order
    )
    lines = [
        {"lineId": encode_id("ShippingOrderLine", row["id"]), "quantity": chance.randint(0, row["quantity"])}
        for row in rows
    ]
    given = {"shippingOrderId": encode_id("ShippingOrder", shipping_order), "lines": lines}
    return _codes(await clients.do(_mutation("shippingOrderPick", "ShippingOrderPickInput"), given))


async def _reject(clients: Clients, chance: random.Random) -> str:
    shipping_order = await _any("SELECT id FROM shipping_order WHERE state IN ('WAITING_PICK', 'WAITING_PACK')")
    if shipping_order is None:
        return "none"
    given = {"shippingOrderId": encode_id("ShippingOrder", shipping_order), "reason": "The shelf is empty."}
    return _codes(await clients.do(_mutation("shippingOrderReject", "ShippingOrderRejectInput"), given))


async def _receive(clients: Clients, chance: random.Random) -> str:
    change = {"site": chance.choice(("NORTH", "SOUTH", "WEST")), "sku": chance.choice("ABC"), "quantity": 5}
    given = {"reason": "RECEIPT", "changes": [change]}
    return _codes(await clients.do(_mutation("inventoryAdjust", "InventoryAdjustInput"), given, f"{chance.random()}"))


async def _count(clients: Clients, chance: random.Random) -> str:
    counts = [
        {"site": chance.choice(("NORTH", "SOUTH")), "sku": sku, "quantity": chance.randint(0, 40)} for sku in "AB"
    ]
    return _codes(await clients.do(_mutation("inventorySet", "InventorySetInput"), {"counts": counts}))


_VERBS: dict[str, Verb] = {
    "order": _order,
    "cancel": _cancel,
    "pick": _pick,
    "reject": _reject,
    "receive": _receive,
    "count": _count,
}


def _mutation(name: str, kind: str) -> str:
    return f"mutation($input: {kind}!) {{ {name}(input: $input) {{ userErrors {{ code message path }} }} }}"


def _codes(payload: dict[str, Any]) -> str:
    return " ".join(sorted({error["code"] for error in payload["userErrors"]}))


async def _any(query: str) -> Any:
    return await db.fetchval(f"{query} ORDER BY random() LIMIT 1")

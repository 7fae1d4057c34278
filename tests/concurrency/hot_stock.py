"""One of several processes that fight for the same few SKUs: `python -m tests.concurrency.hot_stock URL SECONDS SEED`.

Eight workers order, reserve, allocate (alone and in batches), cancel, release, reject, receive, count and fence,
through the actions themselves, for two channels. What each verb came to is printed as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.allocation.allocate import allocate, allocate_all
from backend.actions.fulfillment.approve import approve as approve_shipping_order
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.ring_fences import RingFence, SetRingFences, set_ring_fences
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.approve import approve
from backend.actions.orders.cancel import cancel
from backend.actions.orders.complete import complete
from backend.actions.orders.create import create
from backend.actions.reservations.create import ReservationCommand, ReservationLineCommand
from backend.actions.reservations.create import create as reserve
from backend.actions.reservations.release import release, release_expired
from backend.errors import Refused
from backend.models import db
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import CreateOrder, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import MovementReason, PaymentMethodKind
from tests.actions.goods import RENO

SKUS = tuple(f"HOT-{number:02}" for number in range(50))
SITES = ("NORTH", "SOUTH", "WEST")
CHANNELS = ("web", "shop")
WORKERS = 8

Verb = Callable[[random.Random], Awaitable[object]]


def _lines(chance: random.Random) -> dict[str, int]:
    """A few SKUs, the first ones most of all."""
    return {SKUS[int(chance.random() ** 3 * len(SKUS))]: chance.randint(1, 3) for _ in range(chance.randint(1, 4))}


async def _order(chance: random.Random, reservation_id: UUID | None = None, channel: str | None = None) -> None:
    channel = channel or chance.choice(CHANNELS)
    wanted = _lines(chance)
    paid = PaymentCommand("manual", PaymentMethodKind.CASH, Decimal(10 * sum(wanted.values())))
    lines = [LineCommand(sku, units, Decimal(10)) for sku, units in wanted.items()]
    command = CreateOrder(
        channel, "USD", lines, email="a@b.cc", shipping_address=RENO, payments=[paid], reservation_id=reservation_id
    )
    made = await create(SYSTEM, command)
    await complete(SYSTEM, made.order_id)
    await approve(SYSTEM, made.order_id)
    await allocate(SYSTEM, made.order_id)


async def _reserve(chance: random.Random) -> None:
    lines = [ReservationLineCommand(sku, units) for sku, units in _lines(chance).items()]
    channel = chance.choice(CHANNELS)
    made = await reserve(SYSTEM, ReservationCommand(f"cart-{chance.getrandbits(64)}", channel, lines, 1))
    if chance.random() < 0.5:
        await _order(chance, made, channel)
    elif chance.random() < 0.5:
        await release(SYSTEM, made)


async def _any(query: str) -> UUID:
    found: UUID | None = await db.fetchval(f"{query} ORDER BY random() LIMIT 1")
    if found is None:
        raise LookupError
    return found


async def _cancel(chance: random.Random) -> None:
    await cancel(SYSTEM, await _any("SELECT id FROM sales_order WHERE state = 'WAITING_FULFILLMENT'"), "No more.")


async def _reject(chance: random.Random) -> None:
    found = await _any("SELECT id FROM shipping_order WHERE state = 'WAITING_APPROVAL'")
    await approve_shipping_order(SYSTEM, found)
    await reject(SYSTEM, RejectCommand(found, chance.choice(("OUT_OF_STOCK", "too busy"))))


async def _again(chance: random.Random) -> None:
    await allocate(SYSTEM, await _any("SELECT id FROM sales_order WHERE state = 'WAITING_ALLOCATION'"))


async def _batch(chance: random.Random) -> None:
    """Those that wait, whoever else is at them."""
    rows = await db.fetch("SELECT id FROM sales_order WHERE state = 'WAITING_ALLOCATION' ORDER BY random() LIMIT 12")
    for result in (await allocate_all(SYSTEM, [row["id"] for row in rows])).values():
        if isinstance(result, Exception) and not isinstance(result, Refused):
            raise result


async def _receive(chance: random.Random) -> None:
    change = StockChange(chance.choice(SITES), chance.choice(SKUS), 3)
    await adjust(SYSTEM, AdjustInventory(MovementReason.RECEIPT, [change]))


async def _count(chance: random.Random) -> None:
    counts = [StockChange(chance.choice(SITES), sku, chance.randint(0, 9)) for sku in chance.sample(SKUS, 3)]
    await set_counts(SYSTEM, SetInventory(counts))


async def _fence(chance: random.Random) -> None:
    fences = [
        RingFence(chance.choice(SITES), sku, chance.randint(0, 4), channel)
        for sku, channel in zip(chance.sample(SKUS, 2), CHANNELS, strict=True)
    ]
    await set_ring_fences(SYSTEM, SetRingFences(fences))


async def _expire(chance: random.Random) -> None:
    await release_expired()


VERBS: dict[str, Verb] = {
    "order": _order,
    "reserve": _reserve,
    "cancel": _cancel,
    "reject": _reject,
    "again": _again,
    "batch": _batch,
    "receive": _receive,
    "count": _count,
    "fence": _fence,
    "expire": _expire,
}
_WEIGHTS = (6, 4, 2, 1, 2, 2, 2, 1, 2, 1)


async def fight(url: str, seconds: float, seed: int) -> Counter[str]:
    await db.connect(url)
    outcomes: Counter[str] = Counter()
    end = asyncio.get_running_loop().time() + seconds

    async def worker(number: int) -> None:
        chance = random.Random(seed * WORKERS + number)
        while asyncio.get_running_loop().time() < end:
            (verb,) = chance.choices(tuple(VERBS), _WEIGHTS)
            try:
                await VERBS[verb](chance)
                outcomes[verb] += 1
            except Refused as refusal:
                outcomes[f"{verb} {refusal.code}"] += 1
            except LookupError:
                outcomes[f"{verb} none"] += 1

    await asyncio.gather(*(worker(number) for number in range(WORKERS)))
    await db.disconnect()
    return outcomes


if __name__ == "__main__":
    print(json.dumps(asyncio.run(fight(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))))

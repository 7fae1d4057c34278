"""Whatever is done, in whatever order and at once: the books add up and nothing is promised twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.fulfillment.approve import approve
from backend.actions.fulfillment.automatic import pack_all, ship_all
from backend.actions.fulfillment.claim import claim
from backend.actions.fulfillment.hand_over import hand_over
from backend.actions.fulfillment.pick import pick
from backend.actions.fulfillment.ready import ready
from backend.actions.fulfillment.reject import RejectCommand, reject
from backend.actions.fulfillment.units import LineQuantity
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.cancel import LineQuantity as OrderLineQuantity
from backend.actions.orders.cancel import cancel
from backend.errors import Refused
from backend.models.fulfillment import ShippingOrder
from backend.models.orders import Order, OrderLine
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import MovementReason
from tests.actions import goods
from tests.actions.goods import a_site, an_order, its_lines, line

SITES = ("NEAR", "MID", "FAR")
SKUS = ("A", "B")
VERBS = ("allocate", "count", "adjust", "pick", "pack", "leave", "reject", "cancel")


class Chance:
    """Does something that may or may not be possible now."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.done = Counter[str]()
        self.orders: list[Order] = []

    async def order(self) -> None:
        lines = [
            line(sku, self.dice.randint(1, 4), site=self.dice.choice([None, None, *SITES]))
            for sku in self.dice.sample(SKUS, self.dice.randint(1, 2))
        ]
        self.orders.append(await an_order(*lines, priority=self.dice.randint(0, 2)))

    async def allocate(self) -> None:
        await allocate(SYSTEM, self.dice.choice(self.orders).id)

    async def refill(self) -> None:
        await allocate_backorders(SYSTEM, None)

    async def count(self) -> None:
        rows = [StockChange(site, sku, self.dice.randint(0, 12)) for site in SITES for sku in SKUS]
        await set_counts(SYSTEM, SetInventory(self.dice.sample(rows, 2)))

    async def adjust(self) -> None:
        change = StockChange(self.dice.choice(SITES), self.dice.choice(SKUS), self.dice.choice([-3, -1, 2, 6]))
        await adjust(SYSTEM, AdjustInventory(MovementReason.ADJUSTMENT, [change]))

    async def any_shipping_order(self, *states: str) -> ShippingOrder:
        """Mostly one of these states, and now and then one that it is too early or too late for."""
        fit = await ShippingOrder.filter(state__in=list(states)).order_by("number")
        if not fit or self.dice.random() < 0.1:
            fit = await ShippingOrder.all().order_by("number")
        return self.dice.choice(fit)

    async def approve_and_claim(self) -> None:
        found = await self.any_shipping_order("WAITING_APPROVAL")
        await approve(SYSTEM, found.id)
        await claim(SYSTEM, found.id)

    async def pick(self) -> None:
        found = await self.any_shipping_order("WAITING_PICK")
        lines = [
            LineQuantity(it.id, max(0, it.quantity - self.dice.choice([0, 0, 0, 1, 9])))
            for it in await its_lines(found.id)
        ]
        await pick(SYSTEM, found.id, lines)

    async def pack(self) -> None:
        found = await self.any_shipping_order("WAITING_PACK")
        if found.delivery_method.value == "PICKUP":
            await ready(SYSTEM, found.id)
        else:
            await pack_all(SYSTEM, found.id)

    async def leave(self) -> None:
        found = await self.any_shipping_order("WAITING_SHIPMENT", "READY_FOR_PICKUP")
        if found.pickup_code:
            await hand_over(SYSTEM, found.id, found.pickup_code)
        else:
            await ship_all(SYSTEM, found.id)

    async def reject(self) -> None:
        found = await self.any_shipping_order("WAITING_PICK", "WAITING_PACK", "WAITING_SHIPMENT")
        entry = self.dice.choice(await its_lines(found.id))
        some = [LineQuantity(entry.id, self.dice.randint(1, 2))] if self.dice.random() < 0.5 else None
        reason = self.dice.choice(["OUT_OF_STOCK", "DAMAGED", "Too busy"])
        await reject(SYSTEM, RejectCommand(found.id, reason, some))

    async def cancel(self) -> None:
        order = self.dice.choice(self.orders)
        entry = self.dice.choice(await OrderLine.filter(order_id=order.id).order_by("position"))
        some = [OrderLineQuantity(entry.id, self.dice.randint(1, 2))] if self.dice.random() < 0.7 else None
        await cancel(SYSTEM, order.id, "Changed their mind", some)

    async def something(self) -> None:
        verbs: list[Callable[[], Awaitable[None]]] = [
            self.order,
            *(self.allocate, self.allocate, self.refill, self.count, self.adjust),
            *(self.approve_and_claim, self.approve_and_claim, self.pick, self.pick, self.pack, self.pack),
            *(self.leave, self.reject, self.cancel),
        ]
        verb = self.dice.choice(verbs)
        try:
            await verb()
            self.done[verb.__name__] += 1
        except Refused:
            self.done["refused"] += 1


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    for site in SITES:
        await a_site(site, dict.fromkeys(SKUS, 10), safety_stock=SITES.index(site))


@pytest.mark.slow
@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("seed", range(3))
async def test_after_every_step(seed: int) -> None:
    chance = Chance(seed)
    for _ in range(6):
        await chance.order()
        await allocate(SYSTEM, chance.orders[-1].id)
    for _ in range(150):
        await chance.something()
        await goods.check_books()
    assert min(chance.done[verb] for verb in VERBS) > 0, chance.done


@pytest.mark.slow
@pytest.mark.concurrency
@pytest.mark.usefixtures("world")
async def test_with_many_at_once() -> None:
    chance = Chance(7)
    for _ in range(12):
        await chance.order()
        await allocate(SYSTEM, chance.orders[-1].id)
    for _ in range(15):
        await asyncio.gather(*(chance.something() for _ in range(12)))
        await goods.check_books()
    assert chance.done["refused"] < sum(chance.done.values())

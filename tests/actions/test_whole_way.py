"""An order through all twelve steps, as the worker and a site do it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.fulfillment.automatic import pack_all, pick_all, ship_all
from backend.actions.fulfillment.hand_over import hand_over
from backend.actions.fulfillment.ready import ready
from backend.actions.inventory.adjust import AdjustInventory, StockChange, adjust
from backend.actions.orders.advance import advance
from backend.actions.orders.approve import approve
from backend.actions.orders.complete import complete
from backend.actions.orders.resume import resume
from backend.actions.payments.add import add
from backend.actions.payments.authorize import authorize
from backend.actions.payments.capture import capture
from backend.actions.payments.void import void
from backend.models import db
from backend.models.facts import load
from backend.models.fulfillment import ShippingOrder
from backend.models.inventory import InventoryLevel
from backend.models.log import Alert, Event
from backend.models.orders import Order
from backend.models.payments import Invoice, Payment
from backend.rules.billing import PaymentCommand
from backend.rules.permissions import SYSTEM
from backend.rules.progress import assess
from backend.rules.vocabulary import (
    DeliveryMethod,
    LifecycleStep,
    LineKind,
    MovementReason,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    ShippingOrderState,
    StepMode,
)
from backend.rules.workflows import BY_HAND, StepRule, steps_to_json
from tests.actions.orders.conftest import DESK, card, line, place, shop

__all__ = ["place", "shop"]
Place = Callable[..., Awaitable[Order]]


async def again(order: Order) -> Order:
    return await Order.get(id=order.id)


async def waits(order: Order) -> list[str]:
    facts = await load(order.id)
    return [wait.reason for wait in assess(facts, facts.state_since).waits]


async def ship_everything(order: Order) -> None:
    for it in await ShippingOrder.filter(order_id=order.id).order_by("position"):
        await pick_all(DESK, it.id)
        if it.delivery_method is DeliveryMethod.PICKUP:
            await ready(DESK, it.id)
            await hand_over(DESK, it.id, (await ShippingOrder.get(id=it.id)).pickup_code or "")
        else:
            await pack_all(DESK, it.id)
            await ship_all(DESK, it.id)
    await advance(order.id)


async def test_straight_through(place: Place, shop: dict[str, UUID]) -> None:
    gift = line("WRAP", 1, "4.00", kind=LineKind.SERVICE)
    order = await place(lines=[line("A", 2, "10.00"), gift], shipping=Decimal("5.99"), payments=[card("29.99")])
    await advance(order.id)
    order = await again(order)
    assert (order.state, order.payment_status) == (OrderState.WAITING_FULFILLMENT, PaymentStatus.AUTHORIZED)
    assert await waits(order) == ["PICK"]
    level = await InventoryLevel.get(site_id=shop["DC"], sku="A")
    assert (level.on_hand, level.allocated) == (10, 2)
    await ship_everything(order)
    order = await again(order)
    assert (order.state, order.payment_status) == (OrderState.CLOSED, PaymentStatus.CAPTURED)
    assert (order.captured, order.total) == (2999, 2999)
    level = await InventoryLevel.get(site_id=shop["DC"], sku="A")
    assert (level.on_hand, level.allocated) == (8, 0)
    invoices = await Invoice.filter(order_id=order.id).order_by("number")
    assert [(it.number, it.total) for it in invoices] == [("INV-000001", 2599), ("INV-000002", 400)]
    events = await Event.filter(order_id=order.id).order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind == "order.filed"


async def test_a_declined_card_waits_with_an_alert_until_another_one_pays(place: Place) -> None:
    order = await place(payments=[card("20.00", "sandbox_declined")])
    await advance(order.id)
    assert await waits(order) == ["PAYMENT_DECLINED"]
    assert [alert.kind for alert in await Alert.filter(cleared_at=None)] == ["payment.declined"]
    await add(DESK, order.id, card("20.00"))
    await advance(order.id)
    assert (await again(order)).state is OrderState.WAITING_FULFILLMENT
    assert await Alert.filter(cleared_at=None).count() == 0


async def test_a_capture_that_is_refused_suspends_until_it_is_paid(place: Place) -> None:
    order = await place(payments=[card("20.00", "sandbox_capture_declined")])
    await advance(order.id)
    await ship_everything(order)
    order = await again(order)
    assert (order.state, order.suspended) == (OrderState.WAITING_FILING, True)
    [alert] = await Alert.filter(cleared_at=None)
    assert (alert.kind, alert.severity.value) == ("payment.capture_declined", "CRITICAL")

    declined = await Payment.get(order_id=order.id)
    await void(DESK, declined.id)
    await resume(DESK, order.id)
    await advance(order.id)
    assert await waits(order) == ["UNSETTLED", "PAYMENT_MISSING"]
    await add(DESK, order.id, PaymentCommand("manual", PaymentMethodKind.BANK_TRANSFER, Decimal("5.00")))
    await advance(order.id)
    assert await waits(order) == ["UNSETTLED", "PAYMENT_AWAITED"]
    await add(DESK, order.id, card("15.00"))
    await advance(order.id)
    assert await waits(order) == ["UNSETTLED", "PAYMENT_AWAITED"]
    transfer = await Payment.get(order_id=order.id, gateway="manual")
    await authorize(DESK, transfer.id)
    await capture(DESK, transfer.id)
    await advance(order.id)
    order = await again(order)
    assert (order.state, order.captured) == (OrderState.CLOSED, 2000)


async def test_backorders_are_filled_when_stock_comes(place: Place, shop: dict[str, UUID]) -> None:
    order = await place(lines=[line("A", 12, "1.00")], payments=[card("12.00")])
    await advance(order.id)
    assert (await again(order)).state is OrderState.WAITING_ALLOCATION
    assert await waits(order) == ["BACKORDERED", "PICK"]
    await adjust(SYSTEM, AdjustInventory(MovementReason.RECEIPT, [StockChange("ST", "A", 5)]))
    await allocate_backorders(SYSTEM, None)
    assert (await again(order)).state is OrderState.WAITING_FULFILLMENT
    await advance(order.id)
    await ship_everything(order)
    assert (await again(order)).state is OrderState.CLOSED


async def test_a_pick_up_is_handed_over_at_its_site(place: Place, shop: dict[str, UUID]) -> None:
    await InventoryLevel.create(site_id=shop["ST"], sku="A", on_hand=2)
    collected = line("A", 2, "10.00", delivery_method=DeliveryMethod.PICKUP, pickup_site="ST")
    order = await place(lines=[collected])
    await advance(order.id)
    [it] = await ShippingOrder.filter(order_id=order.id)
    assert it.site_id == shop["ST"]
    await ship_everything(order)
    assert (await ShippingOrder.get(id=it.id)).state is ShippingOrderState.PICKED_UP
    assert (await again(order)).state is OrderState.CLOSED


async def test_everything_by_hand_waits_at_each_step(place: Place, shop: dict[str, UUID]) -> None:
    order = await place(tags=["by-hand"])
    await advance(order.id)
    assert await waits(order) == ["PAYMENT"]
    await authorize(DESK, (await Payment.get(order_id=order.id)).id)
    assert await waits(order) == ["COMPLETION"]
    await complete(DESK, order.id)
    assert await waits(order) == ["APPROVAL"]
    await approve(DESK, order.id)
    assert await waits(order) == ["ALLOCATION"]
    await allocate(DESK, order.id)
    assert await waits(order) == ["SHIPPING_ORDER_APPROVAL"]


async def test_a_workflow_without_sites_or_people_runs_to_its_end(place: Place, shop: dict[str, UUID]) -> None:
    everything = {step: StepRule(StepMode.AUTOMATIC) for step in BY_HAND.steps}
    await db.execute(
        "UPDATE workflow SET steps = $1 WHERE name = 'straight through'", json.dumps(steps_to_json(everything))
    )
    order = await place()
    await advance(order.id)
    assert (await again(order)).state is OrderState.CLOSED


@pytest.mark.parametrize("step", ["PAYMENT", "APPROVAL", "ALLOCATION", "INVOICE", "PICK_PACK", "SHIPMENT", "FILING"])
async def test_each_step_can_be_skipped(place: Place, shop: dict[str, UUID], step: str) -> None:

    steps = {it: StepRule(StepMode.AUTOMATIC) for it in BY_HAND.steps}
    steps[LifecycleStep(step)] = replace(StepRule(), mode=StepMode.SKIP)
    await db.execute("UPDATE workflow SET steps = $1 WHERE name = 'straight through'", json.dumps(steps_to_json(steps)))
    order = await place()
    await advance(order.id)
    order = await again(order)
    assert order.state is OrderState.CLOSED
    assert order.captured == (0 if step == "PAYMENT" else 2000)
    assert await Invoice.filter(order_id=order.id).count() == (0 if step == "INVOICE" else 1)

"""Asking for, approving and taking in returns: exact amounts, parts over sites, stock, and what is refused."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

from backend.actions.allocation.backorders import allocate_backorders
from backend.actions.orders.advance import advance
from backend.actions.orders.create import create as create_order
from backend.actions.reservations.create import ReservationCommand, ReservationLineCommand
from backend.actions.reservations.create import create as reserve
from backend.actions.returns.approve import approve
from backend.actions.returns.cancel import cancel
from backend.actions.returns.create import CreateReturn, create
from backend.actions.returns.receive import ReceiveReturn, receive
from backend.actions.returns.redispose import RedisposeReturn, redispose
from backend.actions.returns.reject import reject
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.inventory import InventoryLevel
from backend.models.log import Event
from backend.models.orders import Order
from backend.models.returns import Return, ReturnLine, ReturnReceipt
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.returns import Asked, Receipt
from backend.rules.vocabulary import (
    Disposition,
    FulfillmentStatus,
    OrderState,
    ReturnMethod,
    ReturnState,
    Role,
)
from tests.actions.orders.conftest import DESK, an_order, card, line
from tests.actions.returns.conftest import (
    DAMAGED,
    FULFILLMENT,
    RESTOCK,
    Deliver,
    again,
    approved,
    ask,
    associate,
    lines_of,
    on_hand,
    refusal_of,
    take,
)

# Three units: 30.00 − 1.00 (33, 34, 33) + 0.50 (17, 16, 17) = 29.50, one by one 9.84, 9.82, 9.84.
THREE = {
    "lines": [line("A", 3, "10.00", discount=Decimal("1.00"), tax=Decimal("0.50")), line("B", 1, "5.00")],
    "payments": [card("34.50")],
}


async def test_a_return_is_numbered_and_waits_for_approval(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    first, second = await ask(order, 1), await ask(order, 1)
    assert [first.number, second.number] == [f"{order.number}-R1", f"{order.number}-R2"]
    assert (first.state, first.version, first.refund_due) == (ReturnState.WAITING_APPROVAL, 1, 0)
    await approve(DESK, first.id, expected_version=1)
    assert ((await again(first)).state, (await again(first)).version) == (ReturnState.WAITING_RECEIPT, 2)
    assert (await refusal_of(approve(DESK, first.id))).code is ErrorCode.INVALID_STATE
    assert (await refusal_of(approve(DESK, second.id, expected_version=7))).code is ErrorCode.STALE


async def test_units_received_one_by_one_add_up_to_the_line(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    rma = await approved(order, 3)
    amounts = []
    for _ in range(3):
        before = rma.refund_due
        rma = await take(rma, 1)
        amounts.append(rma.refund_due - before)
    assert amounts == [984, 982, 984]
    assert (sum(amounts), rma.state) == (2950, ReturnState.WAITING_REFUND)
    [returned] = await ReturnLine.filter(rma_id=rma.id)
    assert (returned.received, returned.refund, returned.disposition) == (3, 2950, DAMAGED)


async def test_units_of_several_returns_add_up_too(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    first, second = await approved(order, 1), await approved(order, 2)
    second = await take(second, 2)
    first = await take(first, 1)
    assert (second.refund_due, first.refund_due) == (1966, 984)


async def test_tax_is_not_added_where_prices_include_it(deliver: Deliver) -> None:
    lines = [line("A", 3, "10.00", discount=Decimal("1.00"), tax=Decimal("4.63"))]
    order = await deliver(lines=lines, prices_include_tax=True, payments=[card("29.00")])
    rma = await take(await approved(order, 2), 2)
    assert rma.refund_due == 1933


async def test_parts_come_to_two_sites(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver(**THREE)
    rma = await approved(order, 3, 1)
    rma = await take(rma, 1, site="ST", disposition=RESTOCK)
    assert (rma.state, rma.refund_due) == (ReturnState.WAITING_RECEIPT, 984)
    rma = await take(rma, 2, 1, site="DC")
    assert (rma.state, rma.refund_due) == (ReturnState.WAITING_REFUND, 3450)
    receipts = await ReturnReceipt.filter(rma_id=rma.id).order_by("quantity", "id")
    assert sorted((it.site_id == shop["ST"], it.quantity, it.disposition) for it in receipts) == [
        (False, 1, DAMAGED),
        (False, 2, DAMAGED),
        (True, 1, RESTOCK),
    ]
    assert (await on_hand(shop["ST"], "A"), await on_hand(shop["DC"], "A")) == (1, 7)
    assert [it.returned for it in await lines_of(order)] == [3, 1]
    assert (await Order.get(id=order.id)).fulfillment_status is FulfillmentStatus.RETURNED


async def test_staff_says_that_nothing_more_comes(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    rma = await approved(order, 3)
    nothing = ReceiveReturn(rma.id, "DC", [], complete=True)
    assert (await refusal_of(receive(FULFILLMENT, nothing))).code is ErrorCode.INVALID_STATE
    await take(rma, 1)
    await receive(FULFILLMENT, nothing)
    rma = await again(rma)
    assert (rma.state, rma.refund_due) == (ReturnState.WAITING_REFUND, 984)
    assert (await ask(order, 2)).number == f"{order.number}-R2"


async def test_only_restocked_units_are_stock_again(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver(**THREE)
    rma = await approved(order, 3)
    [returned] = await ReturnLine.filter(rma_id=rma.id)
    receipts = [Receipt(returned.id, 1, RESTOCK), Receipt(returned.id, 2, Disposition.DISPOSE)]
    await receive(FULFILLMENT, ReceiveReturn(rma.id, "DC", receipts))
    assert await on_hand(shop["DC"], "A") == 8
    [movement] = await db.fetch("SELECT * FROM inventory_movement WHERE reason = 'RETURN'")
    assert (movement["quantity"], movement["reference"], movement["order_id"]) == (1, rma.number, order.id)
    told = await Event.filter(kind="inventory.changed").order_by("-id").first()
    assert told is not None
    assert (told.subject_id, told.data["skus"]) == (shop["DC"], ["A"])


async def test_restocked_units_fill_a_backorder(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver(lines=[line("A", 10, "1.00")], payments=[card("10.00")])
    waiting = (await create_order(DESK, an_order(lines=[line("A", 2, "1.00")], payments=[card("2.00")]))).order_id
    await advance(waiting)
    assert (await Order.get(id=waiting)).state is OrderState.WAITING_ALLOCATION
    await take(await approved(order, 2), 2, disposition=RESTOCK)
    assert await allocate_backorders(SYSTEM, None) == 1
    await advance(waiting)
    assert (await Order.get(id=waiting)).fulfillment_status is FulfillmentStatus.FULFILLED
    assert await on_hand(shop["DC"], "A") == 0


async def test_eight_receive_the_same_unit_at_once(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver(**THREE)
    rma = await approved(order, 1)
    results = await asyncio.gather(*(take(rma, 1, disposition=RESTOCK) for _ in range(8)), return_exceptions=True)
    refusals = [it for it in results if isinstance(it, Refused)]
    assert (len(refusals), {it.code for it in refusals}) == (7, {ErrorCode.INVALID})
    rma = await again(rma)
    assert (rma.refund_due, rma.state) == (984, ReturnState.WAITING_REFUND)
    assert (await lines_of(order))[0].returned == 1
    assert (await ReturnReceipt.all().count(), await on_hand(shop["DC"], "A")) == (1, 8)


async def test_more_than_was_delivered_cannot_come_back(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    problem = await refusal_of(ask(order, 4))
    assert (problem.code, problem.path) == (ErrorCode.INVALID, ("lines", "0", "quantity"))
    await ask(order, 2)
    assert (await refusal_of(ask(order, 2))).message == "1 to 1 units can come back."
    rma = await approved(order, 1)
    await take(rma, 1)
    assert (await refusal_of(ask(order, 1))).message == "None of its units can come back."
    assert (await refusal_of(take(rma, 1))).path == ("lines", "0", "quantity")


async def test_units_of_a_return_that_was_called_off_can_be_asked_for_again(deliver: Deliver) -> None:
    order = await deliver(**THREE)
    rejected, cancelled = await ask(order, 2), await approved(order, 1)
    await reject(DESK, rejected.id, "Worn.")
    await cancel(DESK, cancelled.id, "Kept it.")
    rejected, cancelled = await again(rejected), await again(cancelled)
    assert (rejected.state, rejected.closing_reason) == (ReturnState.REJECTED, "Worn.")
    assert (cancelled.state, cancelled.closed_at is not None) == (ReturnState.CANCELLED, True)
    rma = await approved(order, 3)
    await take(rma, 1)
    assert (await refusal_of(cancel(DESK, rma.id, "No."))).code is ErrorCode.INVALID_STATE


async def test_what_is_refused_when_asking(deliver: Deliver) -> None:
    order, other = await deliver(**THREE), await deliver()
    own = (await lines_of(order))[0].id

    def asking(*lines: Asked, site: str | None = None) -> CreateReturn:
        return CreateReturn(order.id, ReturnMethod.SHIP, lines, site)

    for command, code, path in (
        (asking(), ErrorCode.INVALID, ("lines",)),
        (asking(Asked(own, 1, " ")), ErrorCode.INVALID, ("lines", "0", "reason")),
        (asking(Asked(own, 0, "x")), ErrorCode.INVALID, ("lines", "0", "quantity")),
        (asking(Asked(own, 1, "x"), Asked(own, 1, "x")), ErrorCode.DUPLICATE, ("lines", "1", "order_line_id")),
        (
            asking(Asked((await lines_of(other))[0].id, 1, "x")),
            ErrorCode.NOT_FOUND,
            ("lines", "0", "order_line_id"),
        ),
        (asking(Asked(own, 1, "x"), site="NO"), ErrorCode.NOT_FOUND, ("site",)),
    ):
        problem = await refusal_of(create(DESK, command))
        assert (problem.code, problem.path) == (code, path)


async def test_a_site_that_takes_no_returns_receives_none(deliver: Deliver, shop: dict[str, UUID]) -> None:
    rma = await approved(await deliver(), 1)
    await db.execute("UPDATE inventory_site SET capabilities = '{SHIP}' WHERE code = 'ST'")
    await db.execute("UPDATE inventory_site SET active = false WHERE code = 'DC'")
    for site in ("ST", "DC"):
        problem = await refusal_of(take(rma, 1, site=site))
        assert (problem.code, problem.path) == (ErrorCode.INVALID, ("site",))


async def test_a_store_takes_in_returns_of_any_order_at_its_own_counter_alone(
    deliver: Deliver, shop: dict[str, UUID]
) -> None:
    rma = await approved(await deliver(), 2)
    clerk = associate(shop["ST"])
    assert (await refusal_of(take(rma, 1, site="DC", actor=clerk))).code is ErrorCode.NOT_FOUND
    rma = await take(rma, 1, site="ST", actor=clerk)
    assert rma.refund_due == 1000
    stranger = Actor("key:1", "other shop", frozenset({Role.CHANNEL}), channel_id=shop["ST"])
    assert (await refusal_of(cancel(stranger, rma.id, "x"))).code is ErrorCode.NOT_FOUND


async def test_the_counter_approves_by_taking_in(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver()
    sent, brought = await ask(order, 1), await ask(order, 1, method=ReturnMethod.IN_STORE)
    assert (await refusal_of(take(sent, 1, actor=DESK))).code is ErrorCode.INVALID_STATE
    clerk = associate(shop["ST"])
    assert (await refusal_of(take(brought, 1, site="ST", actor=clerk))).code is ErrorCode.NOT_PERMITTED
    brought = await take(brought, 1, site="ST", actor=DESK)
    assert (brought.state, brought.refund_due) == (ReturnState.WAITING_REFUND, 1000)
    kinds = [it.kind for it in await Event.filter(subject_id=brought.id).order_by("id")]
    assert kinds == ["return.created", "return.approved", "return.received"]


async def test_what_becomes_of_units_can_change(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver()
    rma = await take(await approved(order, 2), 2)
    receipt = await ReturnReceipt.get(rma_id=rma.id)
    await redispose(FULFILLMENT, RedisposeReturn(rma.id, receipt.id, RESTOCK, 1))
    assert await on_hand(shop["DC"], "A") == 9
    parts = await ReturnReceipt.filter(rma_id=rma.id).order_by("id")
    assert [(it.quantity, it.disposition) for it in parts] == [(1, DAMAGED), (1, RESTOCK)]
    same = RedisposeReturn(rma.id, parts[1].id, RESTOCK)
    assert (await refusal_of(redispose(FULFILLMENT, same))).path == ("disposition",)
    too_many = RedisposeReturn(rma.id, parts[0].id, RESTOCK, 2)
    assert (await refusal_of(redispose(FULFILLMENT, too_many))).path == ("quantity",)
    back = RedisposeReturn(rma.id, parts[1].id, DAMAGED)
    assert (await refusal_of(redispose(associate(shop["ST"]), back))).code is ErrorCode.NOT_FOUND
    await redispose(FULFILLMENT, back)
    assert (await on_hand(shop["DC"], "A"), (await again(rma)).refund_due) == (8, 2000)


async def test_restocked_units_that_are_promised_cannot_be_taken_out(deliver: Deliver, shop: dict[str, UUID]) -> None:
    order = await deliver()
    rma = await take(await approved(order, 2), 2, disposition=RESTOCK)
    (level,) = await InventoryLevel.filter(sku="A")
    units = [ReservationLineCommand("A", level.on_hand - level.safety_stock - 1, "DC")]
    await reserve(SYSTEM, ReservationCommand("basket", "web", units))
    receipt = await ReturnReceipt.get(rma_id=rma.id)
    problem = await refusal_of(redispose(FULFILLMENT, RedisposeReturn(rma.id, receipt.id, DAMAGED)))
    assert problem.code is ErrorCode.INSUFFICIENT_STOCK
    assert await Return.all().count() == 1

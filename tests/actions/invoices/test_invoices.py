"""Invoices: nothing twice, no cent lost, numbers without gaps."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from backend.actions.invoices.credit import credit_units
from backend.actions.invoices.issue import issue
from backend.actions.orders.locking import lock_order
from backend.errors import Refused
from backend.models import db
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.inventory import InventorySite
from backend.models.orders import Order, OrderLine
from backend.models.returns import Return, ReturnLine
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import (
    DeliveryMethod,
    LineKind,
    ReturnMethod,
    ReturnState,
    ShippingOrderState,
    SiteKind,
)
from tests.actions.money import DESK, an_order, card, events, line


async def papers(order_id: UUID) -> list[tuple[str, int, int, list[tuple[str, int, int, int]]]]:
    """(number, shipping, total, [(sku, quantity, tax, total)]) of each, in the order made."""
    found = []
    for row in await db.fetch("SELECT * FROM invoice WHERE order_id = $1 ORDER BY issued_at, kind, number", order_id):
        lines = await db.fetch(
            "SELECT sku, quantity, tax, total FROM invoice_line WHERE invoice_id = $1 ORDER BY sku", row["id"]
        )
        found.append((row["number"], row["shipping"], row["total"], [tuple(it) for it in lines]))
    return found


async def shipping_order(order: Order, position: int, *parts: tuple[OrderLine, int]) -> UUID:
    site, _ = await InventorySite.get_or_create(
        code="DC",
        defaults={
            "name": "DC",
            "kind": SiteKind.WAREHOUSE,
            "address": {},
            "latitude": 0,
            "longitude": 0,
            "timezone": "UTC",
            "capabilities": ["SHIP"],
        },
    )
    made = await ShippingOrder.create(
        number=f"{order.number}-{position}",
        order_id=order.id,
        site_id=site.id,
        position=position,
        state=ShippingOrderState.WAITING_PICK,
        delivery_method=DeliveryMethod.SHIP,
        created_at=order.placed_at,
        state_since=order.placed_at,
    )
    for part, quantity in parts:
        await ShippingOrderLine.create(
            shipping_order_id=made.id, order_id=order.id, order_line_id=part.id, sku=part.sku, quantity=quantity
        )
    return made.id


async def lines_of(order: Order) -> list[OrderLine]:
    return await OrderLine.filter(order_id=order.id).order_by("position")


async def test_all_of_an_order_once(database: str) -> None:
    tax = Decimal("0.41")
    order = await an_order(
        card("36.40"), lines=[line(2, "10.00", tax=tax), line(3, "3.33", sku="B")], shipping=Decimal("6.00")
    )
    first = await issue(SYSTEM, order.id)
    assert first is not None
    assert await papers(order.id) == [("INV-000001", 600, 3640, [("A", 2, 41, 2041), ("B", 3, 0, 999)])]
    version = (await Order.get(id=order.id)).version
    assert await issue(SYSTEM, order.id) is None
    assert (await Order.get(id=order.id)).version == version
    assert await events(order.id, "invoice.") == ["invoice.issued"]
    assert [it.invoiced for it in await lines_of(order)] == [2, 3]


async def test_shipping_orders_add_up_to_the_order(database: str) -> None:
    order = await an_order(
        card("1.00"),
        lines=[line(3, "1.00", discount=Decimal("0.10"), tax=Decimal("0.20"))],
        shipping=Decimal("5.00"),
        invoice_on="SHIPMENT",
    )
    (only,) = await lines_of(order)
    for position in (1, 2, 3):
        shipped = await shipping_order(order, position, (only, 1))
        assert await issue(SYSTEM, order.id, shipped) is not None
        assert await issue(SYSTEM, order.id, shipped) is None
    assert await papers(order.id) == [
        ("INV-000001", 500, 604, [("A", 1, 7, 104)]),
        ("INV-000002", 0, 102, [("A", 1, 6, 102)]),
        ("INV-000003", 0, 104, [("A", 1, 7, 104)]),
    ]
    assert (await Order.get(id=order.id)).total == 604 + 102 + 104
    fourth = await shipping_order(order, 4, (only, 1))
    assert await issue(SYSTEM, order.id, fourth) is None


async def test_what_a_site_did_not_give_is_credited_and_invoiced_anew(database: str) -> None:
    order = await an_order(
        card("1.00"), lines=[line(3, "1.00", tax=Decimal("0.20"))], shipping=Decimal("5.00"), invoice_on="SHIPMENT"
    )
    (only,) = await lines_of(order)
    rejected = await shipping_order(order, 1, (only, 3))
    await issue(SYSTEM, order.id, rejected)
    await db.execute("UPDATE shipping_order SET state = 'REJECTED'")
    assert await issue(SYSTEM, order.id, rejected) is None
    second = await shipping_order(order, 2, (only, 3))
    assert await issue(SYSTEM, order.id, second) is not None
    await db.execute("UPDATE shipping_order_line SET quantity = 2 WHERE shipping_order_id = $1", second)
    assert await issue(SYSTEM, order.id, await shipping_order(order, 3, (only, 1))) is not None
    assert await papers(order.id) == [
        ("INV-000001", 500, 820, [("A", 3, 20, 320)]),
        ("CN-000001", 500, 820, [("A", 3, 20, 320)]),
        ("INV-000002", 500, 820, [("A", 3, 20, 320)]),
        ("CN-000002", 0, 107, [("A", 1, 7, 107)]),
        ("INV-000003", 0, 107, [("A", 1, 7, 107)]),
    ]
    assert (await lines_of(order))[0].invoiced == 3


async def test_lines_that_do_not_ship(database: str) -> None:
    order = await an_order(
        card("1.00"),
        lines=[line(), line(1, "2.00", sku="S", kind=LineKind.SERVICE)],
        invoice_on="SHIPMENT",
    )
    assert await issue(SYSTEM, order.id) is None
    await db.execute("UPDATE order_line SET fulfilled = 1 WHERE sku = 'S'")
    assert await issue(SYSTEM, order.id) is not None
    assert await papers(order.id) == [("INV-000001", 0, 200, [("S", 1, 0, 200)])]


async def test_another_orders_shipping_order(database: str) -> None:
    order, other = await an_order(card("1.00")), await an_order(card("1.00"))
    foreign = await shipping_order(other, 1, ((await lines_of(other))[0], 1))
    with pytest.raises(Refused):
        await issue(SYSTEM, order.id, foreign)
    assert await papers(order.id) == []


async def test_a_draft_is_not_invoiced(database: str) -> None:
    order = await an_order(card("1.00"), draft=True)
    assert await issue(SYSTEM, order.id) is None
    assert await papers(order.id) == []


async def _credit(order_id: UUID, parts: list[tuple[UUID, int]]) -> UUID | None:
    async with db.transaction() as tx:
        order = await lock_order(tx, DESK, order_id)
        return await credit_units(tx, DESK, order, parts)


async def test_cancelled_units_are_credited_and_may_be_invoiced_again(database: str) -> None:
    order = await an_order(card("1.00"), lines=[line(3, "1.00", tax=Decimal("0.20"))], shipping=Decimal("5.00"))
    (only,) = await lines_of(order)
    assert await _credit(order.id, [(only.id, 1)]) is None
    await issue(SYSTEM, order.id)
    assert await _credit(order.id, [(only.id, 1)]) is not None
    assert (await lines_of(order))[0].invoiced == 2
    assert await issue(SYSTEM, order.id) is not None
    assert await _credit(order.id, [(only.id, 9)]) is not None
    assert await papers(order.id) == [
        ("INV-000001", 500, 820, [("A", 3, 20, 320)]),
        ("CN-000001", 0, 107, [("A", 1, 7, 107)]),
        ("INV-000002", 0, 107, [("A", 1, 7, 107)]),
        ("CN-000002", 500, 820, [("A", 3, 20, 320)]),
    ]
    after = await Order.get(id=order.id)
    assert (after.shipping_invoiced, (await lines_of(order))[0].invoiced) == (False, 0)
    assert await events(order.id, "invoice.") == ["invoice.issued", "invoice.credited"] * 2


async def test_a_credit_note_is_what_the_return_is_worth(database: str) -> None:
    """Received out of turn, a return may be a cent more or less than its units' place on the invoice."""
    order = await an_order(card("1.00"), lines=[line(3, "1.00", tax=Decimal("0.20"))])
    (only,) = await lines_of(order)
    await db.execute("UPDATE order_line SET fulfilled = 3")
    for position, refund in ((1, 106), (2, 214)):
        rma = await Return.create(
            number=f"{order.number}-R{position}",
            order_id=order.id,
            position=position,
            state=ReturnState.WAITING_REFUND,
            method=ReturnMethod.SHIP,
            refund_due=refund,
            created_at=order.placed_at,
            state_since=order.placed_at,
        )
        await ReturnLine.create(
            rma_id=rma.id,
            order_id=order.id,
            order_line_id=only.id,
            quantity=position,
            received=position,
            reason="Too small",
            refund=refund,
        )
    first, second = await Return.all().order_by("position")
    async with db.transaction() as tx:
        locked = await lock_order(tx, DESK, order.id)
        assert await credit_units(tx, DESK, locked, [(only.id, 1)], rma_id=first.id) is None
    await issue(SYSTEM, order.id)
    for rma, quantity in ((first, 1), (second, 2)):
        async with db.transaction() as tx:
            locked = await lock_order(tx, DESK, order.id)
            assert await credit_units(tx, DESK, locked, [(only.id, quantity)], rma_id=rma.id) is not None
    assert await papers(order.id) == [
        ("INV-000001", 0, 320, [("A", 3, 20, 320)]),
        ("CN-000001", 0, 106, [("A", 1, 7, 106)]),
        ("CN-000002", 0, 214, [("A", 2, 13, 214)]),
    ]
    assert (await lines_of(order))[0].invoiced == 3


async def test_numbers_have_no_gaps(database: str) -> None:
    """Twenty at once, every third of which is rolled back after its number was taken."""
    orders = [await an_order(card("1.00")) for _ in range(20)]

    async def roll_back(order: Order) -> None:
        async with db.transaction() as tx:
            locked = await lock_order(tx, SYSTEM, order.id)
            number = await tx.fetchval("UPDATE number_series SET value = value + 1 WHERE name = 'INVOICE' RETURNING 1")
            assert (locked.id, number) == (order.id, 1)
            await asyncio.sleep(0.01)
            raise RuntimeError("the power failed")

    answers = await asyncio.gather(
        *(roll_back(order) if index % 3 == 2 else issue(SYSTEM, order.id) for index, order in enumerate(orders)),
        return_exceptions=True,
    )
    assert [isinstance(answer, RuntimeError) for answer in answers] == [index % 3 == 2 for index in range(20)]
    numbers = [row["number"] for row in await db.fetch("SELECT number FROM invoice ORDER BY number")]
    assert numbers == [f"INV-{count:06}" for count in range(1, 15)]
    assert await db.fetchval("SELECT value FROM number_series WHERE name = 'INVOICE'") == 14


async def test_one_invoice_however_many_ask(database: str) -> None:
    order = await an_order(card("1.00"))
    made = await asyncio.gather(*(issue(SYSTEM, order.id) for _ in range(10)))
    assert len([invoice for invoice in made if invoice is not None]) == 1
    assert len(await papers(order.id)) == 1

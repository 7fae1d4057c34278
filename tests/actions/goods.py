"""What the tests of stock, allocation and fulfilment share: sites, paid orders, and books that must always add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.fulfillment.approve import approve as approve_shipping_order
from backend.actions.fulfillment.claim import claim
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.sites import create as create_site
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.approve import approve
from backend.actions.orders.complete import complete
from backend.actions.orders.create import create
from backend.models import db
from backend.models.channels import Channel, Workflow
from backend.models.fulfillment import ShippingOrder, ShippingOrderLine
from backend.models.orders import Order, OrderLine
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, LineCommand
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import (
    ChannelKind,
    DeliveryMethod,
    MovementReason,
    PaymentMethodKind,
    Role,
    SiteCapability,
    SiteKind,
)

DESK = Actor("user:desk", "desk@example.com", frozenset({Role.CUSTOMER_SERVICE}))
PICKER = Actor("user:picker", "picker@example.com", frozenset({Role.FULFILLMENT}))
MANAGER = Actor("user:boss", "boss@example.com", frozenset({Role.MANAGER}))
ALL = tuple(SiteCapability)

RENO = Address(line1="1 Main St", city="Reno", country="US", postal_code="89501", latitude=39.53, longitude=-119.81)
#: (latitude, longitude): 15 km, 299 km and 3,800 km from Reno.
PLACES = {"NEAR": (39.53, -119.63), "MID": (37.77, -122.42), "FAR": (40.71, -74.01)}


def associate(*site_ids: UUID) -> Actor:
    return Actor("user:store", "store@example.com", frozenset({Role.STORE_ASSOCIATE}), site_ids=frozenset(site_ids))


def site_command(code: str, **changes: Any) -> SiteCommand:
    latitude, longitude = PLACES.get(code, (None, None))
    plain: dict[str, Any] = {
        "code": code,
        "name": f"Site {code}",
        "kind": SiteKind.WAREHOUSE,
        "address": Address(line1="1 Dock Rd", city="Reno", country="US", latitude=latitude, longitude=longitude),
        "timezone": "America/Los_Angeles",
        "capabilities": ALL,
    }
    return SiteCommand(**plain | changes)


async def a_site(code: str, stock: dict[str, int] | None = None, **changes: Any) -> UUID:
    site_id = await create_site(SYSTEM, site_command(code, **changes))
    for sku, units in (stock or {}).items():
        await receive(code, sku, units)
    return site_id


async def receive(code: str, sku: str, units: int) -> None:
    await adjust(SYSTEM, AdjustInventory(MovementReason.RECEIPT, [StockChange(code, sku, units)]))


async def prepare() -> None:
    """A channel, and a workflow in which nothing happens by itself."""
    await Channel.create(code="web", name="Web", kind=ChannelKind.WEB, currency="USD")
    steps = ("COMPLETION", "APPROVAL", "ALLOCATION", "SHIPPING_ORDER_APPROVAL", "ASSIGNMENT", "PICK_PACK", "SHIPMENT")
    await Workflow.create(
        name="by hand",
        capture_on="ENTRY",
        invoice_on="SHIPMENT",
        steps={step: {"mode": "MANUAL"} for step in ("PAYMENT", "INVOICE", *steps)},
    )


def line(sku: str, quantity: int, site: str | None = None, **more: Any) -> LineCommand:
    """With `site`, it is collected there."""
    method = DeliveryMethod.PICKUP if site else DeliveryMethod.SHIP
    return LineCommand(
        sku=sku, quantity=quantity, unit_price=Decimal(10), delivery_method=method, pickup_site=site, **more
    )


async def an_order(*lines: LineCommand, **changes: Any) -> Order:
    """Paid in cash, complete and approved: it waits for allocation."""
    paid = sum((it.unit_price * it.quantity for it in lines), Decimal(0))
    plain: dict[str, Any] = {
        "channel": "web",
        "currency": "USD",
        "lines": list(lines),
        "shipping_address": RENO,
        "email": "ann@example.com",
        "payments": [PaymentCommand("manual", PaymentMethodKind.CASH, paid)],
    }
    made = await create(DESK, CreateOrder(**plain | changes))
    await complete(DESK, made.order_id)
    await approve(DESK, made.order_id)
    return await Order.get(id=made.order_id)


async def shipping_orders(order_id: UUID) -> list[ShippingOrder]:
    return await ShippingOrder.filter(order_id=order_id).order_by("position")


async def its_lines(shipping_order_id: UUID) -> list[ShippingOrderLine]:
    return await ShippingOrderLine.filter(shipping_order_id=shipping_order_id).order_by("id")


async def to_pick(order_id: UUID, position: int = 1) -> ShippingOrder:
    """The shipping order, approved and claimed."""
    found = await ShippingOrder.get(order_id=order_id, position=position)
    await approve_shipping_order(DESK, found.id)
    await claim(PICKER, found.id)
    return await ShippingOrder.get(id=found.id)


async def given(order_id: UUID) -> list[tuple[str, str, int]]:
    """(site, SKU, units) of the order's open or finished shipping orders, in their order."""
    rows = await db.fetch(
        "SELECT i.code, l.sku, l.quantity FROM shipping_order s JOIN inventory_site i ON i.id = s.site_id"
        " JOIN shipping_order_line l ON l.shipping_order_id = s.id"
        " WHERE s.order_id = $1 AND l.quantity > 0 ORDER BY s.position, l.sku",
        order_id,
    )
    return [(row["code"], row["sku"], row["quantity"]) for row in rows]


async def level(code: str, sku: str) -> tuple[int, int]:
    """(on hand, allocated)."""
    row = await db.fetchrow(
        "SELECT l.on_hand, l.allocated FROM inventory_level l JOIN inventory_site s ON s.id = l.site_id"
        " WHERE s.code = $1 AND l.sku = $2",
        code,
        sku,
    )
    assert row is not None
    return (row["on_hand"], row["allocated"])


async def ledger(code: str, sku: str) -> list[tuple[str, int]]:
    """(reason, units) of the movements."""
    rows = await db.fetch(
        "SELECT m.reason, m.quantity FROM inventory_movement m JOIN inventory_site s ON s.id = m.site_id"
        " WHERE s.code = $1 AND m.sku = $2 ORDER BY m.at, m.id",
        code,
        sku,
    )
    return [(row["reason"], row["quantity"]) for row in rows]


async def units(order_id: UUID) -> list[tuple[str, int, int, int, int]]:
    """(SKU, allocated, backordered, picked, fulfilled) of each line."""
    rows = await OrderLine.filter(order_id=order_id).order_by("position")
    return [(row.sku, row.allocated, row.backordered, row.picked, row.fulfilled) for row in rows]


async def events(order_id: UUID) -> list[str]:
    rows = await db.fetch("SELECT kind FROM event WHERE order_id = $1 ORDER BY sequence", order_id)
    return [row["kind"] for row in rows]


async def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that stock and fulfilment write, to be compared before and after a refusal."""
    tables = (
        "sales_order",
        "order_line",
        "inventory_site",
        "inventory_level",
        "inventory_movement",
        "ring_fence",
        "reservation",
        "reservation_line",
        "allocation_decision",
        "order_site_exclusion",
        "shipping_order",
        "shipping_order_line",
        "shipment",
        "shipment_line",
        "event",
        "pgqueuer",
    )
    return {
        table: [tuple(row.values()) for row in await db.fetch(f"SELECT * FROM {table} ORDER BY id")] for table in tables
    }


async def check_books() -> None:
    """on hand = sum of movements; allocated, reserved = what is open of shipping orders, reservations; lines alike."""
    assert [dict(row) for row in await db.fetch(_STOCK)] == []
    assert [dict(row) for row in await db.fetch(_LINES)] == []


_OPEN = "s.state NOT IN ('SHIPPED', 'DELIVERED', 'PICKED_UP', 'REJECTED', 'CANCELLED')"
_STOCK = f"""
SELECT * FROM (
    SELECT l.site_id, l.sku, l.on_hand, l.allocated,
           (SELECT coalesce(sum(m.quantity), 0) FROM inventory_movement m
             WHERE m.site_id = l.site_id AND m.sku = l.sku) AS moved,
           (SELECT coalesce(sum(o.quantity), 0) FROM shipping_order s
              JOIN shipping_order_line o ON o.shipping_order_id = s.id
             WHERE s.site_id = l.site_id AND o.sku = l.sku AND {_OPEN}) AS promised, l.reserved,
           (SELECT coalesce(sum(n.quantity), 0) FROM reservation r JOIN reservation_line n ON n.reservation_id = r.id
             WHERE n.site_id = l.site_id AND n.sku = l.sku AND r.released_at IS NULL) AS held
      FROM inventory_level l) AS book
 WHERE on_hand <> moved OR allocated <> promised OR reserved <> held
"""
_LINES = f"""
SELECT * FROM (
    SELECT l.id, l.allocated, l.picked, l.fulfilled,
           (SELECT coalesce(sum(o.quantity), 0) FROM shipping_order s
              JOIN shipping_order_line o ON o.shipping_order_id = s.id
             WHERE o.order_line_id = l.id AND {_OPEN}) AS promised,
           (SELECT coalesce(sum(o.picked), 0) FROM shipping_order s
              JOIN shipping_order_line o ON o.shipping_order_id = s.id
             WHERE o.order_line_id = l.id AND {_OPEN}) AS held,
           (SELECT coalesce(sum(o.quantity), 0) FROM shipping_order s
              JOIN shipping_order_line o ON o.shipping_order_id = s.id
             WHERE o.order_line_id = l.id AND s.state IN ('SHIPPED', 'DELIVERED', 'PICKED_UP')) AS gone
      FROM order_line l WHERE l.kind = 'PHYSICAL') AS book
 WHERE allocated <> promised OR picked <> held OR fulfilled <> gone
"""

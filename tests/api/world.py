"""Orders that have everything that an order can have, made by the actions; the S1 of the api fixture has the stock."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.actions.alerts.raise_ import raise_alert
from backend.actions.catalog import products
from backend.actions.catalog.products import ProductCommand
from backend.actions.inventory import set_counts, sites
from backend.actions.inventory.set_counts import SetInventory
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.advance import advance
from backend.actions.orders.create import create
from backend.actions.orders.note import note
from backend.actions.orders.resume import resume
from backend.actions.orders.suspend import suspend
from backend.actions.returns import create as returns
from backend.actions.returns.create import CreateReturn
from backend.actions.workflows.create import WorkflowCommand
from backend.actions.workflows.create import create as create_workflow
from backend.models import db
from backend.models.db import transaction
from backend.models.orders import Order, OrderLine
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, CustomerCommand, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.returns import Asked
from backend.rules.vocabulary import AlertSeverity, PaymentMethodKind, ReturnMethod, SiteCapability, SiteKind

MORNING = datetime(2026, 5, 1, 8, tzinfo=UTC)
RENO = Address(
    name="Ann Lee", line1="1 Main St", city="Reno", country="US", postal_code="89501", phone="+1 775 5550100"
)


async def stock(*skus: str, site: str = "S1", quantity: int = 1_000) -> None:
    await products.upsert(SYSTEM, [ProductCommand(sku=sku, name=f"The {sku}", barcodes=[f"{sku}-1"]) for sku in skus])
    await set_counts.set_counts(SYSTEM, SetInventory([StockChange(site, sku, quantity) for sku in skus]))


async def second_site() -> UUID:
    abilities = [SiteCapability.SHIP, SiteCapability.RETURNS]
    return await sites.create(SYSTEM, SiteCommand("S2", "Store two", SiteKind.STORE, RENO, "UTC", abilities))


async def straight_through() -> None:
    """From here on, orders are paid, shipped and invoiced without people."""
    await create_workflow(SYSTEM, WorkflowCommand(name="straight through", steps=()))


async def enter(number: int = 1, *, skus: tuple[str, ...] = ("TEA", "CUP"), **changes: Any) -> Order:
    """Two of each SKU at 4.50, by card, placed `number` minutes after eight; not advanced."""
    amount = Decimal("9.00") * len(skus)
    given: dict[str, Any] = {
        "channel": "web",
        "currency": "USD",
        "external_id": f"W-{number}",
        "placed_at": MORNING + timedelta(minutes=number),
        "customer": CustomerCommand(
            name=f"Ann Lee {number}", external_id=f"C-{number}", email=f"ann{number}@example.com"
        ),
        "shipping_address": RENO,
        "billing_address": RENO,
        "lines": [LineCommand(sku=sku, quantity=2, unit_price=Decimal("4.50")) for sku in skus],
        "payments": [PaymentCommand("sandbox", PaymentMethodKind.CARD, amount, token="sandbox_ok")],
        "tags": ["gift"],
    }
    made = await create(SYSTEM, CreateOrder(**(given | changes)))
    return await Order.get(id=made.order_id)


async def full(number: int, **changes: Any) -> Order:
    """Shipped in full, with a note, a hold that was released, an alert and a return that was asked for."""
    order = await enter(number, **changes)
    await suspend(SYSTEM, order.id, "Checked.")
    await resume(SYSTEM, order.id)
    await advance(order.id)
    await note(SYSTEM, order.id, "Leave it at the door.")
    line = await OrderLine.filter(order_id=order.id).order_by("position").first()
    assert line is not None
    await returns.create(SYSTEM, CreateReturn(order.id, ReturnMethod.SHIP, [Asked(line.id, 1, "Too small.")], "S1"))
    await alert(order.id)
    return await Order.get(id=order.id)


async def alert(order_id: UUID | None = None, *, kind: str = "order.odd", **subject: Any) -> UUID | None:
    key = f"{kind}:{order_id}:{subject}"
    async with transaction() as tx:
        severity = AlertSeverity.WARNING
        return await raise_alert(tx, SYSTEM, kind, severity, "Odd.", key=key, order_id=order_id, **subject)


@contextlib.asynccontextmanager
async def statements(database_url: str) -> AsyncIterator[list[str]]:
    """Every SQL statement of this process while it is open; all go through one connection."""
    await db.disconnect()
    await db.connect(database_url, maxsize=1)
    asked: list[str] = []
    async with db._acquire() as connection:
        connection.add_query_logger(lambda query: asked.append(query.query))
    try:
        yield asked
    finally:
        await db.disconnect()
        await db.connect(database_url)

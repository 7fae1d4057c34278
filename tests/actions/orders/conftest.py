"""A small merchant: one channel, one warehouse with stock, one store; the ready workflows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.orders.create import create
from backend.actions.workflows.install import install_ready
from backend.models.channels import Channel
from backend.models.inventory import InventoryLevel, InventorySite
from backend.models.orders import Order
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, CustomerCommand, LineCommand
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ChannelKind, PaymentMethodKind, Role, SiteKind

DESK = Actor("user:desk", "desk@example.com", frozenset({Role.CUSTOMER_SERVICE}))
RENO = Address(line1="1 Main St", city="Reno", country="US", postal_code="89501", latitude=39.5, longitude=-119.8)


def line(sku: str = "A", quantity: int = 2, price: str = "10.00", **more: Any) -> LineCommand:
    return LineCommand(sku=sku, quantity=quantity, unit_price=Decimal(price), **more)


def card(amount: str, token: str = "sandbox_ok") -> PaymentCommand:
    return PaymentCommand("sandbox", PaymentMethodKind.CARD, Decimal(amount), token=token)


def an_order(**changes: Any) -> CreateOrder:
    """Two of A at 10.00, paid by card."""
    plain = CreateOrder(
        channel="web",
        currency="USD",
        external_id=None,
        customer=CustomerCommand(name="Ann Lee", external_id="C-1", email="ann@example.com"),
        shipping_address=RENO,
        lines=[line()],
        payments=[card("20.00")],
    )
    return replace(plain, **changes)


@pytest.fixture
async def shop(database: str) -> dict[str, UUID]:
    """Ids of the channel and the sites; 10 of A and of B in the warehouse."""
    await install_ready()
    channel = await Channel.create(code="web", name="Web shop", kind=ChannelKind.WEB, currency="USD")
    sites = {}
    for code, kind, abilities in (
        ("DC", SiteKind.WAREHOUSE, ["SHIP", "RETURNS"]),
        ("ST", SiteKind.STORE, ["SHIP", "PICKUP", "RETURNS"]),
    ):
        sites[code] = (
            await InventorySite.create(
                code=code,
                name=code,
                kind=kind,
                address={"line1": "1", "city": "Reno", "country": "US"},
                latitude=39.6,
                longitude=-119.9,
                timezone="UTC",
                capabilities=abilities,
            )
        ).id
    for sku in ("A", "B"):
        await InventoryLevel.create(site_id=sites["DC"], sku=sku, on_hand=10)
    return {"web": channel.id, **sites}


@pytest.fixture
def place(shop: dict[str, UUID]) -> Callable[..., Awaitable[Order]]:
    """Enter an order and give its row."""

    async def enter(**changes: Any) -> Order:
        made = await create(DESK, an_order(**changes))
        return await Order.get(id=made.order_id)

    return enter

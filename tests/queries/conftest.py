"""One small world for all tests of what is read: orders in every state, returns, an exchange, cash."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

import backend.reactions  # noqa: F401 - events refuse to be recorded before their consequences are known
from backend.actions.orders.advance import advance
from backend.actions.orders.create import create
from backend.actions.orders.suspend import suspend
from backend.actions.returns.approve import approve as approve_return
from backend.actions.returns.create import CreateReturn
from backend.actions.returns.create import create as create_return
from backend.actions.returns.receive import ReceiveReturn, receive
from backend.actions.returns.refund import refund
from backend.actions.workflows.install import install_ready
from backend.commands.demo.catalog import price
from backend.commands.demo.world import make_world
from backend.commands.staff import STAFF, do, tasks
from backend.integrations.postgres import create_database
from backend.models import db
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, CustomerCommand, LineCommand
from backend.rules.returns import Asked, Receipt
from backend.rules.vocabulary import Disposition, PaymentMethodKind, ReturnMethod
from tests.conftest import drop_database


@pytest.fixture(scope="package")
async def world(database_server: str, template_database: str) -> AsyncIterator[str]:
    """Connected; whoever changes it rolls back."""
    name = f"crossdock_world_{os.getpid()}"
    url = await create_database(database_server, name, template_database)
    await db.connect(url)
    await install_ready()
    await make_world(20, seed=1)
    await suspend(STAFF, await an_order("HELD"), "CUSTOMER_CALL")
    await closed_order("PAID-IN-CASH", cash=True)
    await given_back(await closed_order("GIVEN-BACK"), None)
    await given_back(await closed_order("EXCHANGED"), [LineCommand("TR-1001", 1, price("TR-1001"))])
    yield url
    await db.disconnect()
    await drop_database(database_server, name)


async def an_order(external_id: str, *, cash: bool = False) -> UUID:
    """Two of a thing, allocated."""
    total = price("TR-1000") * 2 + Decimal("4.90")
    address = Address("Gartenweg 1", "Berlin", "DE", postal_code="10437")
    payment = (
        PaymentCommand("manual", PaymentMethodKind.CASH, total)
        if cash
        else PaymentCommand("sandbox", PaymentMethodKind.CARD, total, token="sandbox_ok")
    )
    order = CreateOrder(
        channel="shop",
        currency="EUR",
        external_id=external_id,
        placed_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        lines=[LineCommand("TR-1000", 2, price("TR-1000"))],
        customer=CustomerCommand("Ada Abel", external_id="C-ADA", email="ada@example.com"),
        email="ada@example.com",
        shipping_address=address,
        billing_address=address,
        shipping=Decimal("4.90"),
        prices_include_tax=True,
        payments=[payment],
    )
    order_id = (await create(STAFF, order)).order_id
    await advance(order_id)
    assert await _state(order_id) == "WAITING_FULFILLMENT"
    return order_id


async def closed_order(external_id: str, *, cash: bool = False) -> UUID:
    """Shipped and filed."""
    order_id = await an_order(external_id, cash=cash)
    while todo := await tasks(order_id):
        for task in todo:
            assert await do(task), task
        await advance(order_id)
    assert await _state(order_id) == "CLOSED"
    return order_id


async def _state(order_id: UUID) -> str:
    state: str = await db.fetchval("SELECT state FROM sales_order WHERE id = $1", order_id)
    return state


async def given_back(order_id: UUID, exchange: list[LineCommand] | None) -> None:
    """One unit comes back; with an exchange it waits for the other one still."""
    line_id = await db.fetchval("SELECT id FROM order_line WHERE order_id = $1", order_id)
    asked = CreateReturn(
        order_id, ReturnMethod.SHIP, [Asked(line_id, 1, "Too small.")], site="WH-VENLO", exchange_lines=exchange
    )
    return_id = await create_return(STAFF, asked)
    await approve_return(STAFF, return_id)
    if exchange is None:
        return_line = await db.fetchval("SELECT id FROM return_line WHERE rma_id = $1", return_id)
        await receive(STAFF, ReceiveReturn(return_id, "WH-VENLO", [Receipt(return_line, 1, Disposition.RESTOCK)]))
        await refund(STAFF, return_id)

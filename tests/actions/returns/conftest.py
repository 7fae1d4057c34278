"""Orders that have been delivered: what can come back. One warehouse and two stores take returns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from backend.actions.orders.advance import advance
from backend.actions.orders.create import create as create_order
from backend.actions.returns.approve import approve
from backend.actions.returns.create import CreateReturn, create
from backend.actions.returns.receive import ReceiveReturn, receive
from backend.actions.workflows.create import StepCommand, WorkflowCommand
from backend.actions.workflows.create import create as create_workflow
from backend.errors import Problem, Refused
from backend.models import db
from backend.models.orders import Order, OrderLine
from backend.models.payments import Payment
from backend.models.returns import Return, ReturnLine
from backend.queries.verify import verify
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.returns import Asked, Receipt
from backend.rules.vocabulary import Disposition, ReturnMethod, Role
from tests.actions.orders.conftest import DESK, an_order, shop
from tests.actions.payments.conftest import shaky

__all__ = ["shaky", "shop"]

MANAGER = Actor("user:boss", "boss@example.com", frozenset({Role.MANAGER}))
FULFILLMENT = Actor("user:dock", "dock@example.com", frozenset({Role.FULFILLMENT}))
RESTOCK, DAMAGED = Disposition.RESTOCK, Disposition.DAMAGED
Deliver = Callable[..., Awaitable[Order]]


def associate(*site_ids: UUID) -> Actor:
    roles = frozenset({Role.STORE_ASSOCIATE})
    return Actor("user:store", "store@example.com", roles, site_ids=frozenset(site_ids))


_OPENING = """
INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor)
SELECT gen_random_uuid(), site_id, sku, on_hand, 'RECEIPT', now(), 'opening' FROM inventory_level
"""


@pytest.fixture
async def deliver(shop: dict[str, UUID]) -> AsyncIterator[Deliver]:
    """An order that a workflow without people has paid, shipped and invoiced. At the end of a test its books agree."""

    await db.execute(_OPENING)

    async def make(steps: Sequence[StepCommand] = (), **changes: Any) -> Order:
        await create_workflow(SYSTEM, WorkflowCommand(name="straight through", steps=steps))
        made = await create_order(DESK, an_order(**changes))
        await advance(made.order_id)
        return await Order.get(id=made.order_id)

    yield make
    assert [(it.name, it.rows) for it in await verify() if it.rows] == []


async def lines_of(order: Order) -> list[OrderLine]:
    return await OrderLine.filter(order_id=order.id).order_by("position")


async def ask(
    order: Order, *quantities: int, actor: Actor = DESK, method: ReturnMethod = ReturnMethod.SHIP, **more: Any
) -> Return:
    """Ask for so many units of each line, in their order."""
    lines = [
        Asked(line.id, quantity, "Too small.")
        for line, quantity in zip(await lines_of(order), quantities, strict=False)
        if quantity
    ]
    return await Return.get(id=await create(actor, CreateReturn(order.id, method, lines, **more)))


async def approved(order: Order, *quantities: int, **more: Any) -> Return:
    rma = await ask(order, *quantities, **more)
    await approve(DESK, rma.id)
    return await again(rma)


async def take(
    rma: Return,
    *quantities: int,
    site: str = "DC",
    disposition: Disposition = DAMAGED,
    actor: Actor = FULFILLMENT,
    complete: bool = False,
) -> Return:
    """Receive so many units of each line of the return."""
    lines = await ReturnLine.filter(rma_id=rma.id).order_by("order_line__position")
    receipts = [
        Receipt(line.id, quantity, disposition) for line, quantity in zip(lines, quantities, strict=False) if quantity
    ]
    await receive(actor, ReceiveReturn(rma.id, site, receipts, complete))
    return await again(rma)


async def again(rma: Return) -> Return:
    return await Return.get(id=rma.id)


async def money(order_id: UUID) -> list[tuple[int, int]]:
    """(captured, refunded) of each tender."""
    return [(it.captured, it.refunded) for it in await Payment.filter(order_id=order_id).order_by("position")]


async def credit_notes(order_id: UUID) -> list[int]:
    rows = await db.fetch(
        "SELECT total FROM invoice WHERE order_id = $1 AND kind = 'CREDIT_NOTE' ORDER BY issued_at, number", order_id
    )
    return [row["total"] for row in rows]


async def on_hand(site_id: UUID, sku: str) -> int:
    """What the level says; the ledger says the same of what was moved since the test began."""
    return await db.fetchval(
        "SELECT coalesce(sum(on_hand), 0)::int FROM inventory_level WHERE site_id = $1 AND sku = $2", site_id, sku
    )


_TABLES = (
    "sales_order",
    "order_line",
    "payment",
    "payment_transaction",
    "return_order",
    "return_line",
    "return_receipt",
    "inventory_level",
    "inventory_movement",
    "invoice",
    "order_hold",
    "event",
    "pgqueuer",
)


async def refusal_of(action: Awaitable[object]) -> Problem:
    """The first reason of a refusal, after which everything is as it was."""
    before = await _everything()
    with pytest.raises(Refused) as refusal:
        await action
    assert await _everything() == before
    return refusal.value.problems[0]


async def _everything() -> dict[str, list[str]]:
    found = {}
    for table in _TABLES:
        rows = await db.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t")
        found[table] = sorted(row["row"] for row in rows)
    return found

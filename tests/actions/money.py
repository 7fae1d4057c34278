"""What the tests of payments and invoices share: people, tenders, an order in a workflow of its own, and its books."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.orders.create import create
from backend.actions.payments.authorize_new import authorize_new
from backend.integrations.gateways import Answer, Call, GatewayTimeout, GatewayUnavailable
from backend.models import db
from backend.models.channels import Channel, Workflow
from backend.models.orders import Order
from backend.models.payments import Payment
from backend.rules.billing import PaymentCommand
from backend.rules.order_input import Address, CreateOrder, LineCommand
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import ChannelKind, PaymentMethodKind, Role

DESK = Actor("user:desk", "desk@example.com", frozenset({Role.CUSTOMER_SERVICE}))
FINANCE = Actor("user:finance", "finance@example.com", frozenset({Role.FINANCE}))
MANAGER = Actor("user:boss", "boss@example.com", frozenset({Role.MANAGER}))
RENO = Address(line1="1 Main St", city="Reno", country="US")


def card(amount: str, token: str = "sandbox_ok") -> PaymentCommand:
    return PaymentCommand("sandbox", PaymentMethodKind.CARD, Decimal(amount), token=token)


def by_hand(amount: str, method: PaymentMethodKind = PaymentMethodKind.BANK_TRANSFER) -> PaymentCommand:
    return PaymentCommand("manual", method, Decimal(amount))


def line(quantity: int = 2, price: str = "10.00", **more: Any) -> LineCommand:
    return LineCommand(sku=more.pop("sku", "A"), quantity=quantity, unit_price=Decimal(price), **more)


async def an_order(*payments: PaymentCommand, **changes: Any) -> Order:
    """Two of A at 10.00. Nobody authorizes or captures by itself but `authorize_new` and the like."""
    await _workflow(changes.pop("capture_on", "ENTRY"), changes.pop("invoice_on", "APPROVAL"), changes.pop("steps", {}))
    await Channel.get_or_create(code="web", defaults={"name": "Web", "kind": ChannelKind.WEB, "currency": "USD"})
    plain: dict[str, Any] = {"channel": "web", "currency": "USD", "lines": [line()], "shipping_address": RENO}
    made = await create(DESK, CreateOrder(**plain | {"payments": list(payments)} | changes))
    return await Order.get(id=made.order_id)


async def _workflow(capture_on: str, invoice_on: str, steps: dict[str, Any]) -> None:
    await Workflow.filter(active=True).update(active=False)
    version = await Workflow.all().count() + 1
    manual = {"PAYMENT": {"mode": "MANUAL"}}
    await Workflow.create(
        name="test", version=version, active=True, capture_on=capture_on, invoice_on=invoice_on, steps=manual | steps
    )


async def authorized(*payments: PaymentCommand, **changes: Any) -> Order:
    """An order whose cards have promised their money."""
    order = await an_order(*payments, **changes)
    await authorize_new(SYSTEM, order.id)
    return await Order.get(id=order.id)


async def tenders(order_id: UUID) -> list[Payment]:
    return await Payment.filter(order_id=order_id).order_by("position")


async def tender(order_id: UUID) -> Payment:
    return (await tenders(order_id))[0]


async def sums(order_id: UUID) -> list[tuple[str, int, int, int]]:
    """(status, authorized, captured, refunded) of each tender."""
    return [(it.status.value, it.authorized, it.captured, it.refunded) for it in await tenders(order_id)]


async def events(order_id: UUID, prefix: str = "payment.") -> list[str]:
    rows = await db.fetch("SELECT kind FROM event WHERE order_id = $1 ORDER BY sequence", order_id)
    return [row["kind"] for row in rows if row["kind"].startswith(prefix)]


async def asked(order_id: UUID) -> list[tuple[str, str, int]]:
    """(kind, state, amount) of each transaction, oldest first."""
    rows = await db.fetch(
        "SELECT t.kind, t.state, t.amount FROM payment_transaction t JOIN payment p ON p.id = t.payment_id"
        " WHERE t.order_id = $1 ORDER BY t.at, p.position, t.id",
        order_id,
    )
    return [(row["kind"], row["state"], row["amount"]) for row in rows]


async def book(kind: str) -> list[tuple[int, bool]]:
    """(amount, approved) of what stands in the sandbox's own book."""
    rows = await db.fetch("SELECT amount, approved FROM sandbox_entry WHERE kind = $1 ORDER BY at, key", kind)
    return [(row["amount"], row["approved"]) for row in rows]


async def everything(order_id: UUID) -> tuple[Any, ...]:
    """What must be unchanged after a refusal."""
    order = await db.fetchrow("SELECT * FROM sales_order WHERE id = $1", order_id)
    return (
        dict(order or {}),
        await sums(order_id),
        await asked(order_id),
        [await book(kind) for kind in ("AUTHORIZE", "CAPTURE", "VOID", "REFUND")],
        await db.fetchval("SELECT count(*) FROM event"),
    )


@dataclass
class ShakyGateway:
    """An outside gateway that is away (`unavailable`) or loses calls (`lost`), so many times; then it approves."""

    name: str = "shaky"
    needs_a_person: bool = False
    unavailable: int = 0
    lost: int = 0
    blind: bool = False
    calls: int = 0

    def __post_init__(self) -> None:
        self.booked: dict[UUID, Answer] = {}

    async def authorize(self, call: Call) -> Answer:
        return await self._book(call)

    async def capture(self, call: Call) -> Answer:
        return await self._book(call)

    async def void(self, call: Call) -> Answer:
        return await self._book(call)

    async def refund(self, call: Call) -> Answer:
        return await self._book(call)

    async def lookup(self, key: UUID, /) -> Answer | None:
        if self.blind:
            raise GatewayTimeout
        return self.booked.get(key)

    async def _book(self, call: Call) -> Answer:
        self.calls += 1
        if self.unavailable:
            self.unavailable -= 1
            raise GatewayUnavailable
        if self.lost:
            self.lost -= 1
            raise GatewayTimeout
        return self.booked.setdefault(call.key, Answer(approved=True, reference=f"shaky_{call.key.hex}"))

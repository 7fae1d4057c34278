"""What an order is made of: its lines, sums and notes."""

from __future__ import annotations

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.orders import Order as OrderRow
from backend.models.orders import OrderLine as OrderLineRow
from backend.models.orders import OrderNote as OrderNoteRow
from backend.rules.expectations import Outlook
from backend.rules.permissions import READERS
from backend.rules.returns import returnable
from backend.rules.vocabulary import DeliveryMethod, LineKind, OrderState
from backend.schema.access import field, readable_by
from backend.schema.common import Held, Info, Money, Node, column, show, shows
from backend.schema.refs import InventorySiteRef


@readable_by(READERS)
@strawberry.type
class OrderTotals:
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    authorized: Money
    captured: Money
    refunded: Money
    due: Money = strawberry.field(description="What is still to be paid.")

    @classmethod
    def of(cls, order: OrderRow) -> OrderTotals:
        def money(minor: int) -> Money:
            return Money.of(minor, order.currency)

        due = 0 if order.state is OrderState.CANCELLED else order.total - order.captured
        return cls(
            subtotal=money(order.subtotal),
            discount=money(order.discount),
            shipping=money(order.shipping),
            tax=money(order.tax),
            total=money(order.total),
            authorized=money(order.authorized),
            captured=money(order.captured),
            refunded=money(order.refunded),
            due=money(max(0, due)),
        )


@shows(OrderLineRow)
@readable_by(READERS)
@strawberry.type
class OrderLine(Node):
    external_id: str | None = column()
    sku: str = column()
    name: str = column()
    kind: LineKind = column()
    delivery_method: DeliveryMethod = column()
    attributes: JSON | None = column()
    quantity: int = column()
    allocated: int = column()
    backordered: int = column()
    picked: int = column()
    fulfilled: int = column()
    cancelled: int = column()
    returned: int = column()

    @field(roles=READERS, description="Units that a return may ask for: delivered, not back, expected by no return.")
    async def returnable(self, info: Info) -> int:
        expected: int | None = await info.loaders.known("expected_units", self.row.id)
        return returnable(self.row, expected or 0)

    @field(roles=READERS, description="When all units that it waits for are expected; null where that is not known.")
    async def expected_at(self, info: Info) -> date | None:
        outlook: Outlook | None = await info.loaders.known("outlook", self.row.sku) if self.row.backordered else None
        return outlook.by_line.get(self.row.id) if outlook else None

    @field(roles=READERS)
    async def pickup_site(self, info: Info) -> InventorySiteRef | None:
        return show(await info.loaders.one(InventorySiteRow, self.row.pickup_site_id))

    @field(roles=READERS)
    def unit_price(self) -> Money:
        return Money.of(self.row.unit_price, self.row.currency)

    @field(roles=READERS)
    def discount(self) -> Money:
        return Money.of(self.row.discount, self.row.currency)

    @field(roles=READERS)
    def tax(self) -> Money:
        return Money.of(self.row.tax, self.row.currency)

    @field(roles=READERS)
    def total(self) -> Money:
        return Money.of(self.row.total, self.row.currency)


@shows(OrderNoteRow)
@readable_by(READERS)
@strawberry.type
class Note(Held):
    row: strawberry.Private[OrderNoteRow]
    body: str = column()
    author: str = column()
    at: datetime = column()

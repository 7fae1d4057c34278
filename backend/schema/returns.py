"""Returns and exchanges."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry

from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.log import Alert as AlertRow
from backend.models.orders import Order as OrderRow
from backend.models.orders import OrderLine as OrderLineRow
from backend.models.payments import Invoice as InvoiceRow
from backend.models.returns import Return as ReturnRow
from backend.models.returns import ReturnLine as ReturnLineRow
from backend.models.returns import ReturnReceipt as ReturnReceiptRow
from backend.rules.lifecycle import RETURN_VERBS, available
from backend.rules.permissions import READERS
from backend.rules.returns import Preview
from backend.rules.vocabulary import Disposition, ReturnMethod, ReturnState
from backend.schema.access import field, readable_by
from backend.schema.common import (
    CountedConnection,
    Info,
    Money,
    Node,
    UserError,
    column,
    of_order,
    show,
    show_all,
    shows,
)
from backend.schema.lifecycle import AvailableAction
from backend.schema.order_inputs import OrderLineInput
from backend.schema.refs import AlertRef, InventorySiteRef, InvoiceRef, OrderLineRef, OrderRef


@shows(ReturnLineRow)
@readable_by(READERS)
@strawberry.type
class ReturnLine(Node):
    quantity: int = column()
    received: int = column()
    reason: str = column()
    disposition: Disposition | None = column()

    @field(roles=READERS)
    async def order_line(self, info: Info) -> OrderLineRef:
        return show(await of_order(info, OrderLineRow, self.row.order_id, self.row.order_line_id))

    @field(roles=READERS)
    def refund(self) -> Money:
        return Money.of(self.row.refund, self.row.currency)


@shows(ReturnReceiptRow)
@readable_by(READERS)
@strawberry.type(description="Units of a line that came in together, at one site, with one disposition.")
class ReturnReceipt(Node):
    quantity: int = column()
    disposition: Disposition = column()
    at: datetime = column()

    @field(roles=READERS)
    async def line(self, info: Info) -> ReturnLine:
        lines = await info.loaders.many(ReturnLineRow, "rma_id", self.row.rma_id)
        return show(next(line for line in lines if line.id == self.row.return_line_id))

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))

    @field(roles=READERS)
    def by(self) -> str:
        return str(self.row.actor)


@shows(ReturnRow)
@readable_by(READERS)
@strawberry.type
class Return(Node):
    number: str = column()
    state: ReturnState = column()
    version: int = column()
    method: ReturnMethod = column()
    created_at: datetime = column()

    @field(roles=READERS)
    async def order(self, info: Info) -> OrderRef:
        return show(await info.loaders.one(OrderRow, self.row.order_id))

    @field(roles=READERS)
    async def site(self, info: Info) -> InventorySiteRef | None:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))

    @field(roles=READERS)
    async def lines(self, info: Info) -> list[ReturnLine]:
        return show_all(await info.loaders.many(ReturnLineRow, "rma_id", self.row.id))

    @field(roles=READERS)
    async def receipts(self, info: Info) -> list[ReturnReceipt]:
        return show_all(await info.loaders.many(ReturnReceiptRow, "rma_id", self.row.id))

    @field(roles=READERS, description="Open and cleared ones, oldest first.")
    async def alerts(self, info: Info) -> list[AlertRef]:
        return show_all(await info.loaders.many(AlertRow, "rma_id", self.row.id))

    @field(roles=READERS, description="For what was received so far.")
    def refund(self) -> Money:
        return Money.of(self.row.refund_due, self.row.currency)

    @field(roles=READERS)
    async def exchange_order(self, info: Info) -> OrderRef | None:
        return show(await info.loaders.one(OrderRow, self.row.exchange_order_id))

    @field(roles=READERS)
    async def credit_note(self, info: Info) -> InvoiceRef | None:
        found = await info.loaders.many(InvoiceRow, "order_id", self.row.order_id)
        return show(next((row for row in found if row.rma_id == self.row.id), None))

    @field(roles=READERS)
    async def available_actions(self, info: Info) -> list[AvailableAction]:
        return [AvailableAction.of(each) for each in available(RETURN_VERBS, info.actor, state=self.row.state)]


@readable_by(READERS)
@strawberry.type
class ReturnEdge:
    cursor: str
    node: Return


@readable_by(READERS)
@strawberry.type
class ReturnConnection(CountedConnection):
    edge = ReturnEdge
    edges: list[ReturnEdge]
    nodes: list[Return]


@readable_by(READERS)
@strawberry.type(description="What the units of one line came to when they were sold: their share of its sums.")
class ReturnPreviewLine:
    subtotal: Money
    discount: Money
    tax: Money
    total: Money


@readable_by(READERS)
@strawberry.type(description="What a return would come to, if all of it came back.")
class ReturnPreview:
    lines: list[ReturnPreviewLine] = strawberry.field(description="In the order in which they were asked for.")
    credit: Money
    exchange: Money = strawberry.field(description="The worth of the goods given in exchange.")
    to_refund: Money
    to_pay: Money

    @classmethod
    def of(cls, preview: Preview, currency: str) -> ReturnPreview:
        def money(minor: int) -> Money:
            return Money.of(minor, currency)

        return cls(
            lines=[
                ReturnPreviewLine(
                    subtotal=money(line.subtotal),
                    discount=money(line.discount),
                    tax=money(line.tax),
                    total=money(line.total),
                )
                for line in preview.lines
            ],
            credit=money(preview.credit),
            exchange=money(preview.exchange),
            to_refund=money(preview.to_refund),
            to_pay=money(preview.to_pay),
        )


@strawberry.input
class ReturnFilter:
    state: list[ReturnState] | None = strawberry.UNSET
    site: list[str] | None = strawberry.UNSET
    method: list[ReturnMethod] | None = strawberry.UNSET


@strawberry.input
class ReturnLineInput:
    order_line_id: strawberry.ID
    quantity: int
    reason: str


@strawberry.input(
    description="With exchangeLines a new order is created for the replacement, and the credit is applied to it."
)
class ReturnCreateInput:
    order_id: strawberry.ID
    method: ReturnMethod
    site: str | None = strawberry.UNSET
    lines: list[ReturnLineInput]
    exchange_lines: list[OrderLineInput] | None = strawberry.UNSET


@strawberry.input
class ReturnIdInput:
    return_id: strawberry.ID
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class ReturnReasonInput:
    return_id: strawberry.ID
    reason: str


@strawberry.input
class ReturnReceiveLineInput:
    line_id: strawberry.ID
    quantity: int
    disposition: Disposition


@strawberry.input
class ReturnReceiveInput:
    return_id: strawberry.ID
    site: str
    lines: list[ReturnReceiveLineInput]
    complete: bool = strawberry.field(default=False, description="What is missing is not waited for any more.")


@strawberry.input(description="Without a quantity, all units of the receipt. Stock follows.")
class ReturnRedisposeInput:
    return_id: strawberry.ID
    receipt_id: strawberry.ID
    disposition: Disposition
    quantity: int | None = strawberry.UNSET


@strawberry.input
class ReturnRefundInput:
    return_id: strawberry.ID
    amount: Decimal | None = strawberry.UNSET


@readable_by(READERS)
@strawberry.type
class ReturnPayload:
    return_: Return | None = strawberry.field(name="return", default=None)
    order: OrderRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

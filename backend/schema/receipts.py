"""Goods that sites expect."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.receipts import ExpectedReceipt as ExpectedReceiptRow
from backend.models.receipts import ExpectedReceiptLine as ExpectedReceiptLineRow
from backend.rules.vocabulary import ReceiptState
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, show, show_all, shows
from backend.schema.inventory import STOCK_READERS
from backend.schema.refs import InventorySiteRef


@shows(ExpectedReceiptLineRow)
@readable_by(STOCK_READERS)
@strawberry.type
class ExpectedReceiptLine(Node):
    sku: str = column()
    quantity: int = column()
    received: int = column()


@shows(ExpectedReceiptRow)
@readable_by(STOCK_READERS)
@strawberry.type(description="Goods that a supplier, or another site (a transfer), has announced.")
class ExpectedReceipt(Node):
    reference: str = column()
    supplier: str | None = column()
    expected_on: date = column()
    state: ReceiptState = column()
    version: int = column()
    created_at: datetime = column()
    closed_at: datetime | None = column()
    closing_reason: str | None = column()

    @field(roles=STOCK_READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))

    @field(roles=STOCK_READERS, description="Of a transfer: the site that has sent the goods.")
    async def source(self, info: Info) -> InventorySiteRef | None:
        return show(await info.loaders.one(InventorySiteRow, self.row.source_id))

    @field(roles=STOCK_READERS)
    async def lines(self, info: Info) -> list[ExpectedReceiptLine]:
        return show_all(await info.loaders.many(ExpectedReceiptLineRow, "receipt_id", self.row.id))


@readable_by(STOCK_READERS)
@strawberry.type
class ExpectedReceiptEdge:
    cursor: str
    node: ExpectedReceipt


@readable_by(STOCK_READERS)
@strawberry.type
class ExpectedReceiptConnection(CountedConnection):
    edge = ExpectedReceiptEdge
    edges: list[ExpectedReceiptEdge]
    nodes: list[ExpectedReceipt]


@strawberry.input
class ExpectedReceiptFilter:
    state: list[ReceiptState] | None = strawberry.UNSET
    site: list[str] | None = strawberry.UNSET
    sku: list[str] | None = strawberry.UNSET
    expected_before: date | None = strawberry.UNSET


@strawberry.input
class ExpectedReceiptLineInput:
    sku: str
    quantity: int


@strawberry.input(description="With a source it is a transfer: its units leave the source now.")
class ExpectedReceiptCreateInput:
    reference: str
    site: str
    source: str | None = strawberry.UNSET
    supplier: str | None = strawberry.UNSET
    expected_on: date
    lines: list[ExpectedReceiptLineInput]


@strawberry.input
class ExpectedReceiptRescheduleInput:
    expected_receipt_id: strawberry.ID
    expected_on: date
    expected_version: int | None = strawberry.UNSET


@strawberry.input(
    description="Without lines all that is still expected has come. With `complete` what is missing is not waited for."
)
class ExpectedReceiptReceiveInput:
    expected_receipt_id: strawberry.ID
    lines: list[ExpectedReceiptLineInput] | None = strawberry.UNSET
    complete: bool | None = False
    expected_version: int | None = strawberry.UNSET


@strawberry.input
class ExpectedReceiptCancelInput:
    expected_receipt_id: strawberry.ID
    reason: str
    expected_version: int | None = strawberry.UNSET


@readable_by(STOCK_READERS)
@strawberry.type
class ExpectedReceiptPayload:
    receipt: ExpectedReceipt | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

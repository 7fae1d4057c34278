"""Tell a site that goods are coming: a purchase order's, or those that another site has sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.actions.inventory.stock import MAX_UNITS, Delta, apply, check_enough, make_levels, may_handle
from backend.actions.receipts.locking import tell
from backend.errors import ErrorCode, not_found, refused
from backend.models.base import uuid7
from backend.models.db import retried, transaction, violates
from backend.models.inventory import InventorySite, site_by_code
from backend.models.receipts import ExpectedReceipt, ExpectedReceiptLine
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason

MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class Units:
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ExpectReceipt:
    """`site` and `source` are codes. With a source it is a transfer: its units leave the source now."""

    reference: str
    site: str
    expected_on: date
    lines: Sequence[Units]
    source: str | None = None
    supplier: str | None = None


async def expect(actor: Actor, command: ExpectReceipt) -> UUID:
    """The receipt's id. A reference is known once."""
    _check(command)
    try:
        return await _expect(actor, command)
    except Exception as error:
        if violates(error, "expected_receipt_reference_key"):
            raise refused(ErrorCode.DUPLICATE, "There is a receipt of this reference.", "reference") from error
        raise


@retried
async def _expect(actor: Actor, command: ExpectReceipt) -> UUID:
    async with transaction() as tx:
        site = await _site(actor, command.site, "site")
        source = await _site(actor, command.source, "source") if command.source is not None else None
        receipt = await ExpectedReceipt.create(
            reference=command.reference,
            site_id=site.id,
            source_id=source.id if source else None,
            supplier=command.supplier,
            expected_on=command.expected_on,
            created_at=tx.now,
        )
        await ExpectedReceiptLine.bulk_create(
            [
                ExpectedReceiptLine(
                    id=uuid7(), receipt_id=receipt.id, position=position, sku=line.sku, quantity=line.quantity
                )
                for position, line in enumerate(command.lines, 1)
            ]
        )
        units = sum(line.quantity for line in command.lines)
        message = f"{command.reference}: {units} units expected on {command.expected_on}."
        tell(tx, actor, receipt, "expected", message, site=command.site, source=command.source)
        if source is not None:
            gone = [
                Delta(source.id, line.sku, on_hand=-line.quantity, reason=MovementReason.TRANSFER_OUT)
                for line in command.lines
            ]
            await make_levels(tx, [(delta.site_id, delta.sku) for delta in gone])
            await check_enough(tx, gone, "lines")
            await apply(tx, actor, gone, reference=command.reference)
        return receipt.id


def _check(command: ExpectReceipt) -> None:
    problems = Problems()
    problems.text(command.reference, 200, "reference", required=True)
    problems.text(command.supplier, 200, "supplier")
    if not command.lines:
        problems.add("Give at least one line.", "lines")
    if len(command.lines) > MAX_LINES:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_LINES} lines.", "lines")
    if command.source is not None and command.source == command.site:
        problems.add("Goods are not sent to where they are.", "source")
    seen: set[str] = set()
    for index, line in enumerate(command.lines):
        problems.text(line.sku, 100, "lines", index, "sku", required=True)
        if not 0 < line.quantity <= MAX_UNITS:
            problems.add("The quantity is out of range.", "lines", index, "quantity")
        if line.sku in seen:
            problems.add("This SKU is given twice.", "lines", index, "sku", code=ErrorCode.DUPLICATE)
        seen.add(line.sku)
    problems.check()


async def _site(actor: Actor, code: str, path: str) -> InventorySite:
    site = await site_by_code(code)
    if site is None or not may_handle(actor, site.id):
        raise not_found("site", path)
    return site

"""How every command on an expected receipt begins and ends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.actions.inventory.stock import may_handle
from backend.errors import ErrorCode, check_version, not_found, refused
from backend.events import record
from backend.models.db import Transaction
from backend.models.receipts import ExpectedReceipt, ExpectedReceiptLine
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ReceiptState


async def lock_receipt(
    actor: Actor, receipt_id: UUID, expected_version: int | None = None
) -> tuple[ExpectedReceipt, list[ExpectedReceiptLine]]:
    """The receipt that is still expected, and its lines, locked until the end of the transaction."""
    receipt = await ExpectedReceipt.filter(id=receipt_id).select_for_update(no_key=True).first()
    if receipt is None or not may_handle(actor, receipt.site_id):
        raise not_found("expected receipt", "expected_receipt_id")
    check_version("receipt", receipt.version, expected_version)
    if receipt.state is not ReceiptState.EXPECTED:
        raise refused(ErrorCode.INVALID_STATE, f"It is {receipt.state.value.lower()} already.", "expected_receipt_id")
    return receipt, await ExpectedReceiptLine.filter(receipt_id=receipt.id).order_by("position")


async def save_receipt(
    tx: Transaction, receipt: ExpectedReceipt, state: ReceiptState = ReceiptState.EXPECTED, reason: str | None = None
) -> None:
    receipt.version += 1
    if state is not ReceiptState.EXPECTED:
        receipt.state, receipt.closed_at, receipt.closing_reason = state, tx.now, reason
    await receipt.save(update_fields=["version", "state", "closed_at", "closing_reason", "expected_on"])


def tell(tx: Transaction, actor: Actor, receipt: ExpectedReceipt, verb: str, message: str, **data: Any) -> None:
    """Write `receipt.<verb>` into the log."""
    record(tx, actor, f"receipt.{verb}", message, subject=("ExpectedReceipt", receipt.id), data=data)

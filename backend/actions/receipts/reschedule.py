"""Expected goods come on another day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from backend.actions.receipts.locking import lock_receipt, save_receipt, tell
from backend.models.db import retried, transaction
from backend.rules.permissions import Actor


@retried
async def reschedule(actor: Actor, receipt_id: UUID, expected_on: date, expected_version: int | None = None) -> None:
    async with transaction() as tx:
        receipt, _ = await lock_receipt(actor, receipt_id, expected_version)
        before, receipt.expected_on = receipt.expected_on, expected_on
        await save_receipt(tx, receipt)
        message = f"{receipt.reference}: expected on {expected_on}, no longer on {before}."
        tell(tx, actor, receipt, "rescheduled", message, before=str(before), on=str(expected_on))

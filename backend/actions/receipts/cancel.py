"""Expected goods do not come; what another site has sent goes back to it."""

from __future__ import annotations

from uuid import UUID

from backend.actions.inventory.stock import Delta, apply
from backend.actions.receipts.locking import lock_receipt, save_receipt, tell
from backend.models.db import retried, transaction
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason, ReceiptState


@retried
async def cancel(actor: Actor, receipt_id: UUID, reason: str, expected_version: int | None = None) -> None:
    """What was received of it stays."""
    problems = Problems()
    problems.text(reason, 500, "reason", required=True)
    problems.check()
    async with transaction() as tx:
        receipt, lines = await lock_receipt(actor, receipt_id, expected_version)
        await save_receipt(tx, receipt, ReceiptState.CANCELLED, reason)
        tell(tx, actor, receipt, "cancelled", f"{receipt.reference} does not come: {reason}", reason=reason)
        if receipt.source_id is not None:
            back = [
                Delta(receipt.source_id, line.sku, on_hand=missing, reason=MovementReason.TRANSFER_IN)
                for line in lines
                if (missing := line.quantity - line.received)
            ]
            await apply(tx, actor, back, reference=receipt.reference)

"""Take in what has come of an expected receipt; orders that wait for it are served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.inventory.stock import Delta, apply, make_levels
from backend.actions.receipts.expect import Units
from backend.actions.receipts.locking import lock_receipt, save_receipt, tell
from backend.errors import ErrorCode
from backend.models.db import retried, transaction
from backend.models.receipts import ExpectedReceiptLine
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason, ReceiptState


@dataclass(frozen=True, slots=True)
class ReceiveGoods:
    """`lines` None: all that is still expected. `complete`: what is missing is not waited for."""

    expected_receipt_id: UUID
    lines: Sequence[Units] | None = None
    complete: bool = False
    expected_version: int | None = None


_TAKE_IN = """
UPDATE expected_receipt_line l SET received = l.received + c.units FROM unnest($2::text[], $3::int[]) AS c(sku, units)
 WHERE l.receipt_id = $1 AND l.sku = c.sku
"""


@retried
async def receive(actor: Actor, command: ReceiveGoods) -> None:
    """The receipt is closed with its last unit. More than was expected is an adjustment, not a receipt of this."""
    async with transaction() as tx:
        receipt, lines = await lock_receipt(actor, command.expected_receipt_id, command.expected_version)
        came = _came(command, lines)
        await tx.execute(_TAKE_IN, receipt.id, list(came), list(came.values()))
        ended = command.complete or all(line.received + came.get(line.sku, 0) == line.quantity for line in lines)
        await save_receipt(tx, receipt, ReceiptState.RECEIVED if ended else ReceiptState.EXPECTED)
        message = f"{receipt.reference}: {sum(came.values())} units received."
        tell(tx, actor, receipt, "received", message, units=came, complete=ended)
        reason = MovementReason.RECEIPT if receipt.source_id is None else MovementReason.TRANSFER_IN
        grown = [Delta(receipt.site_id, sku, on_hand=units, reason=reason) for sku, units in came.items()]
        await make_levels(tx, [(delta.site_id, delta.sku) for delta in grown])
        await apply(tx, actor, grown, reference=receipt.reference)


def _came(command: ReceiveGoods, lines: Sequence[ExpectedReceiptLine]) -> dict[str, int]:
    """Units by SKU."""
    open_units = {line.sku: line.quantity - line.received for line in lines}
    if command.lines is None:
        return {sku: units for sku, units in open_units.items() if units}
    problems = Problems()
    came: dict[str, int] = {}
    for index, line in enumerate(command.lines):
        if line.sku not in open_units:
            problems.add("It is not expected with this receipt.", "lines", index, "sku", code=ErrorCode.NOT_FOUND)
        elif line.sku in came:
            problems.add("This SKU is given twice.", "lines", index, "sku", code=ErrorCode.DUPLICATE)
        elif not 0 < line.quantity <= open_units[line.sku]:
            problems.add(f"{open_units[line.sku]} are still expected.", "lines", index, "quantity")
        came[line.sku] = line.quantity
    if not came and not command.complete:
        problems.add("Give at least one line.", "lines")
    problems.check()
    return came

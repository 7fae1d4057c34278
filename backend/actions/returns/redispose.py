"""Change what becomes of units that came back: inspected, then restocked; or restocked, and found to be damaged."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from backend.actions.returns.locking import lock_return, save_return
from backend.actions.returns.stock import restock, take_out
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import OrderLine
from backend.models.returns import ReturnLine, ReturnReceipt
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import Disposition, LineKind


@dataclass(frozen=True, slots=True)
class RedisposeReturn:
    """Without a quantity, all units of the receipt."""

    return_id: UUID
    receipt_id: UUID
    disposition: Disposition
    quantity: int | None = None


@retried
async def redispose(actor: Actor, command: RedisposeReturn) -> None:
    """Stock follows: into RESTOCK units are added where they were received, out of it they are taken if still free."""
    async with transaction() as tx:
        at_own_site = await ReturnReceipt.filter(id=command.receipt_id, site_id__in=actor.site_ids).exists()
        order, rma = await lock_return(tx, SYSTEM if at_own_site else actor, command.return_id)
        receipt = await ReturnReceipt.get_or_none(id=command.receipt_id, rma_id=rma.id)
        if receipt is None or not (actor.sees_all_orders or at_own_site):
            raise not_found("receipt of this return", "receipt_id")
        before, quantity = receipt.disposition, _quantity(command, receipt)
        line = await ReturnLine.get(id=receipt.return_line_id)
        line.disposition = command.disposition
        await line.save(update_fields=["disposition"])
        await _change(tx, actor, receipt, quantity, command.disposition)
        await save_return(tx, rma)
        record(
            tx,
            actor,
            "return.redisposed",
            f"Return {rma.number}: {quantity} units from {before.value} to {command.disposition.value}.",
            subject=("Return", rma.id),
            order_id=order.id,
            data={
                "receipt": str(receipt.id),
                "quantity": quantity,
                "from": before.value,
                "to": command.disposition.value,
            },
        )
        sold = await OrderLine.get(id=line.order_line_id)
        if sold.kind is not LineKind.PHYSICAL:
            return
        if command.disposition is Disposition.RESTOCK:
            await restock(tx, actor, rma, receipt.site_id, {sold.sku: quantity})
        elif before is Disposition.RESTOCK:
            await take_out(tx, actor, rma, receipt.site_id, sold.sku, quantity)


def _quantity(command: RedisposeReturn, receipt: ReturnReceipt) -> int:
    quantity = receipt.quantity if command.quantity is None else command.quantity
    if not 1 <= quantity <= receipt.quantity:
        raise refused(ErrorCode.INVALID, f"The receipt is of {receipt.quantity} units.", "quantity")
    if receipt.disposition is command.disposition:
        raise refused(ErrorCode.INVALID, "That is what becomes of them already.", "disposition")
    return quantity


async def _change(
    tx: Transaction, actor: Actor, receipt: ReturnReceipt, quantity: int, disposition: Disposition
) -> None:
    """The whole receipt, or a part of it that becomes a receipt of its own."""
    if quantity == receipt.quantity:
        receipt.disposition = disposition
        await receipt.save(update_fields=["disposition"])
        return
    receipt.quantity -= quantity
    await receipt.save(update_fields=["quantity"])
    _ = await ReturnReceipt.create(
        rma_id=receipt.rma_id,
        order_id=receipt.order_id,
        return_line_id=receipt.return_line_id,
        site_id=receipt.site_id,
        quantity=quantity,
        disposition=disposition,
        at=tx.now,
        actor=actor.label,
    )

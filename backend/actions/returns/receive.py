"""Take in what comes back, in parts, at any site that takes returns, or at the counter of a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.orders.refresh import refresh
from backend.actions.returns.approve import approve_in
from backend.actions.returns.exchange import apply_credit
from backend.actions.returns.locking import lock_return, save_return
from backend.actions.returns.settle import balance_of, settle_in
from backend.actions.returns.stock import restock
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.inventory import InventorySite, site_by_code
from backend.models.orders import Order, OrderLine
from backend.models.returns import Return, ReturnLine, ReturnReceipt
from backend.rules.lifecycle import RETURN_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import SYSTEM, Actor, require
from backend.rules.returns import Receipt, after_receipt, worth
from backend.rules.vocabulary import Disposition, LineKind, ReturnMethod, ReturnState, SiteCapability


@dataclass(frozen=True, slots=True)
class ReceiveReturn:
    """`site` is the code of the site where it happens. `complete`: what is missing is not waited for any more."""

    return_id: UUID
    site: str
    lines: Sequence[Receipt]
    complete: bool = False


@retried
async def receive(actor: Actor, command: ReceiveReturn) -> None:
    """Units count once, however many receive them at once. Only RESTOCK makes them available again."""
    async with transaction() as tx:
        site = await _site(actor, command.site)
        # Whoever stands at the counter may take in a return of any order: its number is what the customer brings.
        scope = SYSTEM if site.id in actor.site_ids else actor
        order, rma = await lock_return(tx, scope, command.return_id)
        await _check_state(tx, actor, order, rma)
        lines = {line.id: line for line in await ReturnLine.filter(rma_id=rma.id)}
        sold = {line.id: line for line in await OrderLine.filter(order_id=order.id)}
        _check(command, lines, sold)
        amount = await _take_in(tx, actor, order, rma, site, command.lines, lines, sold)
        await _move(tx, actor, order, rma, command, lines, amount)
        stock = Counter[str]()
        for receipt in command.lines:
            line = sold[lines[receipt.line_id].order_line_id]
            if receipt.disposition is Disposition.RESTOCK and line.kind is LineKind.PHYSICAL:
                stock[line.sku] += receipt.quantity
        await restock(tx, actor, rma, site.id, stock)


async def _site(actor: Actor, code: str) -> InventorySite:
    site = await site_by_code(code)
    if site is None or (not actor.sees_all_orders and site.id not in actor.site_ids):
        raise not_found("site", "site")
    if not site.active or SiteCapability.RETURNS not in site.capabilities:
        raise refused(ErrorCode.INVALID, f"{code} takes no returns.", "site")
    return site


async def _check_state(tx: Transaction, actor: Actor, order: Order, rma: Return) -> None:
    """What is brought to a counter is approved by taking it in, by those who may approve it."""
    check_verb(RETURN_VERBS["returnReceive"], state=rma.state, suspended=order.suspended)
    if rma.state is not ReturnState.WAITING_APPROVAL:
        return
    if rma.method is not ReturnMethod.IN_STORE:
        raise refused(ErrorCode.INVALID_STATE, "The return is to be approved first.", "return_id")
    require(actor, RETURN_VERBS["returnApprove"].roles, "The return is to be approved first.", "return_id")
    await approve_in(tx, actor, order, rma)


def _check(command: ReceiveReturn, lines: Mapping[UUID, ReturnLine], sold: Mapping[UUID, OrderLine]) -> None:
    problems = Problems()
    if not command.lines and not command.complete:
        problems.add("Say what came back.", "lines")
    taken: Counter[UUID] = Counter()
    for index, receipt in enumerate(command.lines):
        line = lines.get(receipt.line_id)
        if line is None:
            code = ErrorCode.NOT_FOUND
            problems.add("There is no such line of this return.", "lines", index, "line_id", code=code)
            continue
        line_sold = sold[line.order_line_id]
        most = min(line.quantity - line.received, line_sold.fulfilled - line_sold.returned) - taken[line.id]
        if not 1 <= receipt.quantity <= most:
            message = f"1 to {most} units are expected." if most > 0 else "None of its units are expected any more."
            problems.add(message, "lines", index, "quantity")
        taken[line.id] += max(receipt.quantity, 0)
    problems.check()
    if not command.lines and not any(line.received for line in lines.values()):
        raise refused(ErrorCode.INVALID_STATE, "Nothing has come back: cancel the return.", "complete")


async def _take_in(
    tx: Transaction,
    actor: Actor,
    order: Order,
    rma: Return,
    site: InventorySite,
    receipts: Sequence[Receipt],
    lines: Mapping[UUID, ReturnLine],
    sold: Mapping[UUID, OrderLine],
) -> int:
    """Count the units in; what they are worth."""
    amount = 0
    for receipt in receipts:
        line = lines[receipt.line_id]
        line_sold = sold[line.order_line_id]
        refund = worth(line_sold, receipt.quantity, prices_include_tax=order.prices_include_tax).total
        line.received += receipt.quantity
        line.refund += refund
        line.disposition = receipt.disposition
        line_sold.returned += receipt.quantity
        amount += refund
    changed = [lines[line_id] for line_id in {receipt.line_id for receipt in receipts}]
    if changed:
        await ReturnLine.bulk_update(changed, fields=["received", "refund", "disposition"])
        touched = {line.order_line_id for line in changed}
        await OrderLine.bulk_update([sold[line_id] for line_id in touched], fields=["returned"])
    await ReturnReceipt.bulk_create(
        [
            ReturnReceipt(
                id=uuid7(),
                rma_id=rma.id,
                order_id=order.id,
                return_line_id=receipt.line_id,
                site_id=site.id,
                quantity=receipt.quantity,
                disposition=receipt.disposition,
                at=tx.now,
                actor=actor.label,
            )
            for receipt in receipts
        ]
    )
    return amount


async def _move(
    tx: Transaction,
    actor: Actor,
    order: Order,
    rma: Return,
    command: ReceiveReturn,
    lines: Mapping[UUID, ReturnLine],
    amount: int,
) -> None:
    """The amount due grows, the state follows; an exchange is paid when nothing more is expected."""
    before = rma.state
    expected = [(line.quantity, line.received) for line in lines.values()]
    rma.refund_due += amount
    complete = command.complete or before is ReturnState.WAITING_REFUND
    await save_return(tx, rma, after_receipt(expected, complete=complete))
    record(
        tx,
        actor,
        "return.received",
        f"Return {rma.number}: {sum(receipt.quantity for receipt in command.lines)} units received at {command.site}.",
        subject=("Return", rma.id),
        order_id=order.id,
        data={
            "site": command.site,
            "from": before.value,
            "to": rma.state.value,
            "amount": amount,
            "units": [
                {"line": str(receipt.line_id), "quantity": receipt.quantity, "disposition": receipt.disposition.value}
                for receipt in command.lines
            ],
        },
    )
    if rma.state is ReturnState.WAITING_REFUND and before is not ReturnState.WAITING_REFUND:
        await apply_credit(tx, actor, rma, (await balance_of(tx, rma)).owed)
        await save_return(tx, rma)
    await settle_in(tx, actor, order, rma)
    await refresh(tx, order)

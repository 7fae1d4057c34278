"""Approve a return: the customer may send or bring it."""

from __future__ import annotations

from uuid import UUID

from backend.actions.returns.locking import lock_return, save_return
from backend.events import record
from backend.models.db import Transaction, retried, transaction
from backend.models.orders import Order
from backend.models.returns import Return
from backend.rules.lifecycle import RETURN_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ReturnState


@retried
async def approve(actor: Actor, return_id: UUID, expected_version: int | None = None) -> None:
    async with transaction() as tx:
        order, rma = await lock_return(tx, actor, return_id, expected_version)
        await approve_in(tx, actor, order, rma)


async def approve_in(tx: Transaction, actor: Actor, order: Order, rma: Return) -> None:
    """The same in the caller's transaction, which has locked the return."""
    check_verb(RETURN_VERBS["returnApprove"], state=rma.state, suspended=order.suspended)
    await save_return(tx, rma, ReturnState.WAITING_RECEIPT)
    record(
        tx,
        actor,
        "return.approved",
        f"Return {rma.number} approved.",
        subject=("Return", rma.id),
        order_id=order.id,
        data={"from": ReturnState.WAITING_APPROVAL.value, "to": rma.state.value},
    )

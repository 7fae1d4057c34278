"""Cancel a return of which nothing has come back; its exchange order, which waited for it, is cancelled too."""

from __future__ import annotations

from uuid import UUID

from backend.actions.orders.cancel import cancel as cancel_order
from backend.actions.returns.locking import lock_return, save_return
from backend.errors import ErrorCode, Refused, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.returns import ReturnReceipt
from backend.rules.lifecycle import RETURN_VERBS, check_verb
from backend.rules.order_input import Problems
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import ReturnState


async def cancel(actor: Actor, return_id: UUID, reason: str) -> None:
    await call_off(actor, return_id, reason, "returnCancel", ReturnState.CANCELLED)


async def call_off(actor: Actor, return_id: UUID, reason: str, verb: str, state: ReturnState) -> None:
    """What cancelling and rejecting share. An exchange order that has left already stays: it is to be paid for."""
    problems = Problems()
    problems.text(reason, 500, "reason", required=True)
    problems.check()
    exchange_order_id = await _end(actor, return_id, reason, verb, state)
    if exchange_order_id is not None:
        try:
            await cancel_order(SYSTEM, exchange_order_id, f"Its return was called off: {reason}"[:500])
        except Refused as refusal:
            if refusal.code is not ErrorCode.INVALID_STATE:
                raise


@retried
async def _end(actor: Actor, return_id: UUID, reason: str, verb: str, state: ReturnState) -> UUID | None:
    """The exchange order, if there is one."""
    async with transaction() as tx:
        order, rma = await lock_return(tx, actor, return_id)
        check_verb(RETURN_VERBS[verb], state=rma.state, suspended=order.suspended)
        if await ReturnReceipt.filter(rma_id=rma.id).exists():
            raise refused(
                ErrorCode.INVALID_STATE, "Some of it has come back: say that nothing more is expected instead."
            )
        before = rma.state
        await save_return(tx, rma, state, reason)
        record(
            tx,
            actor,
            f"return.{state.value.lower()}",
            f"Return {rma.number} {state.value.lower()}: {reason}",
            subject=("Return", rma.id),
            order_id=order.id,
            data={"from": before.value, "to": state.value, "reason": reason},
        )
        return rma.exchange_order_id

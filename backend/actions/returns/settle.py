"""What a return still owes, and its end: everything due is given back or credited, and a credit note says so."""

from __future__ import annotations

from backend.actions.invoices.credit import credit_units
from backend.actions.orders.refresh import refresh
from backend.actions.returns.exchange import pledged
from backend.actions.returns.locking import save_return
from backend.events import record
from backend.models.db import Transaction
from backend.models.orders import Order
from backend.models.returns import Return
from backend.money import show
from backend.rules.lifecycle import RETURN_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.returns import EXPECTING, Balance
from backend.rules.vocabulary import ReturnState

_REFUNDS = """
SELECT coalesce(sum(amount) FILTER (WHERE state = 'SUCCEEDED'), 0)::bigint AS refunded,
       coalesce(sum(amount) FILTER (WHERE state IN ('PENDING', 'UNCERTAIN')), 0)::bigint AS in_flight
  FROM payment_transaction WHERE rma_id = $1 AND kind = 'REFUND'
"""


async def balance_of(tx: Transaction, rma: Return) -> Balance:
    """From the payments' own transactions, so that nothing is counted twice or forgotten."""
    row = await tx.fetchrow(_REFUNDS, rma.id)
    assert row is not None
    kept = await pledged(rma) if rma.state in EXPECTING else 0
    return Balance(rma.refund_due, row["refunded"], row["in_flight"], rma.credited, kept)


async def settle_in(tx: Transaction, actor: Actor, order: Order, rma: Return) -> None:
    """Take over what gateways have given back by now; close the return when nothing more is due.

    The caller has locked the return, and refreshes the order.
    """
    balance = await balance_of(tx, rma)
    if balance.refunded > rma.refunded:
        record(
            tx,
            actor,
            "return.refunded",
            f"{show(balance.refunded - rma.refunded, order.currency)} given back for return {rma.number}.",
            subject=("Return", rma.id),
            order_id=order.id,
            data={"amount": balance.refunded - rma.refunded, "refunded": balance.refunded, "due": rma.refund_due},
        )
        rma.refunded = balance.refunded
        await save_return(tx, rma)
    if rma.state is ReturnState.WAITING_REFUND and balance.is_settled:
        await close_in(tx, actor, order, rma)


async def close_in(tx: Transaction, actor: Actor, order: Order, rma: Return) -> None:
    """Close it, with a credit note for the units that came back."""
    check_verb(RETURN_VERBS["returnRefund"], state=rma.state, suspended=order.suspended)
    units = await tx.fetch(
        "SELECT order_line_id, sum(received)::int AS units FROM return_line WHERE rma_id = $1 AND received > 0"
        " GROUP BY order_line_id ORDER BY order_line_id",
        rma.id,
    )
    if units:
        await credit_units(tx, actor, order, [(row["order_line_id"], row["units"]) for row in units], rma_id=rma.id)
    await save_return(tx, rma, ReturnState.CLOSED)
    record(
        tx,
        actor,
        "return.closed",
        f"Return {rma.number} closed.",
        subject=("Return", rma.id),
        order_id=order.id,
        data={"refund_due": rma.refund_due, "refunded": rma.refunded, "credited": rma.credited},
    )
    await refresh(tx, order)

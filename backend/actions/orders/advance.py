"""Advance an order: do what its workflow does by itself, until it waits for somebody or something.

Called by the worker after every change of an order. What may be done is decided by rules/progress.py alone; each verb
is an action of its own with its own transaction, so that a crash in between loses and repeats nothing.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog

from backend.actions.alerts.sync import sync_alerts
from backend.actions.allocation.gather import allocate_with_others
from backend.actions.fulfillment.approve import approve as approve_shipping_order
from backend.actions.fulfillment.assign import assign
from backend.actions.fulfillment.automatic import pack_all, pick_all, ship_all
from backend.actions.fulfillment.fulfil_directly import fulfil_lines
from backend.actions.fulfillment.ready import ready
from backend.actions.invoices.issue import issue
from backend.actions.orders.approve import approve
from backend.actions.orders.complete import complete
from backend.actions.orders.continue_ import continue_
from backend.actions.orders.file import file
from backend.actions.orders.skip import skip_payment
from backend.actions.payments.authorize_new import authorize_new
from backend.actions.payments.capture_due import capture_due
from backend.actions.payments.refund_excess import refund_excess
from backend.actions.payments.void import void
from backend.errors import Refused
from backend.events import advancing, enqueue
from backend.models import db
from backend.models.db import retried, transaction
from backend.models.facts import find
from backend.rules import standing
from backend.rules.assessment import Assessment, Run
from backend.rules.facts import Facts
from backend.rules.permissions import SYSTEM
from backend.rules.progress import assess, lines_without_stock

log = structlog.get_logger(__name__)
#: Above what any order needs; a rule that never comes to rest is a bug and must not spin.
MAX_RUNS = 10_000


#: Verbs with transactions of their own: those that call the outside world, and allocation, which many orders share.
APART = frozenset(
    {
        "orderAllocate",
        "paymentsAuthorize",
        "paymentsCapture",
        "paymentsRefundExcess",
        "paymentsVoid",
        "shippingOrderShip",
    }
)
#: Verbs that take locks which others wait for (stock, the next invoice number): the transaction ends with them.
CLOSING = frozenset({"invoiceIssue", "shippingOrderPick"})


#: What has been asked for up to now is answered by looking now: one look serves all.
_ABSORB = """
DELETE FROM pgqueuer WHERE id IN (
    SELECT id FROM pgqueuer WHERE entrypoint = 'advance_order' AND status = 'queued' AND payload = $1
       AND execute_after <= now() FOR UPDATE SKIP LOCKED)
"""


async def advance(order_id: UUID) -> None:
    """Run until nothing more may be done by itself; then alerts are brought up to date and a delay is scheduled."""
    await db.execute(_ABSORB, json.dumps({"order_id": str(order_id)}).encode())
    with advancing(order_id):
        await _one_by_one(order_id)


async def _one_by_one(order_id: UUID) -> None:
    """Each in its own transaction: what stands apart, and what was refused; between them, the rest together."""
    seen: Facts | None = None
    done: list[Run] = []
    for _ in range(MAX_RUNS):
        facts = await find(order_id)
        if facts is None:
            return
        found = assess(facts, datetime.now(UTC))
        # What was tried and changed nothing is not tried again until something else has changed.
        done = done if facts == seen else []
        todo = [run for run in found.runs if run not in done]
        if not todo:
            await _rest(facts, found)
            return
        if todo[0].verb in APART or not await _together(order_id):
            await _run(facts, todo[0])
        done.append(todo[0])
        seen = facts


async def _together(order_id: UUID) -> bool:
    """Do what need not stand apart, as many verbs in a transaction as go together. Whether any was done."""
    before: Facts | None = None
    try:
        while (first := await _run_together(order_id)) is not None and first != before:
            before = first
    except Refused as refusal:
        log.info("advance.refused", order_id=str(order_id), reason=str(refusal))
    return before is not None


@retried
async def _run_together(order_id: UUID) -> Facts | None:
    """One transaction of verbs; the facts that it began with, or None where there was nothing to do."""
    first: Facts | None = None
    done: list[Run] = []
    async with transaction(together=True) as tx:
        await tx.execute("SELECT 1 FROM sales_order WHERE id = $1 FOR NO KEY UPDATE", order_id)
        while True:
            facts = await find(order_id)
            runs = assess(facts, datetime.now(UTC)).runs if facts is not None else []
            if facts is None or not runs or runs[0].verb in APART or runs[0] in done:
                return first
            first = first or facts
            await VERBS[runs[0].verb](facts, runs[0])
            done.append(runs[0])
            if runs[0].verb in CLOSING:
                return first


async def _run(facts: Facts, run: Run) -> None:
    """A refusal is not an error: somebody was quicker, or the world says no."""
    try:
        await VERBS[run.verb](facts, run)
    except Refused as refusal:
        log.info("advance.refused", order_id=str(facts.id), verb=run.verb, reason=str(refusal))


async def _rest(facts: Facts, found: Assessment) -> None:
    await sync_alerts(facts, found.waits)
    later = [wait.next_at for wait in found.waits if wait.next_at is not None]
    if later and not facts.suspended:
        async with transaction() as tx:
            enqueue(tx, "advance_order", {"order_id": str(facts.id)}, at=min(later))


async def _authorize(facts: Facts, _: Run) -> None:
    await authorize_new(SYSTEM, facts.id)


async def _void(facts: Facts, _: Run) -> None:
    for payment in standing.to_void(facts):
        await void(SYSTEM, payment.id)


async def _fulfil_lines(facts: Facts, _: Run) -> None:
    await fulfil_lines(SYSTEM, facts.id, [line.id for line in lines_without_stock(facts)])


async def _fulfil_directly(facts: Facts, _: Run) -> None:
    await fulfil_lines(SYSTEM, facts.id, [line.id for line in facts.lines if line.unfulfilled])


VERBS: dict[str, Callable[[Facts, Run], Awaitable[object]]] = {
    "orderSkip": lambda facts, _: skip_payment(SYSTEM, facts.id),
    "paymentsAuthorize": _authorize,
    "orderComplete": lambda facts, run: complete(SYSTEM, facts.id, skipped=run.skipped),
    "orderApprove": lambda facts, run: approve(SYSTEM, facts.id, skipped=run.skipped),
    "orderAllocate": lambda facts, _: allocate_with_others(facts.id),
    "orderFulfilDirectly": _fulfil_directly,
    "orderFulfilLines": _fulfil_lines,
    "shippingOrderApprove": lambda _, run: approve_shipping_order(SYSTEM, run.subject_id),
    "shippingOrderAssign": lambda _, run: assign(SYSTEM, run.subject_id, None),
    "shippingOrderPick": lambda _, run: pick_all(SYSTEM, run.subject_id),
    "shippingOrderPack": lambda _, run: pack_all(SYSTEM, run.subject_id),
    "shippingOrderReady": lambda _, run: ready(SYSTEM, run.subject_id),
    "shippingOrderShip": lambda _, run: ship_all(SYSTEM, run.subject_id),
    "invoiceIssue": lambda facts, run: issue(SYSTEM, facts.id, None if run.subject_id == facts.id else run.subject_id),
    "paymentsCapture": lambda facts, _: capture_due(SYSTEM, facts.id),
    "paymentsRefundExcess": lambda facts, _: refund_excess(SYSTEM, facts.id),
    "paymentsVoid": _void,
    "orderContinue": lambda facts, run: continue_(SYSTEM, facts.id, skipped=run.skipped),
    "orderFile": lambda facts, run: file(SYSTEM, facts.id, skipped=run.skipped),
}

"""One verb over many orders, as a job: each order by the verb's own action, so that what it refuses is refused here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.actions.allocation.allocate import allocate
from backend.actions.jobs.start import Item, start
from backend.actions.orders.approve import approve
from backend.actions.orders.cancel import cancel
from backend.actions.orders.complete import complete
from backend.actions.orders.continue_ import continue_
from backend.actions.orders.file import file
from backend.actions.orders.resume import resume
from backend.actions.orders.submit import submit
from backend.actions.orders.suspend import suspend
from backend.errors import ErrorCode, refused
from backend.models.db import retried, transaction
from backend.rules.lifecycle import ORDER_VERBS
from backend.rules.order_input import Problems
from backend.rules.permissions import LEADS, Actor, require

KIND = "ordersBulk"
#: Orders of one job: for those who lead, and for the others.
MAX_FOR_LEADS, MAX_ORDERS = 100_000, 1_000

_VERBS: Mapping[str, Callable[[Actor, UUID], Awaitable[object]]] = {
    "orderSubmit": submit,
    "orderComplete": complete,
    "orderApprove": approve,
    "orderAllocate": allocate,
    "orderResume": resume,
    "orderContinue": continue_,
    "orderFile": file,
}
_WITH_REASON: Mapping[str, Callable[[Actor, UUID, str], Awaitable[object]]] = {
    "orderSuspend": suspend,
    "orderCancel": cancel,
}
ACTIONS = sorted({*_VERBS, *_WITH_REASON})


@dataclass(frozen=True, slots=True)
class Bulk:
    """`orders` are (id, number), which the actor has been found to see. `dry_run` tries each and takes it back."""

    action: str
    orders: Sequence[tuple[UUID, str]]
    reason: str | None = None
    dry_run: bool = False


def limit(actor: Actor) -> int:
    return MAX_FOR_LEADS if actor.has(LEADS) else MAX_ORDERS


def check(actor: Actor, action: str, reason: str | None) -> None:
    """Refuses what cannot be done to any order, before they are looked for."""
    if action not in ACTIONS:
        raise refused(ErrorCode.INVALID, f"Of many orders at once: {', '.join(ACTIONS)}.", "action")
    require(actor, ORDER_VERBS[action].roles, f"Your role may not ask for {action}.", "action")
    problems = Problems()
    problems.text(reason, 500, "reason", required=action in _WITH_REASON)
    problems.check()


@retried
async def bulk(actor: Actor, command: Bulk) -> UUID:
    """The job's id."""
    check(actor, command.action, command.reason)
    if not command.orders:
        raise refused(ErrorCode.INVALID, "No order is found.")
    if len(command.orders) > limit(actor):
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {limit(actor)} orders at once.")
    given = {"action": command.action, "reason": command.reason, "dry_run": command.dry_run}
    async with transaction() as tx:
        return await start(tx, actor, KIND, given, [Item(*order) for order in command.orders])


async def on_one(actor: Actor, given: Mapping[str, Any], item: Item) -> None:
    """The actor's role may have changed since the job was asked for."""
    action, order_id = given["action"], item.subject_id
    assert order_id is not None
    check(actor, action, given["reason"])
    if action in _WITH_REASON:
        await _WITH_REASON[action](actor, order_id, given["reason"])
    else:
        await _VERBS[action](actor, order_id)

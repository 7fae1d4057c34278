"""A simulated staff: does what waits for a person, through the same actions, as long as there is something to do.

Used by the demo world and by trials of imports. It decides nothing that takes judgement: what is suspended, unpaid or
without stock stays where it is, with its reason.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from backend.actions.fulfillment.approve import approve as approve_shipping_order
from backend.actions.fulfillment.automatic import pack_all, pick_all, ship_all
from backend.actions.fulfillment.claim import claim
from backend.actions.fulfillment.hand_over import hand_over
from backend.actions.fulfillment.ready import ready
from backend.actions.orders.approve import approve
from backend.actions.orders.complete import complete
from backend.actions.orders.continue_ import continue_
from backend.actions.orders.file import file
from backend.errors import Refused
from backend.models import db
from backend.rules.permissions import Actor
from backend.rules.vocabulary import Role

STAFF = Actor(key="staff", label="simulated staff", roles=frozenset({Role.MANAGER}), via="simulation")
_PAUSE = 0.2
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person can do now. `version` tells a further try from one that was refused already."""

    verb: str
    subject_id: UUID
    version: int
    code: str | None = None


#: `$1` narrows to one order.
_TASKS = """
SELECT CASE WHEN o.state = 'WAITING_APPROVAL' THEN CASE WHEN o.steps ? 'COMPLETION' THEN 'approve' ELSE 'complete' END
            ELSE CASE WHEN o.steps ? 'CONTINUATION' THEN 'file' ELSE 'continue' END END AS verb,
       o.id, o.version, NULL AS code, o.priority, o.placed_at
  FROM sales_order o
 WHERE o.state IN ('WAITING_APPROVAL', 'WAITING_FILING') AND NOT o.suspended AND ($1::uuid IS NULL OR o.id = $1)
 UNION ALL
SELECT CASE s.state WHEN 'WAITING_APPROVAL' THEN 'release' WHEN 'WAITING_ASSIGNMENT' THEN 'claim'
                    WHEN 'WAITING_PICK' THEN 'pick' WHEN 'WAITING_SHIPMENT' THEN 'ship'
                    WHEN 'READY_FOR_PICKUP' THEN 'hand over'
                    ELSE CASE s.delivery_method WHEN 'PICKUP' THEN 'ready' ELSE 'pack' END END,
       s.id, o.version, s.pickup_code, o.priority, o.placed_at
  FROM shipping_order s JOIN sales_order o ON o.id = s.order_id
 WHERE s.state IN ('WAITING_APPROVAL', 'WAITING_ASSIGNMENT', 'WAITING_PICK', 'WAITING_PACK', 'WAITING_SHIPMENT',
                   'READY_FOR_PICKUP')
   AND NOT o.suspended AND ($1::uuid IS NULL OR o.id = $1)
 ORDER BY priority DESC, placed_at, id LIMIT $2
"""

#: Work that goes on without people: jobs that are due or under way, and gateways that have not answered.
_GOING_ON = """
SELECT (SELECT count(*) FROM pgqueuer WHERE status = 'picked' OR (status = 'queued' AND execute_after <= now()))
     + (SELECT count(*) FROM payment_transaction WHERE state IN ('PENDING', 'UNCERTAIN'))
"""

_VERBS: dict[str, Callable[[Task], Awaitable[object]]] = {
    "complete": lambda task: complete(STAFF, task.subject_id),
    "approve": lambda task: approve(STAFF, task.subject_id),
    "continue": lambda task: continue_(STAFF, task.subject_id),
    "file": lambda task: file(STAFF, task.subject_id),
    "release": lambda task: approve_shipping_order(STAFF, task.subject_id),
    "claim": lambda task: claim(STAFF, task.subject_id),
    "pick": lambda task: pick_all(STAFF, task.subject_id),
    "pack": lambda task: pack_all(STAFF, task.subject_id),
    "ready": lambda task: ready(STAFF, task.subject_id),
    "ship": lambda task: ship_all(STAFF, task.subject_id),
    "hand over": lambda task: hand_over(STAFF, task.subject_id, task.code or ""),
}


async def tasks(order_id: UUID | None = None, limit: int = 200) -> list[Task]:
    """What can be done, the most urgent first; of one order or of all."""
    rows = await db.fetch(_TASKS, order_id, limit)
    return [Task(row["verb"], row["id"], row["version"], row["code"]) for row in rows]


async def do(task: Task) -> bool:
    """False where it was refused: somebody was quicker, or it cannot be done."""
    try:
        await _VERBS[task.verb](task)
    except Refused:
        return False
    return True


async def work_until_idle(concurrency: int = 8, told: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Beside a running worker, until neither has anything to do; what was done, by verb.

    `TimeoutError` where jobs are due for a minute and nobody does them.
    """
    done: Counter[str] = Counter()
    refused: set[Task] = set()
    quiet = 0.0
    while True:
        todo = [task for task in await tasks(limit=200 + len(refused)) if task not in refused]
        if todo:
            quiet = 0.0
            await _do_all(todo, concurrency, done, refused)
            told(f"{done.total()} tasks done")
            continue
        going_on = await db.fetchval(_GOING_ON)
        if not going_on and not [task for task in await tasks(limit=200 + len(refused)) if task not in refused]:
            return done
        if quiet > _PATIENCE:
            raise TimeoutError(f"{going_on} jobs or payments are open and nothing happens: does a worker run?")
        quiet += _PAUSE
        await asyncio.sleep(_PAUSE)


async def _do_all(todo: list[Task], concurrency: int, done: Counter[str], refused: set[Task]) -> None:
    waiting = iter(todo)

    async def one_person() -> None:
        for task in waiting:
            if await do(task):
                done[task.verb] += 1
            else:
                refused.add(task)

    await asyncio.gather(*(one_person() for _ in range(concurrency)))

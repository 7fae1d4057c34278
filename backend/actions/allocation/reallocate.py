"""Look again at what is allocated and not yet begun: moved where a rule set's REALLOCATE says that it is worth it.

Swept by the worker. What is looked at is not locked; whoever comes in between makes the change be dropped, and it is
looked at again in the next round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from backend.actions.allocation.batch import allocate_in
from backend.actions.fulfillment.release import open_shipping_orders, release_units
from backend.actions.fulfillment.units import Units, lines_of
from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import refresh
from backend.config import get_settings
from backend.errors import Refused
from backend.events import record
from backend.models import db
from backend.models.db import Transaction, retried, transaction
from backend.models.facts import load
from backend.models.fulfillment import AllocationDecision
from backend.models.past import active_rule_set
from backend.models.second_look import ask_again, unreleased
from backend.rules.allocation_model import Assignment
from backend.rules.allocation_record import listed
from backend.rules.permissions import SYSTEM
from backend.rules.reallocation import Better, better
from backend.rules.rule_sets import Effect

log = structlog.get_logger(__name__)

REALLOCATED = "REALLOCATED"
_BATCH = 100
_BEGIN = """
INSERT INTO sweep_round (name, began_at) VALUES ('reallocate', now())
ON CONFLICT (name) DO UPDATE SET began_at = now() WHERE sweep_round.began_at <= now() - $1::interval
RETURNING began_at
"""


class _DroppedError(Exception):
    """Somebody came in between."""


async def reallocate_due() -> int | None:
    """Orders that were moved; None where it is not time, or another worker is at it."""
    rule_set = await active_rule_set()
    if not any(rule.effect is Effect.REALLOCATE for rule in rule_set.rules):
        return None
    if await db.fetchrow(_BEGIN, timedelta(minutes=get_settings().reallocation_minutes)) is None:
        return None
    moved, after = 0, UUID(int=0)
    while order_ids := await unreleased(after, _BATCH):
        for order_id in order_ids:
            moved += await reallocate(order_id)
        after = order_ids[-1]
    return moved


async def reallocate(order_id: UUID) -> bool:
    """Whether it was moved."""
    try:
        return await _reallocate(order_id)
    except (_DroppedError, Refused) as error:
        log.info("reallocate.dropped", order_id=str(order_id), reason=str(error))
        return False


@retried
async def _reallocate(order_id: UUID) -> bool:
    async with transaction() as tx:
        order = await lock_order(tx, SYSTEM, order_id)
        question, given, shipping_order_ids = await ask_again(tx, await load(order.id))
        found = better(question, given)
        if order.suspended or found is None:
            return False
        known = await open_shipping_orders(order.id)
        lines = await lines_of(*shipping_order_ids)
        units = [Units(line, known[line.shipping_order_id].site_id, line.quantity) for line in lines if line.quantity]
        await release_units(tx, SYSTEM, order, known, lines, units, REALLOCATED)
        await refresh(tx, order)
        codes = {site.id: site.code for site in question.sites}
        before = _named(given, codes)
        after = _named(found.plan.assignments, codes)
        reason = "its rules have changed" if found.saving is None else f"it saves {found.saving / 100:.2f}"
        decision_id = await _decide(tx, order.id, found, f"Moved from {before}: {reason}")
        record(
            tx,
            SYSTEM,
            "order.reallocated",
            f"Moved from {before} to {after}: {reason}.",
            subject=("Order", order.id),
            order_id=order.id,
            data={"decision_id": decision_id, "saving": found.saving, "from": listed(given)},
        )
        return True


def _named(assignments: Sequence[Assignment], codes: dict[UUID, str]) -> str:
    return ", ".join(sorted({codes[it.site_id] for it in assignments}))


async def _decide(tx: Transaction, order_id: UUID, found: Better, why: str) -> UUID:
    """The decision, which must be the one that was found better."""
    outcome = await allocate_in(tx, SYSTEM, [order_id], by_hand=(lambda supply: supply, why))
    if order_id not in outcome.decided:
        raise _DroppedError("The stock is gone.")
    decision = await AllocationDecision.get(id=outcome.decided[order_id])
    if _sorted(decision.chosen) != _sorted(listed(found.plan.assignments)):
        raise _DroppedError("It would be decided otherwise by now.")
    return decision.id


def _sorted(chosen: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((it["site_id"], it["sku"], it["quantity"]) for it in chosen)

"""The steps of an order that are done by saying so: completion, approval, continuation, filing."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from backend.actions.orders.locking import lock_order
from backend.actions.orders.refresh import mark, refresh, set_mark
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.db import retried, transaction
from backend.models.facts import load
from backend.rules.lifecycle import ORDER_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.progress import reasons_against
from backend.rules.vocabulary import LifecycleStep


@retried
async def pass_step(
    actor: Actor,
    order_id: UUID,
    expected_version: int | None,
    *,
    verb: str,
    step: LifecycleStep,
    kind: str,
    message: str,
    skipped: bool,
) -> None:
    """Mark the step as done, or as skipped by the workflow; refuse what the lifecycle or the facts forbid."""
    async with transaction() as tx:
        order = await lock_order(tx, actor, order_id, expected_version)
        check_verb(ORDER_VERBS[verb], state=order.state, suspended=order.suspended)
        facts = await load(order.id)
        against = reasons_against(facts).get(verb)
        if against is not None and not skipped:
            raise refused(ErrorCode.INVALID_STATE, against)
        before = order.state
        await set_mark(tx, order.id, step.value, actor.label, skipped=skipped)
        marked = {**facts.steps, step.value: mark(tx.now, actor.label, skipped=skipped)}
        after = await refresh(tx, order, replace(facts, steps=marked))
        record(
            tx,
            actor,
            kind,
            "Skipped by the workflow." if skipped else message,
            subject=("Order", order.id),
            order_id=order.id,
            data={"step": step.value, "skipped": skipped, "from": before.value, "to": after.value},
        )

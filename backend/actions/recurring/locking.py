"""How every command on a recurring order begins, and how it is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.errors import check_version, not_found
from backend.events import record
from backend.models.db import Transaction
from backend.models.recurring import RecurringOrder
from backend.rules.lifecycle import RECURRING_ORDER_VERBS, check_verb
from backend.rules.permissions import Actor
from backend.rules.vocabulary import RecurringOrderState


async def lock_recurring(
    actor: Actor, recurring_order_id: UUID, verb: str, expected_version: int | None = None
) -> RecurringOrder:
    """NOT_FOUND out of the actor's scope, STALE on another version, INVALID_STATE by the verb."""
    found = await RecurringOrder.filter(id=recurring_order_id).select_for_update(no_key=True).first()
    if found is None or not (actor.sees_all_orders or found.channel_id == actor.channel_id):
        raise not_found("recurring order", "recurring_order_id")
    check_version("recurring order", found.version, expected_version)
    check_verb(RECURRING_ORDER_VERBS[verb], state=found.state)
    return found


async def change(recurring: RecurringOrder, **changes: Any) -> None:
    """Save them, as a new version."""
    changes["version"] = recurring.version + 1
    await recurring.update_from_dict(changes).save(update_fields=list(changes))


def due(next_at: Any) -> dict[str, Any]:
    """The columns of one that waits for this; of one that waits for nothing more."""
    state = RecurringOrderState.ENDED if next_at is None else RecurringOrderState.ACTIVE
    return {"state": state, "next_at": next_at, "run_at": next_at, "failures": 0, "problem": None}


def tell(tx: Transaction, actor: Actor, recurring: RecurringOrder, kind: str, message: str, **data: Any) -> None:
    record(
        tx,
        actor,
        f"recurring_order.{kind}",
        f"{recurring.number}: {message}",
        subject=("RecurringOrder", recurring.id),
        data={"number": recurring.number, "next_at": recurring.next_at, **data},
    )

"""Reconcile an open intent: ask the gateway what became of it, by its key. Never a guess."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.actions.payments.intents import Intent, Outcome, call, load_intents, outcome_of
from backend.actions.payments.settle import settle
from backend.config import get_settings
from backend.errors import ErrorCode, not_found, refused
from backend.integrations.gateways import Answer, GatewayTimeout, GatewayUnavailable, gateway_for
from backend.models import db
from backend.rules.billing import PAYMENT_VERBS
from backend.rules.lifecycle import why_not
from backend.rules.permissions import Actor
from backend.rules.vocabulary import OrderState, TransactionState

#: Calls of one intent before it is given up, when the gateway keeps saying that it knows nothing of it.
MAX_CALLS = 8


async def reconcile(actor: Actor, transaction_id: UUID) -> None:
    """What was booked is settled; what was not is asked again with the same key, so it can never be booked twice.

    Refuses with GATEWAY_UNAVAILABLE, and leaves the intent open, while the gateway cannot say.
    """
    found = await load_intents([transaction_id])
    if not found:
        raise not_found("payment transaction", "transaction_id")
    intent = found[0]
    if intent.state not in (TransactionState.PENDING, TransactionState.UNCERTAIN):
        return
    answer = await _look_up(intent)
    outcome = outcome_of(intent, answer) if answer is not None else await _again(intent)
    if outcome is not None:
        await settle(actor, [outcome])


async def _look_up(intent: Intent) -> Answer | None:
    db.outside_transaction(f"{intent.gateway} lookup")
    try:
        async with asyncio.timeout(get_settings().gateway_timeout):
            return await gateway_for(intent.gateway).lookup(intent.id)
    except (GatewayTimeout, GatewayUnavailable, TimeoutError):
        raise refused(ErrorCode.GATEWAY_UNAVAILABLE, "The gateway cannot say yet.") from None


async def _again(intent: Intent) -> Outcome | None:
    """Nothing was booked. Ask again, or give up what is not wanted any more; None leaves it open for now."""
    row = await db.fetchrow("SELECT state, suspended FROM sales_order WHERE id = $1", intent.order_id)
    assert row is not None
    verb, state = PAYMENT_VERBS[intent.kind], OrderState(row["state"])
    if why_not(verb, state=state) is not None or intent.attempts >= MAX_CALLS:
        return Outcome(intent, TransactionState.FAILED, failure="Nothing was booked.") if _is_silent(intent) else None
    if why_not(verb, state=state, suspended=row["suspended"]) is not None:
        return None
    return await call(intent)


def _is_silent(intent: Intent) -> bool:
    """Old enough that no caller can still be waiting for an answer."""
    return datetime.now(UTC) - intent.at > timedelta(seconds=3 * get_settings().gateway_timeout)

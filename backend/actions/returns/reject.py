"""Reject a return that was asked for: nothing comes back, and its exchange order is cancelled."""

from __future__ import annotations

from uuid import UUID

from backend.actions.returns.cancel import call_off
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ReturnState


async def reject(actor: Actor, return_id: UUID, reason: str) -> None:
    await call_off(actor, return_id, reason, "returnReject", ReturnState.REJECTED)

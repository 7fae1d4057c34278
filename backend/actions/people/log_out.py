"""End a session: its token is nobody's from now on."""

from __future__ import annotations

from backend.actions.people.authenticate import digest
from backend.events import record
from backend.models.db import transaction
from backend.rules.permissions import Actor


async def log_out(actor: Actor, session_token: str) -> None:
    async with transaction() as tx:
        ended = await tx.fetchval(
            "DELETE FROM app_session WHERE token_hash = $1 RETURNING user_id", digest(session_token)
        )
        if ended is not None:
            record(tx, actor, "session.ended", "Logged out.", subject=("User", ended))

"""Open a session for a person. The token is given once; we keep its SHA-256."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from backend.actions.people.authenticate import authenticate, digest
from backend.actions.people.passwords import MAX_LENGTH, matches
from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import transaction
from backend.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class LoggedIn:
    actor: Actor
    token: str
    seconds: int


async def log_in(email: str, password: str, hours: int) -> LoggedIn:
    """The same refusal for an unknown address, a wrong password, and somebody who may no longer come in."""
    user = await db.fetchrow(
        "SELECT id, email, password_hash FROM app_user WHERE email = $1 AND active", email.strip().lower()[:254]
    )
    known = await matches(password[:MAX_LENGTH], user["password_hash"] if user else None)
    if user is None or not known:
        raise refused(ErrorCode.NOT_PERMITTED, "The e-mail address or the password is wrong.", "password")
    token = secrets.token_urlsafe(32)
    async with transaction() as tx:
        await tx.execute(
            "INSERT INTO app_session (id, user_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            uuid7(),
            user["id"],
            digest(token),
            tx.now,
            tx.now + timedelta(hours=hours),
        )
        actor = await authenticate(session_token=token)
        if actor is None:
            raise refused(ErrorCode.NOT_PERMITTED, "The e-mail address or the password is wrong.", "password")
        record(tx, actor, "session.created", "Logged in.", subject=("User", user["id"]))
    return LoggedIn(actor, token, hours * 3600)

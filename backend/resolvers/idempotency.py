"""The Idempotency-Key: one command, one effect, one answer, however often and from however many places it is sent.

What the command changed binds the key in its own transaction (events.record). The answer is stored afterwards; where
it was lost in between, it is made again from the changed object as it is now. The effect is never repeated.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from backend import events
from backend.errors import ErrorCode, Refused, refused
from backend.models import db
from backend.resolvers.bodies import BadRequest, GraphQLRequest
from backend.resolvers.context import Context, Replay

MAX_KEY = 200
#: How long a duplicate waits for the first one's answer, and after which age that answer is held to be lost.
PATIENCE = 2.0
LOST_AFTER = timedelta(seconds=30)
#: Answers of these hold secrets that are shown once: never stored, but made again from what was changed.
_SECRETIVE = frozenset({"apiKeyCreate", "webhookCreate"})
_MADE_AGAIN = ""

Answer = dict[str, Any]
Execute = Callable[[], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Found:
    request_hash: str
    subject_type: str | None
    subject_id: UUID | None
    response: str | None
    at: datetime


def key_of(headers: Mapping[str, str]) -> str | None:
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not key.isprintable() or not 0 < len(key) <= MAX_KEY:
        raise BadRequest(400, f"Idempotency-Key may have 1 to {MAX_KEY} printable characters.")
    return key


def request_hash(request: GraphQLRequest) -> str:
    """SHA-256 over what was asked: the order of variables' keys does not matter."""
    canonical = orjson.dumps([request.query, request.variables, request.operation_name], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


async def run(field: str, request: GraphQLRequest, context: Context, execute: Execute) -> Answer:
    """The answer to the one mutation `field` of this request: the first time by doing it, then from what was kept."""
    command = events.Command(
        request_id=context.request_id,
        actor_key=context.actor.key,
        idempotency_key=context.idempotency_key,
        request_hash=request_hash(request),
    )
    found = await _look_up(command)
    if found is not None:
        return await _again(command, found, context, execute)
    token = events.command.set(command)
    try:
        answer = await execute()
    finally:
        events.command.reset(token)
    if context.refused and not command.bound:
        # A duplicate that came at the same time may have won; what it did is then our answer too.
        found = await _look_up(command)
        if found is not None:
            return await _again(command, found, context, execute)
    if _has_fault(answer):
        return answer
    secret = field in _SECRETIVE and not context.refused
    return await _keep(command, _MADE_AGAIN if secret else orjson.dumps(answer).decode(), answer, context, execute)


async def _look_up(command: events.Command) -> Found | None:
    row = await db.fetchrow(
        "SELECT request_hash, subject_type, subject_id, response #>> '{}' AS response, at"
        " FROM idempotency_key WHERE actor = $1 AND key = $2",
        command.actor_key,
        command.idempotency_key,
    )
    return Found(**row) if row else None


async def _again(command: events.Command, found: Found, context: Context, execute: Execute) -> Answer:
    if found.request_hash != command.request_hash:
        message = "This Idempotency-Key was used for another request."
        return await _refuse(refused(ErrorCode.IDEMPOTENCY_KEY_REUSED, message), context, execute)
    deadline = asyncio.get_running_loop().time() + PATIENCE
    pause = 0.01
    while not found.response:
        if found.response == _MADE_AGAIN or datetime.now(UTC) - found.at > LOST_AFTER:
            context.replay = Replay(found.subject_type, found.subject_id)
            return await execute()
        if asyncio.get_running_loop().time() > deadline:
            return await _refuse(refused(ErrorCode.CONFLICT, "This command is under way; ask again."), context, execute)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.2)
        found = await _look_up(command) or found
    answer: Answer = json.loads(found.response)
    return answer


async def _refuse(refusal: Refused, context: Context, execute: Execute) -> Answer:
    context.refusal = refusal
    return await execute()


async def _keep(command: events.Command, text: str, answer: Answer, context: Context, execute: Execute) -> Answer:
    """Store the answer as text, so that it is given again letter by letter. Who came second takes the first's.

    Nobody waits for the disk: an answer that a crash takes is made again.
    """
    kept = await db.execute(
        "INSERT INTO idempotency_key (actor, key, request_hash, response, at)"
        " SELECT $1, $2, $3, $4::jsonb, now() FROM set_config('synchronous_commit', 'off', true)"
        " ON CONFLICT (actor, key) DO UPDATE SET response = excluded.response"
        " WHERE $5 AND idempotency_key.response IS NULL",
        command.actor_key,
        command.idempotency_key,
        command.request_hash,
        json.dumps(text),
        command.bound,
    )
    if kept or command.bound:
        return answer
    found = await _look_up(command)
    return await _again(command, found, context, execute) if found else answer


def _has_fault(answer: Answer) -> bool:
    return any(entry.get("extensions", {}).get("code") == "INTERNAL" for entry in answer.get("errors", ()))

"""The sandbox gateway: a card processor that keeps a book of its own, as if it were another company.

Its book is the table `sandbox_entry`, which nothing else reads or writes; one statement a call. The row of an
authorization carries what was drawn on it, so a draw is decided by that row's lock and no sum can be overrun.
Tokens: `sandbox_ok`, `sandbox_declined`, `sandbox_capture_declined` (authorizes, then refuses to pay out), and
`sandbox_timeout` (books, and the first answer to each key is lost).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from tortoise import connections
from tortoise.exceptions import DBConnectionError

from backend.integrations.gateways import Answer, Call, GatewayTimeout, GatewayUnavailable
from backend.rules.vocabulary import TransactionKind

AUTHORIZATION_DAYS = 7
_PREFIX = "sandbox_"
#: What a test card does.
_FINE, _DECLINED, _CAPTURE_DECLINED, _ANSWER_LOST = (
    "sandbox_ok",
    "sandbox_declined",
    "sandbox_capture_declined",
    "sandbox_timeout",
)

#: The answer to a key that is known is read; else it is booked. No row comes back where the same key was booked by
#: another call at this very moment: then it is known to the next statement.
_AUTHORIZE = """
WITH known AS (SELECT * FROM sandbox_entry WHERE key = $1),
written AS (
    INSERT INTO sandbox_entry (key, kind, reference, "authorization", amount, currency, token, approved, reason, at)
    SELECT $1, 'AUTHORIZE', $2, $3, $4, $5, $6, $7::text IS NULL, $7, now() WHERE NOT EXISTS (SELECT 1 FROM known)
        ON CONFLICT (key) DO NOTHING RETURNING *
)
SELECT kind, reference, amount, currency, token, approved, reason, at, true AS fresh FROM written
UNION ALL SELECT kind, reference, amount, currency, token, approved, reason, at, false FROM known
"""

#: A draw is granted by updating the authorization's row, whose condition PostgreSQL tests again after waiting for it.
_DRAW = """
WITH known AS (SELECT * FROM sandbox_entry WHERE key = $1),
held AS (
    UPDATE sandbox_entry a
       SET captured = captured + CASE WHEN $2 = 'CAPTURE' THEN $5::bigint ELSE 0 END,
           voided = voided + CASE WHEN $2 = 'VOID' THEN $5::bigint ELSE 0 END,
           refunded = refunded + CASE WHEN $2 = 'REFUND' THEN $5::bigint ELSE 0 END
     WHERE a.key = $3 AND a.kind = 'AUTHORIZE' AND a.approved AND a.currency = $6 AND $5 > 0
       AND NOT EXISTS (SELECT 1 FROM known)
       AND CASE $2 WHEN 'REFUND' THEN a.refunded + $5 <= a.captured
                   WHEN 'VOID' THEN a.captured + a.voided + $5 <= a.amount
                   ELSE a.captured + a.voided + $5 <= a.amount
                        AND a.token IS DISTINCT FROM 'sandbox_capture_declined'
                        AND a.at > now() - make_interval(days => $7) END
 RETURNING a.key
), written AS (
    INSERT INTO sandbox_entry (key, kind, reference, "authorization", amount, currency, token, approved, reason, at)
    SELECT $1, $2, $8, $4, $5, $6, a.token, EXISTS (SELECT 1 FROM held),
           CASE WHEN EXISTS (SELECT 1 FROM held) THEN NULL
                WHEN a.key IS NULL THEN 'There is no such authorization.'
                WHEN a.currency <> $6 THEN 'The currency is another one.'
                WHEN $2 = 'REFUND' THEN 'More than was captured.'
                WHEN $2 = 'CAPTURE' AND a.token = 'sandbox_capture_declined' THEN 'The card issuer declined to pay out.'
                WHEN $2 = 'CAPTURE' AND a.at <= now() - make_interval(days => $7)
                THEN 'The authorization has expired.'
                ELSE 'More than is authorized.' END,
           now()
      FROM (SELECT 1) AS always LEFT JOIN sandbox_entry a ON a.key = $3 AND a.kind = 'AUTHORIZE' AND a.approved
     WHERE NOT EXISTS (SELECT 1 FROM known) RETURNING *
)
SELECT kind, reference, amount, currency, token, approved, reason, at, true AS fresh FROM written
UNION ALL SELECT kind, reference, amount, currency, token, approved, reason, at, false FROM known
"""


class SandboxGateway:
    name = "sandbox"
    needs_a_person = False

    async def authorize(self, call: Call) -> Answer:
        reference = _PREFIX + call.key.hex
        arguments = (str(call.key), reference, call.authorization, call.amount, call.currency, call.token)
        return await self._book(call, _AUTHORIZE, *arguments, _objection(call))

    async def capture(self, call: Call) -> Answer:
        return await self._draw(call)

    async def void(self, call: Call) -> Answer:
        return await self._draw(call)

    async def refund(self, call: Call) -> Answer:
        return await self._draw(call)

    async def lookup(self, key: UUID, /) -> Answer | None:
        rows = await _query("SELECT * FROM sandbox_entry WHERE key = $1", str(key))
        return _answer(rows[0]) if rows else None

    async def _draw(self, call: Call) -> Answer:
        return await self._book(
            call,
            _DRAW,
            str(call.key),
            call.kind.value,
            _key_of(call.authorization),
            call.authorization,
            call.amount,
            call.currency,
            AUTHORIZATION_DAYS,
            _PREFIX + call.key.hex,
        )

    async def _book(self, call: Call, statement: str, *arguments: Any) -> Answer:
        rows: list[Mapping[str, Any]] = []
        for _ in range(2):
            try:
                rows = await _query(statement, *arguments)
            except asyncpg.UniqueViolationError:
                continue  # The same key at the same moment: nothing was drawn by this call; read the other's answer.
            if rows:
                break
        if not rows:
            raise GatewayTimeout("The book did not answer.")
        entry = rows[0]
        if (entry["kind"], entry["amount"], entry["currency"]) != (call.kind.value, call.amount, call.currency):
            return Answer(approved=False, reason="The idempotency key was used for something else.")
        if entry["fresh"] and entry["token"] == _ANSWER_LOST:
            raise GatewayTimeout("The answer was lost on the way.")
        return _answer(entry)


def _objection(call: Call) -> str | None:
    """Why a card is not accepted. What the channel's checkout had authorized is taken over without a token."""
    if call.token == _DECLINED:
        return "The card issuer declined."
    if call.token in (_FINE, _CAPTURE_DECLINED, _ANSWER_LOST) or (call.token is None and call.authorization):
        return None
    return "The token is not known: use sandbox_ok."


def _key_of(reference: str | None) -> str | None:
    """The key under which a reference was booked: references are made of keys."""
    try:
        return str(UUID((reference or "").removeprefix(_PREFIX)))
    except ValueError:
        return None


def _answer(entry: Mapping[str, Any]) -> Answer:
    expires = entry["kind"] == TransactionKind.AUTHORIZE and entry["approved"]
    return Answer(
        approved=entry["approved"],
        reference=entry["reference"],
        reason=entry["reason"],
        expires_at=entry["at"] + timedelta(days=AUTHORIZATION_DAYS) if expires else None,
    )


async def _query(statement: str, *arguments: Any) -> list[Mapping[str, Any]]:
    """One statement, on its own connection: it is booked when it returns. A connection lost in it tells nothing."""
    try:
        async with connections.get("default").acquire_connection() as connection:
            try:
                return list(await connection.fetch(statement, *arguments))
            except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as error:
                raise GatewayTimeout(str(error)) from error
    except (OSError, DBConnectionError) as error:
        raise GatewayUnavailable(str(error)) from error

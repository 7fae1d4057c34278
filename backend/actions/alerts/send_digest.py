"""Send digests of alerts: claim, call, settle. One is sent once at most, and tried again while it certainly was not.

One that was handed over without an answer, or whose worker died, is UNCERTAIN and stays so: the next one tells of its
alerts again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from backend.actions.alerts.clear import clear_in
from backend.actions.alerts.raise_ import raise_alert
from backend.config import get_settings
from backend.events import record
from backend.integrations import mail
from backend.integrations.mail import Mail, NotSent, Unanswered
from backend.models import db
from backend.models.db import outside_transaction, retried, transaction
from backend.rules.digests import DigestContents, DigestLine, subject_of, text_of, wait_after
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity, DigestState

log = structlog.get_logger(__name__)

_AT_ONCE = 10
#: Minutes after which whoever claimed a sending is not at it any more.
LOST_AFTER = 10
_LOST = """
UPDATE alert_digest_sending SET state = 'UNCERTAIN', settled_at = now(), failure = 'The worker was lost.'
 WHERE state = 'SENDING' AND claimed_at < now() - make_interval(mins => $1)
"""
_CLAIM = """
WITH due AS (
    SELECT s.id FROM alert_digest_sending s JOIN alert_digest d ON d.id = s.digest_id
     WHERE s.state = 'PENDING' AND s.next_at <= now() AND d.way = 'MAIL'
     ORDER BY s.next_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED
), claimed AS (
    UPDATE alert_digest_sending s SET state = 'SENDING', claimed_at = now(), attempts = attempts + 1
      FROM due WHERE s.id = due.id RETURNING s.*
)
SELECT s.id, s.digest_id, s.attempts, s.since, s.contents, d.timezone, d.user_id, u.email, u.name, u.active
  FROM claimed s JOIN alert_digest d ON d.id = s.digest_id JOIN app_user u ON u.id = d.user_id
"""
_SETTLE = """
UPDATE alert_digest_sending SET state = $3::text, failure = $4, next_at = $5,
       settled_at = CASE WHEN $3::text = 'PENDING' THEN NULL ELSE $6::timestamptz END
 WHERE id = $1 AND state = 'SENDING' AND attempts = $2
"""


@dataclass(frozen=True, slots=True)
class _Claimed:
    id: UUID
    digest_id: UUID
    user_id: UUID
    attempts: int
    active: bool
    mail: Mail


async def send_due() -> int:
    """How many were taken up."""
    mailer = mail.current()
    if mailer is None:
        return 0
    await db.execute(_LOST, LOST_AFTER)
    claimed = [_claimed(row) for row in await db.fetch(_CLAIM, _AT_ONCE)]
    await asyncio.gather(*(_send(mailer, one) for one in claimed))
    return len(claimed)


async def _send(mailer: mail.Mailer, one: _Claimed) -> None:
    outside_transaction("the mail server")
    if not one.active:
        return await _settle(one, DigestState.FAILED, "Whom it was for is not active any more.")
    try:
        await mailer.send(one.mail)
    except NotSent as error:
        await _settle(one, DigestState.FAILED if error.for_good else DigestState.PENDING, str(error))
    except Unanswered as error:
        await _settle(one, DigestState.UNCERTAIN, str(error))
    else:
        await _settle(one, DigestState.SENT, None)


@retried
async def _settle(one: _Claimed, state: DigestState, failure: str | None) -> None:
    """Only by whoever claimed it."""
    key = f"digest.failed:{one.digest_id}"
    async with transaction() as tx:
        again = tx.now + wait_after(one.attempts)
        reason = failure[:500] if failure else None
        if not await tx.execute(_SETTLE, one.id, one.attempts, state.value, reason, again, tx.now):
            return
        if state is DigestState.PENDING:
            log.warning("digest.not_sent", sending=str(one.id), attempt=one.attempts, reason=reason)
            return
        kind = f"user.digest_{state.value.lower()}"
        message = "Digest of alerts sent." if state is DigestState.SENT else f"Digest of alerts not sent: {reason}"
        record(tx, SYSTEM, kind, message, subject=("User", one.user_id), data={"sending": one.id})
        if state is DigestState.SENT:
            await clear_in(tx, SYSTEM, key=key)
        elif state is DigestState.FAILED and one.active:
            told = f"The digest of alerts for {one.mail.to} was refused: {reason}"
            await raise_alert(tx, SYSTEM, "digest.failed", AlertSeverity.WARNING, told, key=key)


def _claimed(row: db.Row) -> _Claimed:
    contents = _contents(json.loads(row["contents"]), row["since"])
    text = text_of(contents, row["name"], row["timezone"], get_settings().public_url)
    made = Mail(str(row["id"]), row["email"], row["name"], subject_of(contents), text)
    return _Claimed(row["id"], row["digest_id"], row["user_id"], row["attempts"], row["active"], made)


def _contents(kept: dict[str, Any], since: datetime | None) -> DigestContents:
    lines = [
        DigestLine(
            kind=line["kind"],
            severity=AlertSeverity(line["severity"]),
            message=line["message"],
            raised_at=datetime.fromisoformat(line["raisedAt"]),
            order=line["order"],
        )
        for line in kept["alerts"]
    ]
    return DigestContents(lines, kept["new"], kept["open"], since)

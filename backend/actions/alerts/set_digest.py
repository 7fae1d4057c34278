"""Choose whether, when and how one is told of new alerts together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from backend.errors import ErrorCode, refused
from backend.events import record
from backend.integrations import mail
from backend.models.base import uuid7
from backend.models.db import retried, transaction
from backend.rules.digests import next_due
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import AlertSeverity, DigestPace, DigestWay

_PUT = """
INSERT INTO alert_digest (id, user_id, way, pace, hour, timezone, severity_from, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (user_id, way) DO UPDATE
   SET pace = excluded.pace, hour = excluded.hour, timezone = excluded.timezone,
       severity_from = excluded.severity_from, next_at = excluded.next_at
"""
_CALL_OFF = """
UPDATE alert_digest_sending s SET state = 'SUPERSEDED', settled_at = $3 FROM alert_digest d
 WHERE d.id = s.digest_id AND d.user_id = $1 AND d.way = $2 AND s.state = 'PENDING'
"""


@dataclass(frozen=True, slots=True)
class SetDigest:
    """`hour`, 0 to 23, of the zone, for DAILY; only alerts as severe as `severity_from`, or more."""

    pace: DigestPace
    hour: int = 8
    timezone: str = "UTC"
    severity_from: AlertSeverity = AlertSeverity.WARNING
    way: DigestWay = DigestWay.MAIL


@retried
async def set_digest(actor: Actor, command: SetDigest) -> UUID:
    """The person. Refuses NOT_PERMITTED for a key, INVALID where the server sends no mail."""
    if actor.user_id is None:
        raise refused(ErrorCode.NOT_PERMITTED, "A digest goes to a person; a key has no address.")
    _check(command)
    async with transaction() as tx:
        next_at = next_due(command.pace, command.hour, command.timezone, tx.now)
        given = (command.way.value, command.pace.value, command.hour, command.timezone, command.severity_from.value)
        await tx.execute(_PUT, uuid7(), actor.user_id, *given, next_at)
        if command.pace is DigestPace.OFF:
            await tx.execute(_CALL_OFF, actor.user_id, command.way.value, tx.now)
        record(
            tx,
            actor,
            "user.digest_set",
            f"Digest of alerts by {command.way.value.lower()}: {command.pace.value.lower()}.",
            subject=("User", actor.user_id),
            data={"way": command.way, "pace": command.pace, "from": command.severity_from, "next": next_at},
        )
    return actor.user_id


def _check(command: SetDigest) -> None:
    problems = Problems()
    if not 0 <= command.hour <= 23:
        problems.add("Between 0 and 23.", "hour")
    if command.timezone not in available_timezones():
        problems.add("A time zone is an IANA name, such as Europe/Zurich.", "timezone")
    if command.pace is not DigestPace.OFF and mail.current() is None:
        problems.add("This server sends no mail: CROSSDOCK_SMTP_URL is not set.", "pace")
    problems.check()

"""Digests of alerts."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.queries.digests import Chosen
from backend.rules.permissions import STAFF
from backend.rules.vocabulary import AlertSeverity, DigestPace, DigestWay
from backend.schema.access import readable_by
from backend.schema.common import UserError


@readable_by(STAFF)
@strawberry.type(description="When one is told of alerts that are open and new since the last time, all together.")
class AlertDigest:
    way: DigestWay
    pace: DigestPace = DigestPace.OFF
    hour: int = strawberry.field(default=8, description="Of the day in the time zone, for DAILY.")
    timezone: str = "UTC"
    severity_from: AlertSeverity = strawberry.field(
        default=AlertSeverity.WARNING, description="Alerts as severe as this, or more."
    )
    next_at: datetime | None = None
    sent_at: datetime | None = strawberry.field(default=None, description="When the last one was sent.")
    failure: str | None = strawberry.field(default=None, description="Why the newest one has not been sent.")
    possible: bool = strawberry.field(default=False, description="Whether this server can send any.")

    @classmethod
    def of(cls, found: Chosen | None, way: DigestWay, *, possible: bool) -> AlertDigest:
        if found is None:
            return cls(way=way, possible=possible)
        row = found.digest
        return cls(
            way=way,
            pace=row.pace,
            hour=row.hour,
            timezone=row.timezone,
            severity_from=row.severity_from,
            next_at=row.next_at,
            sent_at=found.sent_at,
            failure=found.failure,
            possible=possible,
        )


@strawberry.input
class AlertDigestInput:
    pace: DigestPace
    hour: int = strawberry.field(default=8, description="0 to 23, of the day in the time zone; for DAILY.")
    timezone: str = strawberry.field(default="UTC", description="An IANA name, such as Europe/Zurich.")
    severity_from: AlertSeverity = AlertSeverity.WARNING
    way: DigestWay = DigestWay.MAIL


@readable_by(STAFF)
@strawberry.type
class AlertDigestPayload:
    alert_digest: AlertDigest | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

"""Digests of alerts: who gets them when, and each that was to be sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, not_negative, one_of
from backend.rules.vocabulary import AlertSeverity, DigestPace, DigestState, DigestWay


class AlertDigest(Identified):
    """What a person has chosen, for one way to reach them. `next_at` is when the next one is due."""

    user: Any = link("User")
    user_id: UUID
    way = fields.CharEnumField(DigestWay, max_length=10)
    pace = fields.CharEnumField(DigestPace, max_length=10)
    hour = fields.IntField(description="of the day in the zone; for DAILY")
    timezone = fields.CharField(max_length=64)
    severity_from = fields.CharEnumField(AlertSeverity, max_length=10)
    next_at = fields.DatetimeField(null=True, db_index=True)

    class Meta:
        table = "alert_digest"
        constraints = (
            UniqueConstraint(fields=("user_id", "way"), name="uq_alert_digest"),
            one_of("alert_digest", "way", DigestWay),
            one_of("alert_digest", "pace", DigestPace),
            one_of("alert_digest", "severity_from", AlertSeverity),
            check("alert_digest", "hour", "hour BETWEEN 0 AND 23"),
            check("alert_digest", "next_at", "(pace = 'OFF') = (next_at IS NULL)"),
        )


class AlertDigestSending(Identified):
    """One digest, written down before it is sent: of alerts that were raised after `since` and until `upto`.

    There is one for each time at which one was due, whatever becomes of it.
    """

    digest: Any = link("AlertDigest")
    digest_id: UUID
    due_at = fields.DatetimeField()
    since = fields.DatetimeField(null=True)
    upto = fields.DatetimeField()
    contents: Any = fields.JSONField()
    state = fields.CharEnumField(DigestState, max_length=12)
    attempts = fields.IntField(default=0)
    next_at = fields.DatetimeField()
    claimed_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    failure = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "alert_digest_sending"
        indexes = (Index(fields=("state", "next_at"), name="ix_alert_digest_sending_state"),)
        constraints = (
            UniqueConstraint(fields=("digest_id", "due_at"), name="uq_alert_digest_sending"),
            one_of("alert_digest_sending", "state", DigestState),
            not_negative("alert_digest_sending", ("attempts",)),
            check("alert_digest_sending", "claimed", "state <> 'SENDING' OR claimed_at IS NOT NULL"),
            check("alert_digest_sending", "settled", "(state IN ('PENDING','SENDING')) = (settled_at IS NULL)"),
        )

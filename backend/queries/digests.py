"""What a digest of alerts tells somebody, and what they have chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.models import db
from backend.models.digests import AlertDigest
from backend.models.log import Alert
from backend.queries.scope import scope
from backend.queries.sql import Where
from backend.rules.permissions import Actor
from backend.rules.vocabulary import AlertSeverity, DigestWay

#: Alerts that are listed; the rest is counted.
MOST = 100
_LAST = """
SELECT max(settled_at) FILTER (WHERE state = 'SENT') AS sent_at,
       (array_agg(failure ORDER BY due_at DESC))[1] AS failure
  FROM alert_digest_sending WHERE digest_id = $1
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """`failure`: why the newest one has not been sent."""

    digest: AlertDigest
    sent_at: datetime | None
    failure: str | None


async def chosen(user_id: UUID, way: DigestWay) -> Chosen | None:
    digest = await AlertDigest.filter(user_id=user_id, way=way).first()
    if digest is None:
        return None
    last = await db.fetchrow(_LAST, digest.id)
    assert last
    return Chosen(digest, last["sent_at"], last["failure"])


async def new_alerts(
    actor: Actor, severity_from: AlertSeverity, since: datetime | None, upto: datetime
) -> Mapping[str, Any] | None:
    """Of those that the actor sees and nobody has put off: raised after `since` and until `upto`, and open.

    None where there is none.
    """
    where = Where()
    scope(where, actor, Alert)
    severe = [severity.value for severity in AlertSeverity][list(AlertSeverity).index(severity_from) :]
    where.add(f"t.severity = ANY({where.bind(severe)})")
    where.add("t.cleared_at IS NULL AND coalesce(t.snoozed_until <= now(), TRUE)")
    new = f"t.raised_at > {where.bind(since)} AND " if since is not None else ""
    rows = await db.fetch(
        f"SELECT t.id, t.kind, t.severity, t.message, t.raised_at, o.number, f.open, f.new FROM"
        f" (SELECT count(*) AS open, count(*) FILTER (WHERE {new}t.raised_at <= {where.bind(upto)}) AS new"
        f" FROM alert t WHERE {where}) f LEFT JOIN (SELECT t.* FROM alert t WHERE {where} AND {new}"
        f"t.raised_at <= {where.bind(upto)} ORDER BY t.raised_at DESC, t.id DESC LIMIT {MOST}) t ON TRUE"
        " LEFT JOIN sales_order o ON o.id = t.order_id ORDER BY t.raised_at DESC, t.id DESC",
        *where.args,
    )
    if not rows or not rows[0]["new"]:
        return None
    listed = [
        {
            "id": row["id"],
            "kind": row["kind"],
            "severity": row["severity"],
            "message": row["message"],
            "raisedAt": row["raised_at"].isoformat(),
            "order": row["number"],
        }
        for row in rows
    ]
    return {"alerts": listed, "new": rows[0]["new"], "open": rows[0]["open"]}

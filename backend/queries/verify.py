"""Do the books agree? Every invariant over one snapshot of the database, with the rows that break it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.models.db import Transaction, transaction
from backend.models.facts import load_facts
from backend.queries.invariants import Invariant
from backend.queries.invariants.dashboard import DASHBOARD
from backend.queries.invariants.log import LOG
from backend.queries.invariants.money import MONEY
from backend.queries.invariants.orders import ORDERS
from backend.queries.invariants.stock import STOCK
from backend.rules.progress import assess

INVARIANTS: tuple[Invariant, ...] = (*ORDERS, *STOCK, *MONEY, *LOG, *DASHBOARD)
MOVING = "order.moving"
_MOVING_SENTENCE = "An order that is not at its end has a job that takes it further, or says what it waits for."
SHOWN = 20
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows` are the first that offend; `capped`: there may be more."""

    name: str
    sentence: str
    rows: list[Mapping[str, Any]]

    @property
    def capped(self) -> bool:
        return len(self.rows) == SHOWN


async def verify() -> list[Finding]:
    """One for each invariant, those that hold too. Reads only, and blocks nobody."""
    async with transaction() as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return await findings(tx)


async def findings(tx: Transaction) -> list[Finding]:
    """As an open transaction sees the books."""
    found = [await _ask(tx, invariant) for invariant in INVARIANTS]
    return [*found, Finding(MOVING, _MOVING_SENTENCE, await _not_moving(tx))]


async def _ask(tx: Transaction, invariant: Invariant) -> Finding:
    rows = await tx.fetch(f"SELECT * FROM ({invariant.sql}) AS offending LIMIT {SHOWN}")
    return Finding(invariant.name, invariant.sentence, [dict(row) for row in rows])


_NO_JOB = """
SELECT o.id FROM sales_order o
 WHERE o.state NOT IN ('CLOSED', 'CANCELLED') AND NOT o.suspended AND ($1::uuid IS NULL OR o.id > $1)
   AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.order_id = o.id::text)
 ORDER BY o.id LIMIT $2
"""
#: Given-up jobs count: an alert tells of them, and a person sets them going again.
_JOBS = """
WITH waiting AS MATERIALIZED (
    SELECT convert_from(payload, 'UTF8')::jsonb ->> 'order_id' AS order_id FROM pgqueuer
     WHERE entrypoint = 'advance_order' AND payload IS NOT NULL AND status IN ('queued', 'picked', 'failed'))
"""


async def _not_moving(tx: Transaction) -> list[Mapping[str, Any]]:
    """The rules say that something is to be done by itself, or know nothing to wait for, and no job is there."""
    now = await tx.fetchval("SELECT now()")
    found: list[Mapping[str, Any]] = []
    after: UUID | None = None
    while len(found) < SHOWN:
        rows = await tx.fetch(_JOBS + _NO_JOB, after, _BATCH)
        if not rows:
            break
        after = rows[-1]["id"]
        for facts in (await load_facts([row["id"] for row in rows])).values():
            assessment = assess(facts, now)
            if assessment.runs or not assessment.waits:
                runs = [run.verb for run in assessment.runs]
                found.append({"number": facts.number, "state": facts.state.value, "could_do": runs})
    return found[:SHOWN]

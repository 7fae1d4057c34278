"""Import a file that was sent, as a job: part by part through the actions, each row taken or refused by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.actions.imports.load import Refusal, load
from backend.actions.imports.loaders import Kind, Result
from backend.actions.imports.records import Record
from backend.actions.jobs import run, start
from backend.actions.jobs.run import Outcome
from backend.actions.jobs.start import Item
from backend.errors import not_found
from backend.models import db
from backend.models.db import retried, transaction
from backend.models.jobs import Job
from backend.rules.permissions import GOODS, LEADS, SELLERS, Actor, require
from backend.rules.vocabulary import FileForm, ImportKind, Role

KIND = "importStart"
#: Who may import what: those who may do the same by the API, row by row.
ROLES: Mapping[ImportKind, frozenset[Role]] = {
    ImportKind.ORDERS: SELLERS,
    ImportKind.PRODUCTS: LEADS,
    ImportKind.INVENTORY: GOODS,
    ImportKind.SITES: LEADS,
}
#: Who may import anything.
IMPORTERS = frozenset(role for roles in ROLES.values() for role in roles)
_MAX_MESSAGE = 500

_FILE = "SELECT uploaded_by FROM uploaded_file WHERE id = $1 AND row_count IS NOT NULL"
_PARTS = """
SELECT id, lines[1] AS first, lines[cardinality(lines)] AS last, cardinality(lines) AS rows
  FROM uploaded_file_part WHERE file_id = $1 ORDER BY position
"""
_PART = """
SELECT p.lines, p.texts, f.form FROM uploaded_file_part p JOIN uploaded_file f ON f.id = p.file_id WHERE p.id = $1
"""


@dataclass(frozen=True, slots=True)
class StartImport:
    kind: ImportKind
    file_id: UUID
    dry_run: bool = False


@retried
async def start_import(actor: Actor, command: StartImport) -> UUID:
    """The job's id. The file is one's own. `dry_run` tries each batch of rows and takes it back."""
    _check(actor, command.kind)
    async with transaction() as tx:
        if await tx.fetchval(_FILE, command.file_id) != actor.key:
            raise not_found("file", "file_id")
        parts = await tx.fetch(_PARTS, command.file_id)
        items = [Item(part["id"], f"lines {part['first']}-{part['last']}", part["rows"]) for part in parts]
        given = {"kind": command.kind.value, "dry_run": command.dry_run}
        return await start.start(tx, actor, KIND, given, items)


async def on_part(actor: Actor, job: Job, item: Item) -> Outcome:
    """Rows that were taken when a worker died in the middle are unchanged the second time."""
    kind = ImportKind(job.given["kind"])
    _check(actor, kind)
    part = await db.fetchrow(_PART, item.subject_id)
    if part is None:
        raise not_found("file", "file_id")
    refused: list[run.Refusal] = []

    def report(refusal: Refusal) -> None:
        message = "; ".join(refusal.texts)[:_MAX_MESSAGE]
        refused.append(run.Refusal(f"line {refusal.line}", refusal.problems[0].code, message))

    rows = [Record(line, text) for line, text in zip(part["lines"], part["texts"], strict=True)]
    loads, form = Kind(kind.value.lower()), FileForm(part["form"])
    summary = await load(actor, loads, rows, form, dry_run=job.given["dry_run"], report=report)
    return Outcome({result.value: summary.counts[result] for result in Result}, refused)


def conclude(_: Mapping[str, Any], results: Sequence[Any]) -> Mapping[str, Any]:
    """How many rows were created, changed and unchanged."""
    totals: Counter[str] = Counter({result.value: 0 for result in Result})
    for counts in results:
        totals.update(counts)
    return totals


def _check(actor: Actor, kind: ImportKind) -> None:
    require(actor, ROLES[kind], f"Your role may not import {kind.value}.", "kind")

"""Take a file in: its rows are stored as they are read, in parts; what they say is looked at when it is imported."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from backend.actions.imports.records import BadFile, Record, records
from backend.errors import ErrorCode, refused
from backend.models.base import uuid7
from backend.models.db import transaction
from backend.rules.permissions import Actor
from backend.rules.vocabulary import FileForm

#: A part ends after so many rows, or bytes: what one step of the import takes.
_ROWS, _BYTES = 500, 1_000_000

_FILE = "INSERT INTO uploaded_file (id, name, form, uploaded_by, created_at) VALUES ($1, $2, $3, $4, $5)"
_PART = "INSERT INTO uploaded_file_part (id, file_id, position, lines, texts) VALUES ($1, $2, $3, $4, $5)"
_WHOLE = "UPDATE uploaded_file SET row_count = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Received:
    file_id: UUID
    rows: int


async def receive(actor: Actor, name: str, path: Path, form: FileForm) -> Received:
    """`path` is where it lies, gzipped or not. Refused where its rows cannot be told apart, or are none.

    What is refused halfway, or was left by a server that died, is cleaned up with what is too old (`clean_up`).
    """
    file_id = uuid7()
    async with transaction() as tx:
        await tx.execute(_FILE, file_id, name, form.value, actor.key, tx.now)
    parts = _parts(records(path, form))
    rows = position = 0
    try:
        while part := await asyncio.to_thread(next, parts, None):
            position += 1
            rows += len(part)
            async with transaction() as tx:
                lines, texts = [row.line for row in part], [row.text for row in part]
                await tx.execute(_PART, uuid7(), file_id, position, lines, texts)
    except BadFile as error:
        raise refused(ErrorCode.INVALID, str(error), "file") from error
    if not rows:
        raise refused(ErrorCode.INVALID, "There are no rows in it.", "file")
    async with transaction() as tx:
        await tx.execute(_WHOLE, file_id, rows)
    return Received(file_id, rows)


def _parts(rows: Iterator[Record]) -> Iterator[list[Record]]:
    part: list[Record] = []
    size = 0
    for row in rows:
        part.append(row)
        size += len(row.text)
        if len(part) == _ROWS or size >= _BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part

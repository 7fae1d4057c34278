"""Import rows of a file, one by one, through the actions of the API. Bad rows are refused one by one; the rest goes on.

It may be killed at any moment and run again: rows are known by their natural keys (code, SKU, channel + external id),
and what has been taken is unchanged the second time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import asyncpg
import structlog
from tortoise.exceptions import DBConnectionError

from backend.actions.imports.loaders import LOADERS, Kind, Loader, Result
from backend.actions.imports.records import BadFile, Record
from backend.actions.imports.shapes import Shape
from backend.errors import ErrorCode, Problem, Refused
from backend.models.db import retried, transaction
from backend.rules.names import camel
from backend.rules.permissions import Actor
from backend.rules.vocabulary import FileForm

log = structlog.get_logger(__name__)
#: After these nothing can be taken any more: the import ends, and is run again later.
_FATAL = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, DBConnectionError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row was not taken. Paths are camelCase, as in the file; `line` is 0 where the file itself is bad."""

    line: int
    problems: tuple[Problem, ...]

    @property
    def texts(self) -> list[str]:
        """Each problem for people: `lines.0.sku: This is needed.`"""
        told = ((".".join(problem.path), problem.message) for problem in self.problems)
        return [f"{path}: {message}" if path else message for path, message in told]


@dataclass(slots=True)
class Summary:
    """How many rows came to what. A row is refused once, whatever the number of its problems."""

    counts: Counter[Result] = field(default_factory=Counter)
    refused: int = 0

    @property
    def read(self) -> int:
        return self.counts.total() + self.refused


@dataclass(slots=True)
class _Import:
    actor: Actor
    loader: Loader
    report: Callable[[Refusal], None]
    dry_run: bool
    summary: Summary = field(default_factory=Summary)

    def refuse(self, line: int, problems: Sequence[Problem], skip: int = 0) -> None:
        """`skip` leaves out of the paths how the row was named within its batch."""
        self.summary.refused += 1
        told = (
            replace(problem, path=tuple(part if part.isdigit() else camel(part) for part in problem.path[skip:]))
            for problem in problems
        )
        self.report(Refusal(line, tuple(told)))


async def load(
    actor: Actor,
    kind: Kind,
    rows: Iterable[Record],
    form: FileForm = FileForm.JSON,
    *,
    concurrency: int = 8,
    dry_run: bool = False,
    report: Callable[[Refusal], None],
) -> Summary:
    """`report` hears of each row that is refused. Memory does not grow with the number of rows.

    A dry run does it and takes it back, batch by batch: a row that builds on one of another batch is refused there.
    """
    loader = LOADERS[kind]
    under_way = _Import(actor, loader, report, dry_run)
    shape: Shape[Any] = Shape(loader.command, form)
    batches: asyncio.Queue[list[tuple[int, Any]] | None] = asyncio.Queue(maxsize=2)
    takers = 1 if loader.ordered else concurrency
    async with asyncio.TaskGroup() as group:
        for _ in range(takers):
            group.create_task(_take(under_way, batches))
        for batch in _batches(under_way, shape, rows):
            await batches.put(batch)
        for _ in range(takers):
            await batches.put(None)
    return under_way.summary


def _batches(under_way: _Import, shape: Shape[Any], rows: Iterable[Record]) -> Iterator[list[tuple[int, Any]]]:
    batch: list[tuple[int, Any]] = []
    for record in _readable(under_way, rows):
        try:
            batch.append((record.line, shape.read(record.text)))
        except Refused as refusal:
            under_way.refuse(record.line, refusal.problems)
        if len(batch) == under_way.loader.batch:
            yield batch
            batch = []
    if batch:
        yield batch


def _readable(under_way: _Import, rows: Iterable[Record]) -> Iterator[Record]:
    try:
        yield from rows
    except BadFile as error:
        under_way.refuse(0, [Problem(ErrorCode.INVALID, str(error))])


async def _take(under_way: _Import, batches: asyncio.Queue[list[tuple[int, Any]] | None]) -> None:
    while (batch := await batches.get()) is not None:
        await _load(under_way, batch)


async def _load(under_way: _Import, batch: list[tuple[int, Any]]) -> None:
    """All at once; where some are refused, the others without them."""
    refusal = await _tried(under_way, batch)
    if refusal is None:
        return
    bad = _by_row(refusal.problems, under_way.loader, len(batch))
    if not bad:
        if len(batch) == 1:
            under_way.refuse(batch[0][0], refusal.problems)
        else:
            for row in batch:
                await _load(under_way, [row])
        return
    for index, problems in bad.items():
        under_way.refuse(batch[index][0], problems, skip=2)
    rest = [row for index, row in enumerate(batch) if index not in bad]
    if rest:
        await _load(under_way, rest)


async def _tried(under_way: _Import, batch: list[tuple[int, Any]]) -> Refused | None:
    commands = [command for _, command in batch]
    do = partial(_taken_back, under_way.loader) if under_way.dry_run else under_way.loader.load
    try:
        under_way.summary.counts.update(await do(under_way.actor, commands))
    except Refused as refusal:
        return refusal
    except _FATAL:
        raise
    except Exception as error:
        if len(batch) == 1:
            log.exception("import.failed", line=batch[0][0])
        return Refused(_fault(error))
    return None


class _TakenBack(Exception):
    """The end of a batch that was only tried."""


@retried
async def _taken_back(loader: Loader, actor: Actor, commands: Sequence[Any]) -> list[Result]:
    results: list[Result] = []
    try:
        async with transaction(together=True):
            results = await loader.load(actor, commands)
            raise _TakenBack
    except _TakenBack:
        return results


def _fault(error: Exception) -> Problem:
    return Problem(ErrorCode.INVALID, f"This could not be taken ({type(error).__name__}); see the log.")


def _by_row(problems: Sequence[Problem], loader: Loader, size: int) -> dict[int, list[Problem]]:
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if len(problem.path) >= 2 and problem.path[0] == loader.path and problem.path[1].isdigit():
            index = int(problem.path[1])
            if index < size:
                found.setdefault(index, []).append(problem)
    return found

"""`crossdock import`: a file through the actions, with a bar for whoever watches and a summary for all."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from backend.actions.imports.load import Refusal, Summary, load
from backend.actions.imports.loaders import Kind, Result
from backend.actions.imports.records import records
from backend.actions.workflows.install import install_ready
from backend.rules.permissions import Actor
from backend.rules.vocabulary import FileForm, Role

IMPORT = Actor(key="import", label="import", roles=frozenset({Role.ADMIN}), via="import")


async def import_file(kind: Kind, path: Path, concurrency: int) -> Summary:
    """Refusals go to stderr as they are found, a line each: `line 17: lines.0.sku: This is needed.`"""
    if kind is Kind.ORDERS:
        await install_ready()
    console = Console(stderr=True)
    form = FileForm.CSV if ".csv" in path.suffixes else FileForm.JSON
    size = (await asyncio.to_thread(path.stat)).st_size
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), DownloadColumn())
    started = time.monotonic()
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task(f"Importing {kind}", total=size)

        def report(refusal: Refusal) -> None:
            place = f"line {refusal.line}: " if refusal.line else ""
            for text in refusal.texts:
                console.print(f"{place}{text}", markup=False, highlight=False, soft_wrap=True)

        summary = await load(
            IMPORT,
            kind,
            records(path, form, lambda done: progress.update(bar, completed=done)),
            form,
            concurrency=concurrency,
            report=report,
        )
    _tell(kind, summary, time.monotonic() - started)
    return summary


def _tell(kind: Kind, summary: Summary, seconds: float) -> None:
    parts = [f"{summary.counts[result]:,} {result}" for result in Result]
    rate = summary.read / max(seconds, 0.001)
    text = f"{kind}: {summary.read:,} read, {', '.join(parts)}, {summary.refused:,} refused ({rate:,.0f} a second)"
    Console().print(text, highlight=False, soft_wrap=True)

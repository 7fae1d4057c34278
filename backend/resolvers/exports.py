"""/exports/orders.csv and .xlsx: everything that a search finds, for those who may see it.

`query`, `filter` (an OrderFilter as JSON), `sort` and `columns` (names with commas) as the `orders` query has them. CSV
is streamed as it is read; a workbook is written to a file first, because its directory stands at its end.
"""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from backend.errors import ErrorCode, refused
from backend.queries.order_export import batches, columns_of
from backend.resolvers import bodies
from backend.resolvers.authenticated import Authenticated
from backend.resolvers.bodies import BadRequest
from backend.resolvers.commands import translate
from backend.resolvers.endpoint import Endpoint
from backend.resolvers.filters import order_filter
from backend.rules.criteria import OrderCriteria, OrderSort
from backend.rules.permissions import Actor

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A spreadsheet takes text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Batches = AsyncIterator[list[list[Any]]]


class OrderExports(Authenticated):
    missing = "Exports are .csv or .xlsx."

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.at_once = asyncio.Semaphore(2)

    async def answer(self, actor: Actor, request: Request) -> Response | None:
        kind = request.path_params["kind"]
        if kind not in ("csv", "xlsx"):
            return None
        columns = columns_of([name for name in request.query_params.get("columns", "").split(",") if name])
        found = self._found(actor, request, columns)
        first = await anext(found)
        if kind == "csv":
            return StreamingResponse(_csv(columns, first, found), media_type=CSV, headers=_named("orders.csv"))
        async with self.at_once:
            path = await _workbook(columns, first, found)
        return FileResponse(
            path,
            media_type=XLSX,
            headers=_named("orders.xlsx"),
            background=BackgroundTask(path.unlink, missing_ok=True),
        )

    def _found(self, actor: Actor, request: Request, columns: Sequence[str]) -> Batches:
        asked = request.query_params
        try:
            given = bodies.decode(asked["filter"]) if asked.get("filter") else {}
        except BadRequest:
            raise refused(ErrorCode.INVALID, "This is not JSON.", "filter") from None
        criteria = translate(order_filter(self.endpoint.schema, given, "filter"), OrderCriteria)
        try:
            sort = OrderSort(asked.get("sort", OrderSort.PLACED_AT_DESC))
        except ValueError:
            raise refused(ErrorCode.INVALID, f"Sort by {', '.join(OrderSort)}.", "sort") from None
        return batches(actor, asked.get("query"), criteria, sort, columns)


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def _csv(columns: Sequence[str], first: list[list[Any]], rest: Batches) -> AsyncIterator[bytes]:
    yield _lines([columns, *first])
    async for rows in rest:
        yield _lines(rows)


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[_text(cell) for cell in row] for row in rows])
    return text.getvalue().encode()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, datetime) else str(cell)


async def _workbook(columns: Sequence[str], first: list[list[Any]], rest: Batches) -> Path:
    """A temporary file; rows go to the disk as they come. The caller removes it."""
    with tempfile.NamedTemporaryFile(prefix="orders-", suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        options = {"constant_memory": True, "remove_timezone": True, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(str(path), options | {"strings_to_urls": False, "strings_to_numbers": False})
        sheet = book.add_worksheet("Orders")
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        place = await asyncio.to_thread(_write, sheet, 1, first, time)
        async for rows in rest:
            place = await asyncio.to_thread(_write, sheet, place, rows, time)
        await asyncio.to_thread(book.close)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    return path


def _write(sheet: Any, place: int, rows: Sequence[Sequence[Any]], time: Any) -> int:
    """The next row's place."""
    for offset, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(place + offset, column, cell, time if isinstance(cell, datetime) else None)
    return place + len(rows)

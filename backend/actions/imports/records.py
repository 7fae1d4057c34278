"""Rows of a file, one by one, whatever its size: a JSON array, JSON lines or CSV, gzipped or not.

Memory is bounded by the longest row. A row that cannot be told apart from the next ends the reading with `BadFile`.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from backend.rules.vocabulary import FileForm

MAX_ROW = 8_000_000
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
#: What may change where we are: outside of a text, and within one.
_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')


class BadFile(Exception):
    """The file cannot be read any further; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file. `line` counts from 1; for an array it is where the element begins."""

    line: int
    text: bytes


def records(
    path: Path, form: FileForm = FileForm.JSON, progress: Callable[[int], None] | None = None
) -> Iterator[Record]:
    """`progress` is told how many bytes of the file (as it lies on the disk) have been read.

    A row of CSV comes as a JSON object of texts: empty cells are left out, a header `address.city` is a field within
    `address`.
    """
    with path.open("rb") as raw:
        zipped = raw.read(2) == _GZIP
        raw.seek(0)
        file = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if zipped else raw
        try:
            reader = _Reader(file, (lambda: progress(raw.tell())) if progress else None)
            yield from _rows(reader) if form is FileForm.JSON else _table(reader)
        except (OSError, EOFError, zlib.error) as error:
            raise BadFile(f"The file is damaged or cut off: {error}") from error


class _Reader:
    """The file's bytes, taken in chunks."""

    def __init__(self, file: BinaryIO, told: Callable[[], None] | None) -> None:
        self._file = file
        self._told = told
        self.buffer = b""
        self.more()
        self.buffer = self.buffer.removeprefix(_BOM)

    def more(self) -> bool:
        """Append the next chunk; False at the end of the file."""
        chunk = self._file.read(_CHUNK)
        if self._told:
            self._told()
        self.buffer += chunk
        return bool(chunk)


def _rows(reader: _Reader) -> Iterator[Record]:
    line = 1
    while True:
        stripped = reader.buffer.lstrip(_SPACE)
        line += reader.buffer.count(b"\n", 0, len(reader.buffer) - len(stripped))
        reader.buffer = stripped
        if stripped or not reader.more():
            break
    yield from _elements(reader, line) if stripped.startswith(b"[") else _lines(reader, line)


def _lines(reader: _Reader, line: int, *, blank: bool = False) -> Iterator[Record]:
    """With those that are blank only where they count: within a text of CSV."""
    more = True
    while more or reader.buffer:
        text, newline, rest = reader.buffer.partition(b"\n")
        if not newline and more:
            _check(len(text), line)
            more = reader.more()
            continue
        reader.buffer = rest
        if blank or text.strip():
            yield Record(line, text)
        line += 1


def _table(reader: _Reader) -> Iterator[Record]:
    rows = csv.reader(_texts(reader), strict=True)
    header: list[list[str]] | None = None
    line = 1
    try:
        for cells in rows:
            if header is None:
                header = _header(cells)
            elif any(cells):
                if len(cells) > len(header):
                    raise BadFile(f"Line {line} has {len(cells)} cells, the header {len(header)}.")
                yield Record(line, _object(header, cells))
            line = rows.line_num + 1
    except csv.Error as error:
        raise BadFile(f"Line {line} is not CSV: {error}.") from error


def _texts(reader: _Reader) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them."""
    for row in _lines(reader, 1, blank=True):
        try:
            yield row.text.decode() + "\n"
        except UnicodeDecodeError as error:
            raise BadFile(f"Line {row.line} is not UTF-8.") from error


def _header(cells: Sequence[str]) -> list[list[str]]:
    """The path of each column; none is another one, or lies within another one."""
    names = [cell.strip() for cell in cells]
    for place, name in enumerate(names):
        others = names[:place] + names[place + 1 :]
        if not name or any(other == name or other.startswith(f"{name}.") for other in others):
            raise BadFile(f"The first line of a CSV file names its columns; this is no name of one: {name!r}.")
    return [name.split(".") for name in names]


def _object(header: Sequence[Sequence[str]], cells: Sequence[str]) -> bytes:
    found: dict[str, Any] = {}
    for path, cell in zip(header, cells, strict=False):
        if cell.strip():
            inner = found
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = cell.strip()
    return orjson.dumps(found)


def _elements(reader: _Reader, line: int) -> Iterator[Record]:
    """Cuts at the commas of the outermost array. What is between them may be anything: that is the row's own fault."""
    reader.buffer = reader.buffer[1:]
    start = line
    depth, quoted, at = 0, False, 0
    while True:
        found = (_INSIDE if quoted else _OUTSIDE).search(reader.buffer, at)
        if found is None:
            at = len(reader.buffer)
            _check(at, start)
            if not reader.more():
                raise BadFile(f"The array that begins in line {line} has no end.")
            continue
        at, sign = found.end(), found.group()
        if sign == b"\\":
            while len(reader.buffer) == at:
                if not reader.more():
                    raise BadFile(f"The array that begins in line {line} has no end.")
            at += 1
        elif sign == b'"':
            quoted = not quoted
        elif depth == 0 and sign in b",]":
            text, reader.buffer = reader.buffer[: at - 1], reader.buffer[at:]
            bare = text.strip(_SPACE)
            if bare or sign == b",":
                yield Record(start + text.count(b"\n", 0, len(text) - len(text.lstrip(_SPACE))), bare)
            start += text.count(b"\n")
            at = 0
            if sign == b"]":
                break
        else:
            depth += 1 if sign in b"[{" else -1 if sign in b"]}" else 0
    _nothing_follows(reader, start)


def _nothing_follows(reader: _Reader, line: int) -> None:
    while not reader.buffer.strip(_SPACE):
        reader.buffer = b""
        if not reader.more():
            return
    raise BadFile(f"Something follows the end of the array in line {line}.")


def _check(size: int, line: int) -> None:
    if size > MAX_ROW:
        raise BadFile(f"The row that begins in line {line} is longer than {MAX_ROW} bytes.")

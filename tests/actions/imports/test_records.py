"""Rows of files: lines and arrays, zipped and not, cut anywhere, and what cannot be read."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from backend.actions.imports import records as module
from backend.actions.imports.records import MAX_ROW, BadFile, Record, records
from backend.rules.vocabulary import FileForm


def _read(folder: Path, text: bytes, *, zipped: bool = False) -> list[Record]:
    path = folder / "rows"
    path.write_bytes(gzip.compress(text) if zipped else text)
    return list(records(path))


@pytest.mark.parametrize("zipped", [False, True])
def test_lines(tmp_path: Path, zipped: bool) -> None:
    text = b'\xef\xbb\xbf{"a": 1}\r\n\n  {"b": "\\n"}\nnonsense\n{"c": [1, 2]}'
    assert [(row.line, row.text.strip()) for row in _read(tmp_path, text, zipped=zipped)] == [
        (1, b'{"a": 1}'),
        (3, b'{"b": "\\n"}'),
        (4, b"nonsense"),
        (5, b'{"c": [1, 2]}'),
    ]


@pytest.mark.parametrize("zipped", [False, True])
def test_an_array(tmp_path: Path, zipped: bool) -> None:
    text = b'\n[\n {"a": "],}\\"\\\\"},\n {"b":\n  [1, {}]}, nonsense,\n 7\n]\n'
    assert [(row.line, row.text) for row in _read(tmp_path, text, zipped=zipped)] == [
        (3, b'{"a": "],}\\"\\\\"}'),
        (4, b'{"b":\n  [1, {}]}'),
        (5, b"nonsense"),
        (6, b"7"),
    ]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_chunks_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    rows = [{"text": 'a "quoted" \\ text ]},[{ \u00e9\u4e2d', "list": [[], {"x": None}]}, {"n": 1}, {}]
    monkeypatch.setattr(module, "_CHUNK", chunk)
    array = json.dumps(rows, ensure_ascii=False).encode()
    assert [json.loads(row.text) for row in _read(tmp_path, array)] == rows
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    assert [json.loads(row.text) for row in _read(tmp_path, lines)] == rows


@pytest.mark.parametrize("text", [b"", b" \n\n", b"[]", b" [ ] \n"])
def test_nothing(tmp_path: Path, text: bytes) -> None:
    assert _read(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'[{"a": 1}, {"b"', "has no end"),
        (b'[{"a": 1}, "b\\', "has no end"),
        (b'[{"a": 1}] {"b": 2}', "Something follows"),
        (b'{"a": "' + b"x" * (MAX_ROW + 70_000), "longer than"),
        (b'["' + b"x" * (MAX_ROW + 70_000), "longer than"),
        (gzip.compress(b'{"a": 1}\n' * 50_000)[:-400], "damaged or cut off"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        _read(tmp_path, text)


def test_memory_is_bounded(tmp_path: Path) -> None:
    """10 MB of rows, as an array on one line, zipped to next to nothing."""
    path = tmp_path / "rows.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"[")
        file.writelines(b'{"row": "%s"},' % (b"x" * 1_000) for _ in range(10_000))
        file.write(b"{}]")
    told: list[int] = []
    import tracemalloc

    tracemalloc.start()
    count = sum(1 for _ in records(path, progress=told.append))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_001
    assert peak < 2_000_000
    assert told[-1] == path.stat().st_size


def _table(folder: Path, text: bytes) -> list[tuple[int, object]]:
    path = folder / "rows.csv"
    path.write_bytes(text)
    return [(row.line, json.loads(row.text)) for row in records(path, FileForm.CSV)]


def test_csv(tmp_path: Path) -> None:
    text = (
        b"\xef\xbb\xbfcode, name,address.city,address.country\r\n"
        b'S1,"Store ""one""\n\nand, two",Reno,US\r\n'
        b",,,\n\n"
        b" S2 ,Depot,,\n"
        b"S3"
    )
    assert _table(tmp_path, text) == [
        (2, {"code": "S1", "name": 'Store "one"\n\nand, two', "address": {"city": "Reno", "country": "US"}}),
        (7, {"code": "S2", "name": "Depot"}),
        (8, {"code": "S3"}),
    ]
    assert _table(tmp_path, b"code,name\n") == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"code,\nA,B\n", "no name of one: ''"),
        (b"code,code\nA,B\n", "no name of one: 'code'"),
        (b"address,address.city\nA,B\n", "no name of one: 'address'"),
        (b"code\nA\nB,C\n", "Line 3 has 2 cells, the header 1."),
        (b'code\nA\n"B\n', "Line 3 is not CSV"),
        (b"code\nA\n\xff\n", "Line 3 is not UTF-8."),
    ],
)
def test_what_is_no_csv(tmp_path: Path, text: bytes, why: str) -> None:
    with pytest.raises(BadFile, match=re.escape(why)):
        _table(tmp_path, text)

"""Files through the actions: what is good is taken, what is bad is told by its line, and twice is once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import backend.reactions  # noqa: F401 - events refuse to be recorded before their consequences are known
from backend.actions.imports.load import Refusal, Summary, load
from backend.actions.imports.loaders import Kind, Result
from backend.actions.imports.records import records
from backend.actions.workflows.install import install_ready
from backend.commands.importing import IMPORT
from backend.models import db
from backend.queries.verify import verify

_ADDRESS = {"line1": "1 Way", "city": "Reno", "subdivision": "US-NV", "postalCode": "89506", "country": "US"}
_SITE = {
    "code": "DC",
    "name": "Depot",
    "kind": "WAREHOUSE",
    "address": _ADDRESS,
    "timezone": "America/Los_Angeles",
    "capabilities": ["SHIP"],
}
_CHANNEL = {"code": "web", "name": "Web", "kind": "WEB", "currency": "USD"}


def _order(number: int, **more: Any) -> dict[str, Any]:
    return {
        "channel": "web",
        "externalId": f"W-{number}",
        "placedAt": "2026-05-01T12:00:00Z",
        "currency": "USD",
        "customer": {"externalId": f"C-{number % 3}", "name": "Ada"},
        "email": "ada@example.com",
        "shippingAddress": _ADDRESS,
        "lines": [{"sku": "A", "quantity": 1, "unitPrice": "2.00"}],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": "2.00", "token": "sandbox_ok"}],
    } | more


async def _import(
    folder: Path, kind: Kind, rows: Sequence[Mapping[str, Any] | str], *, array: bool = False, zipped: bool = False
) -> tuple[Summary, list[Refusal]]:
    texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    text = (f"[{', '.join(texts)}]" if array else "\n".join(texts)).encode()
    path = folder / "rows"
    path.write_bytes(gzip.compress(text) if zipped else text)
    refusals: list[Refusal] = []
    summary = await load(IMPORT, kind, records(path), report=refusals.append)
    return summary, refusals


def paths(refusal: Refusal) -> list[str]:
    return [".".join(problem.path) for problem in refusal.problems]


def _counts(summary: Summary) -> tuple[int, int, int, int]:
    return (*(summary.counts[result] for result in Result), summary.refused)  # type: ignore[return-value]


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> Path:
    await install_ready()
    await _import(tmp_path, Kind.SITES, [_SITE])
    await _import(tmp_path, Kind.CHANNELS, [_CHANNEL])
    return tmp_path


async def test_sites(database: str, tmp_path: Path) -> None:
    rows = [_SITE, _SITE | {"code": "ST", "timezone": "Mars/Olympus"}, _SITE | {"code": "VD"}]
    summary, refusals = await _import(tmp_path, Kind.SITES, rows, array=True)
    assert _counts(summary) == (2, 0, 0, 1)
    assert [(refusal.line, *paths(refusal)) for refusal in refusals] == [(1, "timezone")]
    again, _ = await _import(tmp_path, Kind.SITES, [_SITE, _SITE | {"code": "VD", "rank": 5}])
    assert _counts(again) == (0, 1, 1, 0)
    assert [tuple(row) for row in await db.fetch("SELECT code, rank FROM inventory_site ORDER BY code")] == [
        ("DC", 100),
        ("VD", 5),
    ]


async def test_channels(database: str, tmp_path: Path) -> None:
    assert _counts((await _import(tmp_path, Kind.CHANNELS, [_CHANNEL, _CHANNEL]))[0]) == (1, 0, 1, 0)
    summary, refusals = await _import(tmp_path, Kind.CHANNELS, [_CHANNEL | {"currency": "EUR"}])
    assert _counts(summary) == (0, 0, 0, 1)
    assert [(it.line, it.texts) for it in refusals] == [(1, ["code: There is another channel web already."])]
    assert await db.fetchval("SELECT currency FROM channel") == "USD"


async def test_products_in_batches(database: str, tmp_path: Path) -> None:
    rows: list[Mapping[str, Any] | str] = [{"sku": f"P-{number}", "name": "Thing"} for number in range(2_500)]
    rows[7] = {"sku": "", "name": "Nameless"}
    rows[1_200] = "nonsense"
    rows[2_400] = {"sku": "P-2399", "name": "Twice"}
    summary, refusals = await _import(tmp_path, Kind.PRODUCTS, rows)
    assert _counts(summary) == (2_497, 0, 0, 3)
    assert sorted((refusal.line, *paths(refusal)) for refusal in refusals) == [(8, "sku"), (1_201, ""), (2_401, "sku")]
    again = [{"sku": "P-0", "name": "Thing"}, {"sku": "P-1", "name": "Another"}, {"sku": "P-X", "name": "New"}]
    assert _counts((await _import(tmp_path, Kind.PRODUCTS, again))[0]) == (1, 1, 1, 0)


async def test_inventory(shop: Path) -> None:
    rows = [
        {"site": "DC", "sku": "A", "quantity": 5},
        {"site": "NOWHERE", "sku": "A", "quantity": 5},
        {"site": "DC", "sku": "B", "quantity": -1},
        {"site": "DC", "sku": "C", "quantity": 0},
    ]
    summary, refusals = await _import(shop, Kind.INVENTORY, rows)
    assert _counts(summary) == (2, 0, 0, 2)
    assert sorted((refusal.line, *paths(refusal)) for refusal in refusals) == [(2, "site"), (3, "quantity")]
    moved = await db.fetchval("SELECT count(*) FROM inventory_movement")
    again = [{"site": "DC", "sku": "A", "quantity": 5}, {"site": "DC", "sku": "C", "quantity": 0}]
    assert _counts((await _import(shop, Kind.INVENTORY, again))[0]) == (0, 0, 2, 0)
    assert await db.fetchval("SELECT count(*) FROM inventory_movement") == moved == 1


@pytest.mark.parametrize(("array", "zipped"), [(False, False), (True, False), (False, True), (True, True)])
async def test_orders(shop: Path, array: bool, zipped: bool) -> None:
    rows = [_order(number) for number in range(40)]
    summary, refusals = await _import(shop, Kind.ORDERS, rows, array=array, zipped=zipped)
    assert (_counts(summary), refusals) == ((40, 0, 0, 0), [])
    again, _ = await _import(shop, Kind.ORDERS, rows, array=array, zipped=zipped)
    assert _counts(again) == (0, 0, 40, 0)
    assert await db.fetchval("SELECT count(*) FROM sales_order") == 40
    assert await db.fetchval("SELECT count(*) FROM customer") == 3
    assert await db.fetchval("SELECT count(DISTINCT via) FROM event WHERE kind = 'order.created'") == 1
    assert await db.fetchval("SELECT via FROM event WHERE kind = 'order.created' LIMIT 1") == "import"
    assert not [finding for finding in await verify() if finding.rows]


async def test_bad_orders_are_told_and_the_rest_is_taken(shop: Path) -> None:
    rows: list[Mapping[str, Any] | str] = [
        _order(1),
        _order(2, channel="moon"),
        '{"channel": "web"',
        _order(4, shipping=1.5),
        _order(5, lines=[{"sku": "A", "quantity": 0, "unitPrice": "2.001"}]),
        "",
        _order(7, payments=[]),
    ]
    summary, refusals = await _import(shop, Kind.ORDERS, rows)
    assert _counts(summary) == (2, 0, 0, 4)
    assert {(refusal.line, path) for refusal in refusals for path in paths(refusal)} == {
        (2, "channel"),
        (3, ""),
        (4, "shipping"),
        (5, "lines.0.quantity"),
        (5, "payments"),
    }
    taken = [row["external_id"] for row in await db.fetch("SELECT external_id FROM sales_order ORDER BY external_id")]
    assert taken == ["W-1", "W-7"]


async def test_a_file_that_is_cut_off(shop: Path) -> None:
    path = shop / "orders.gz"
    whole = gzip.compress("\n".join(json.dumps(_order(number)) for number in range(2_000)).encode(), 1)
    path.write_bytes(whole[: len(whole) // 2])
    refusals: list[Refusal] = []
    summary = await load(IMPORT, Kind.ORDERS, records(path), report=refusals.append)
    assert summary.refused == 1
    assert refusals[-1].line == 0
    assert "cut off" in refusals[-1].texts[0]
    assert summary.counts[Result.CREATED] == await db.fetchval("SELECT count(*) FROM sales_order") > 0

"""Exports: what a search finds, as a table, in the scope of whoever asks."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from backend.queries import order_export
from backend.rules.vocabulary import Role
from tests.api.conftest import Api
from tests.api.world import enter, second_site, stock, straight_through


async def get(api: Api, kind: str, role: Role | None = Role.ADMIN, **asked: str) -> Any:
    headers = {"authorization": f"Bearer {api.keys[role]}"} if role else {}
    return await api.http.get(f"/exports/orders.{kind}", params=asked, headers=headers)


async def table(api: Api, role: Role = Role.ADMIN, **asked: str) -> list[list[str]]:
    response = await get(api, "csv", role, **asked)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.reader(io.StringIO(response.text)))


@pytest.fixture
async def shop(api: Api) -> Api:
    await second_site()
    await stock("TEA", "CUP")
    await straight_through()
    for number in range(1, 6):
        await enter(number, external_id=f"=W-{number}", tags=["gift", "vip"] if number == 3 else [])
    return api


async def test_all_that_a_search_finds_over_many_batches(shop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_export, "_BATCH", 2)
    found = await table(
        shop, columns="externalId,total,currency,customer,tags,units,skus,suspended", sort="PLACED_AT_ASC"
    )
    assert found[0] == ["externalId", "total", "currency", "customer", "tags", "units", "skus", "suspended"]
    assert found[3] == ["'=W-3", "18.00", "USD", "Ann Lee 3", "gift vip", "4", "TEA CUP", "false"]
    assert [row[0] for row in found[1:]] == [f"'=W-{number}" for number in range(1, 6)]
    narrowed = await table(shop, columns="externalId", filter=json.dumps({"tag": ["vip"]}), query="ann")
    assert narrowed == [["externalId"], ["'=W-3"]]
    assert len((await table(shop))[0]) == len(order_export.COLUMNS)
    assert await table(shop, columns="number", query="nobody") == [["number"]]


async def test_who_may_not_see_an_order_does_not_get_it(shop: Api) -> None:
    assert len(await table(shop, Role.CHANNEL)) == 6
    assert len(await table(shop, Role.STORE_ASSOCIATE)) == 1
    assert (await get(shop, "csv", None)).status_code == 401


async def test_a_workbook(shop: Api) -> None:
    response = await get(shop, "xlsx", columns="externalId,placedAt,total")
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 6
    assert "=W-3" in sheet
    assert "<f>" not in sheet
    assert sheet.count("<v>18.00</v>") == 5


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"columns": "number,nonsense"}, ["columns", "1"]),
        ({"filter": "{"}, ["filter"]),
        ({"filter": '{"state": ["LATE"]}'}, ["filter", "state", "0"]),
        ({"filter": "[]"}, ["filter"]),
        ({"sort": "SIDEWAYS"}, ["sort"]),
        ({"query": "x " * 20}, ["query"]),
    ],
)
async def test_what_makes_no_sense_is_refused(shop: Api, asked: dict[str, str], path: list[str]) -> None:
    response = await get(shop, "csv", **asked)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (400, {"code": "INVALID", "path": path})
    assert (await get(shop, "pdf")).status_code == 404

"""Pages by key: nothing is shown twice or left out when orders arrive, forwards and backwards."""

from __future__ import annotations

import pytest

from backend.models import db
from tests.api.conftest import Api, code_of
from tests.api.world import enter

PAGE = """query ($first: Int, $after: String, $last: Int, $before: String, $sort: OrderSort! = PLACED_AT_DESC) {
  orders(first: $first, after: $after, last: $last, before: $before, sort: $sort) {
    edges { cursor node { externalId } } nodes { externalId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def page(api: Api, **variables: object) -> tuple[list[str], dict[str, object]]:
    found = (await api.do(PAGE, variables))["orders"]
    names = [node["externalId"] for node in found["nodes"]]
    assert [edge["node"]["externalId"] for edge in found["edges"]] == names
    if names:
        ends = (found["edges"][0]["cursor"], found["edges"][-1]["cursor"])
        assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == ends
    return names, found["pageInfo"]


async def test_nothing_is_seen_twice_or_left_out_when_orders_arrive(api: Api) -> None:
    for number in range(1, 8):
        await enter(number, payments=[])
    first, info = await page(api, first=3)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["W-7", "W-6", "W-5"], True, False)
    await enter(9, payments=[])
    second, info = await page(api, first=3, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (["W-4", "W-3", "W-2"], True, True)
    third, info = await page(api, first=3, after=info["endCursor"])
    assert (third, info["hasNextPage"], info["hasPreviousPage"]) == (["W-1"], False, True)
    back, info = await page(api, last=2, before=info["startCursor"])
    assert (back, info["hasNextPage"], info["hasPreviousPage"]) == (["W-3", "W-2"], True, True)
    assert (await page(api, last=2))[0] == ["W-2", "W-1"]
    assert (await page(api, first=0))[0] == []


async def test_orders_of_the_same_minute_are_told_apart(api: Api) -> None:
    for number in range(1, 6):
        await enter(number, payments=[])
    await db.execute("UPDATE sales_order SET placed_at = '2026-05-01T08:00:00Z', total = 0, subtotal = 0")
    for sort in ("PLACED_AT_DESC", "PLACED_AT_ASC", "UPDATED_AT_DESC", "TOTAL_DESC", "TOTAL_ASC", "RELEVANCE"):
        seen: list[str] = []
        after = None
        for _ in range(3):
            names, info = await page(api, first=2, after=after, sort=sort)
            seen += names
            after = info["endCursor"]
        assert sorted(seen) == ["W-1", "W-2", "W-3", "W-4", "W-5"], sort
        assert info["hasNextPage"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        "first: 101",
        "last: 101",
        "first: -1",
        "first: 1, last: 1",
        'after: "nonsense"',
        'after: "W10"',
        'after: "WyJwbGFjZWQiLDFd"',
        'before: "é"',
    ],
)
async def test_a_window_that_is_none_is_refused(api: Api, arguments: str) -> None:
    answer = await api.ask(f"{{ orders({arguments}) {{ nodes {{ id }} }} }}")
    assert code_of(answer) == "BAD_USER_INPUT"


async def test_a_cursor_of_another_order_is_refused(api: Api) -> None:
    await enter(payments=[])
    _, info = await page(api, first=1)
    answer = await api.ask(PAGE, {"after": info["endCursor"], "sort": "TOTAL_DESC"})
    assert code_of(answer) == "BAD_USER_INPUT"


async def test_pages_within_rows(api: Api) -> None:
    for number in range(1, 4):
        await enter(number, payments=[], customer=None)
    await db.execute(
        "WITH made AS (INSERT INTO customer (id, name, created_at) VALUES (gen_random_uuid(), 'Bo', now())"
        " RETURNING id) UPDATE sales_order SET customer_id = (SELECT id FROM made)"
    )
    query = """query ($after: String) {
      customers(query: "Bo") { nodes { orders(first: 2, after: $after) {
        totalCount totalIsCapped nodes { externalId } pageInfo { hasNextPage endCursor } } } }
      orders(first: 1) { nodes { events(first: 1) { nodes { sequence } } } }
    }"""
    found = await api.do(query)
    orders = found["customers"]["nodes"][0]["orders"]
    assert (orders["totalCount"], orders["totalIsCapped"]) == (3, False)
    assert [node["externalId"] for node in orders["nodes"]] == ["W-3", "W-2"]
    after = orders["pageInfo"]["endCursor"]
    (rest,) = (await api.do(query, {"after": after}))["customers"]["nodes"]
    assert [node["externalId"] for node in rest["orders"]["nodes"]] == ["W-1"]
    assert rest["orders"]["pageInfo"]["hasNextPage"] is False
    assert found["orders"]["nodes"][0]["events"]["nodes"] == [{"sequence": 1}]


async def test_orders_are_counted_up_to_ten_thousand(api: Api) -> None:
    await enter(payments=[])
    await db.execute(
        "INSERT INTO sales_order SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid()))).*"
        " FROM sales_order o, generate_series(1, 10000)"
    )
    found = (await api.do("{ orders(first: 1) { totalCount totalIsCapped } }"))["orders"]
    assert found == {"totalCount": 10_000, "totalIsCapped": True}

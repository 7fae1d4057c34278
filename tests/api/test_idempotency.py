"""One key: one command, one effect, one answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from backend.models import db
from backend.rules.vocabulary import Role
from tests.api.conftest import Api, code_of

CREATE = """mutation Enter($input: OrderCreateInput!) {
  orderCreate(input: $input) {
    duplicate order { id number version totals { total { amount } } } userErrors { code path }
  }
}"""
ORDER = {
    "channel": "web",
    "currency": "USD",
    "lines": [{"sku": "TEA", "name": "Tea", "quantity": 2, "unitPrice": "4.50"}],
    "draft": True,
}


def keyed(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


async def orders() -> int:
    return int(await db.fetchval("SELECT count(*) FROM sales_order"))


async def create(api: Api, key: str, role: Role = Role.ADMIN, **change: Any) -> Any:
    return await api.ask(CREATE, {"input": ORDER | change}, role=role, **keyed(key))


async def test_the_first_answer_is_given_again_letter_by_letter(api: Api) -> None:
    bearer = f"Bearer {api.keys[Role.ADMIN]}"
    body = json.dumps({"query": CREATE, "variables": {"input": ORDER}})
    first = await api.post(body, authorization=bearer, **keyed("a"))
    again = await api.post(body, authorization=bearer, **keyed("a"))
    assert first.status_code == 200
    assert first.json()["data"]["orderCreate"]["order"]["totals"] == {"total": {"amount": "9.00"}}
    assert again.content == first.content
    assert await orders() == 1
    turned = json.dumps({"variables": {"input": dict(reversed(ORDER.items()))}, "query": CREATE})
    assert (await api.post(turned, authorization=bearer, **keyed("a"))).content == first.content


async def test_another_request_under_a_used_key_is_refused_as_data(api: Api) -> None:
    await create(api, "a")
    other = await create(api, "a", priority=3)
    assert other == {
        "data": {
            "orderCreate": {
                "duplicate": False,
                "order": None,
                "userErrors": [{"code": "IDEMPOTENCY_KEY_REUSED", "path": None}],
            }
        }
    }
    assert await orders() == 1


async def test_keys_belong_to_who_sends_them(api: Api) -> None:
    first = await create(api, "a")
    second = await create(api, "a", Role.MANAGER)
    assert first["data"]["orderCreate"]["order"]["id"] != second["data"]["orderCreate"]["order"]["id"]
    assert await orders() == 2


async def test_fifty_at_once_are_one_effect_and_fifty_equal_answers(api: Api) -> None:
    answers = await asyncio.gather(*(create(api, "fifty") for _ in range(50)))
    assert await orders() == 1
    assert answers[0]["data"]["orderCreate"]["order"] is not None
    assert all(answer == answers[0] for answer in answers)
    assert await db.fetchval("SELECT count(*) FROM event WHERE kind = 'order.created'") == 1


async def test_fifty_at_once_on_one_order(api: Api) -> None:
    made = (await create(api, "order"))["data"]["orderCreate"]["order"]
    note = """mutation ($id: ID!) {
      orderNoteAdd(input: {orderId: $id, body: "Call first"}) { order { version notes { body } } userErrors { code } }
    }"""
    answers = await asyncio.gather(*(api.ask(note, {"id": made["id"]}, **keyed("note")) for _ in range(50)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["data"]["orderNoteAdd"]["userErrors"] == []
    assert await db.fetchval("SELECT count(*) FROM order_note") == 1


async def test_a_refusal_is_an_answer_too(api: Api) -> None:
    first = await create(api, "a", currency="EUR")
    assert first["data"]["orderCreate"]["userErrors"] == [{"code": "INVALID", "path": ["currency"]}]
    await db.execute("UPDATE channel SET currency = 'EUR'")
    assert await create(api, "a", currency="EUR") == first
    assert await orders() == 0


async def test_an_answer_lost_in_a_crash_is_made_again_from_what_was_changed(api: Api) -> None:
    first = await create(api, "a")
    await db.execute("UPDATE idempotency_key SET response = NULL, at = at - interval '31 seconds'")
    assert await create(api, "a") == first
    assert await orders() == 1
    order_id = first["data"]["orderCreate"]["order"]["id"]
    tags = """mutation ($id: ID!) {
      orderTagsUpdate(input: {orderId: $id, add: ["vip"]}) { order { tags } userErrors { code } }
    }"""
    tagged = await api.ask(tags, {"id": order_id}, **keyed("b"))
    await db.execute("UPDATE idempotency_key SET response = NULL, at = at - interval '31 seconds'")
    assert await api.ask(tags, {"id": order_id}, **keyed("b")) == tagged
    assert await db.fetchval("SELECT count(*) FROM event WHERE kind = 'order.tags_changed'") == 1


async def test_while_the_first_is_under_way_the_second_waits_and_then_is_told_so(api: Api) -> None:
    first = await create(api, "a")
    row = await db.fetchrow("SELECT id, response::text AS response FROM idempotency_key")
    assert row is not None
    await db.execute("UPDATE idempotency_key SET response = NULL, at = now()")
    waiting = asyncio.create_task(create(api, "a"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await db.execute("UPDATE idempotency_key SET response = $1::jsonb", row["response"])
    assert await waiting == first
    await db.execute("UPDATE idempotency_key SET response = NULL, at = now()")
    told = await create(api, "a")
    assert told["data"]["orderCreate"]["userErrors"] == [{"code": "CONFLICT", "path": None}]
    assert await orders() == 1


async def test_a_key_is_for_one_mutation(api: Api) -> None:
    two = (
        'mutation { a: userCreate(input: {email: "a@b.co", name: "A", roles: [VIEWER]}) { user { id } }'
        ' b: userCreate(input: {email: "b@b.co", name: "B", roles: [VIEWER]}) { user { id } } }'
    )
    bearer = f"Bearer {api.keys[Role.ADMIN]}"
    answer = await api.post(json.dumps({"query": two}), authorization=bearer, **keyed("a"))
    assert answer.status_code == 400
    assert code_of(answer.json()) == "BAD_USER_INPUT"
    assert await db.fetchval("SELECT count(*) FROM app_user") == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_a_key_has_a_length(api: Api, key: str) -> None:
    bearer = f"Bearer {api.keys[Role.ADMIN]}"
    body = json.dumps({"query": CREATE, "variables": {"input": ORDER}})
    answer = await api.post(body, authorization=bearer, **keyed(key))
    assert (answer.status_code, code_of(answer.json())) == (400, "BAD_USER_INPUT")
    assert await orders() == 0


async def test_queries_take_no_notice_of_a_key(api: Api) -> None:
    assert await api.ask("{ __typename }", **keyed("a")) == {"data": {"__typename": "Query"}}
    assert await db.fetchval("SELECT count(*) FROM idempotency_key") == 0


async def test_a_secret_is_shown_once_even_with_a_key(api: Api) -> None:
    query = """mutation {
      apiKeyCreate(input: {name: "till", role: VIEWER}) { s: secret apiKey { id name } userErrors { code } }
    }"""
    first = (await api.do(query, **keyed("a")))["apiKeyCreate"]
    assert first["s"].startswith("cd_")
    again = (await api.do(query, **keyed("a")))["apiKeyCreate"]
    assert again == first | {"s": None}
    stored = await db.fetchval("SELECT response::text FROM idempotency_key")
    assert stored == '""'


async def test_a_fault_of_ours_is_not_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await db.execute("ALTER TABLE sales_order RENAME TO elsewhere")
    try:
        broken = await create(api, "a")
    finally:
        await db.execute("ALTER TABLE elsewhere RENAME TO sales_order")
    assert code_of(broken) == "INTERNAL"
    healed = await create(api, "a")
    assert healed["data"]["orderCreate"]["order"] is not None
    assert await orders() == 1

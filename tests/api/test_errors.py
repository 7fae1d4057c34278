"""Faults of ours are masked and logged once, under the id that the answer shows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from structlog.testing import capture_logs

from backend.models import db
from backend.rules.vocabulary import Role
from tests.api.conftest import Api, code_of

NOTE = """mutation ($id: ID!) {
  orderNoteAdd(input: {orderId: $id, body: "x"}) { order { id } userErrors { code path } }
}"""


@asynccontextmanager
async def without(table: str) -> AsyncIterator[None]:
    """A database that is broken for a while."""
    await db.execute(f"ALTER TABLE {table} RENAME TO gone")
    try:
        yield
    finally:
        await db.execute(f"ALTER TABLE gone RENAME TO {table}")


async def test_a_fault_is_masked_and_logged_once(api: Api) -> None:
    asked = json.dumps({"query": "{ me { id } }"})
    with capture_logs() as logs:
        async with without("api_key_site"):
            response = await api.post(asked, authorization=f"Bearer {api.keys[Role.ADMIN]}")
    assert response.status_code == 500
    (error,) = response.json()["errors"]
    assert error["message"] == "Internal error"
    assert error["extensions"] == {"code": "INTERNAL", "id": error["extensions"]["id"]}
    assert "api_key_site" not in response.text
    faults = [line for line in logs if line["log_level"] == "error"]
    assert [fault["fault_id"] for fault in faults] == [error["extensions"]["id"]]


async def test_a_fault_within_a_field_keeps_its_path(api: Api) -> None:
    with capture_logs() as logs:
        async with without("sales_order"):
            answer = await api.ask(NOTE, {"id": "T3JkZXI6MDE5ZjAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw"})
    assert code_of(answer) == "INTERNAL"
    assert answer["errors"][0]["message"] == "Internal error"
    assert answer["errors"][0]["path"] == ["orderNoteAdd"]
    assert answer["data"] is None
    assert len([line for line in logs if line["log_level"] == "error"]) == 1


async def test_the_log_has_one_line_for_a_request_and_nobody_in_it(api: Api) -> None:
    query = "query Mine($secret: String) { me { id @skip(if: false) } __type(name: $secret) { name } }"
    with capture_logs() as logs:
        await api.ask("query Mine { me { id } }", role=Role.VIEWER, **{"x-request-id": "r-1"})
        await api.ask(query, {"secret": "4111-1111"}, role=Role.VIEWER)
    lines = [line for line in logs if line["event"] == "request"]
    assert len(lines) == 2
    assert lines[0]["operation"] == "Mine"
    assert lines[0]["status"] == 200
    assert lines[0]["actor"].startswith("api_key:")
    assert "4111" not in str(logs)
    assert api.keys[Role.VIEWER] not in str(logs)


async def test_the_request_id_is_on_the_log_of_what_was_done(api: Api) -> None:
    await api.do(
        'mutation { userCreate(input: {email: "b@c.de", name: "B", roles: [VIEWER]}) { user { id } } }',
        **{"x-request-id": "trace-7"},
    )
    last = "SELECT actor, via, request_id FROM event WHERE kind = 'user.created' ORDER BY id DESC LIMIT 1"
    assert dict(await db.fetchrow(last) or {}) == {"actor": "key: admin", "via": "api", "request_id": "trace-7"}


async def test_coercion_is_the_clients_fault(api: Api) -> None:
    for variables in ({}, {"id": None}, {"id": {"a": 1}}, {"id": [1]}, {"id": 1.5}, {"id": True}):
        answer = await api.ask(NOTE, variables)
        assert code_of(answer) == "BAD_USER_INPUT"
        assert "data" not in answer


async def test_ids_of_other_things_and_no_ids_at_all(api: Api) -> None:
    for wrong in ("", "x", "T3JkZXI6MQ", "!!!!", "VXNlcjow" * 500, "4" * 40, "\u2603"):
        payload = (await api.do(NOTE, {"id": wrong}))["orderNoteAdd"]
        assert payload == {"order": None, "userErrors": [{"code": "INVALID", "path": ["orderId"]}]}
    missing = "T3JkZXI6MDE5ZjAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw"
    payload = (await api.do(NOTE, {"id": missing}))["orderNoteAdd"]
    assert payload == {"order": None, "userErrors": [{"code": "NOT_FOUND", "path": ["orderId"]}]}

"""Users and API keys, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from backend.models import db
from tests.api.conftest import PASSWORD, Api

USER = "user { email name roles sites { code } } userErrors { code path }"
CREATE = f"mutation ($input: UserInput!) {{ userCreate(input: $input) {{ {USER} }} }}"
UPDATE = f"mutation ($input: UserInput!) {{ userUpdate(input: $input) {{ {USER} }} }}"
KEY = """mutation ($input: ApiKeyCreateInput!) {
  apiKeyCreate(input: $input) { secret apiKey { name role } userErrors { code path } }
}"""
BOB = {"email": "Bob@Example.com", "name": " Bob ", "roles": ["STORE_ASSOCIATE", "VIEWER"], "sites": ["S1"]}


async def state() -> Any:
    return await db.fetchval(
        "SELECT json_build_array((SELECT json_agg(u ORDER BY id) FROM app_user u), (SELECT count(*) FROM api_key),"
        " (SELECT count(*) FROM event), (SELECT count(*) FROM app_user_site))"
    )


async def test_a_user_is_made_and_changed(api: Api) -> None:
    made = (await api.do(CREATE, {"input": BOB | {"password": PASSWORD}}))["userCreate"]
    roles = ["STORE_ASSOCIATE", "VIEWER"]
    bob = {"email": "bob@example.com", "name": "Bob", "roles": roles, "sites": [{"code": "S1"}]}
    assert made == {"user": bob, "userErrors": []}
    stored = await db.fetchval("SELECT password_hash FROM app_user WHERE email = 'bob@example.com'")
    assert stored.startswith("$argon2id$")
    change = {"email": "BOB@example.com", "name": "Robert", "roles": ["STORE_ASSOCIATE"]}
    changed = (await api.do(UPDATE, {"input": change}))["userUpdate"]
    assert changed["user"]["name"] == "Robert"
    assert changed["user"]["sites"] == [{"code": "S1"}]
    assert await db.fetchval("SELECT password_hash FROM app_user WHERE email = 'bob@example.com'") == stored


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"email": "no address"}, "INVALID", ["email"]),
        ({"email": "ann@example.com"}, "DUPLICATE", ["email"]),
        ({"name": "  "}, "INVALID", ["name"]),
        ({"name": "x" * 201}, "LIMIT_EXCEEDED", ["name"]),
        ({"name": "a\u0007b"}, "INVALID", ["name"]),
        ({"roles": []}, "INVALID", ["roles"]),
        ({"roles": ["CHANNEL"]}, "INVALID", ["roles"]),
        ({"sites": ["S1", "S9"]}, "NOT_FOUND", ["sites", "1"]),
        ({"sites": []}, "INVALID", ["sites"]),
        ({"password": "short"}, "INVALID", ["password"]),
    ],
)
async def test_a_user_that_cannot_be_is_refused(api: Api, change: dict[str, Any], code: str, path: list[str]) -> None:
    await api.do("{ __typename }")
    before = await state()
    refused = (await api.do(CREATE, {"input": BOB | change}))["userCreate"]
    assert refused == {"user": None, "userErrors": [{"code": code, "path": path}]}
    assert await state() == before


async def test_the_last_administrator_stays(api: Api) -> None:
    before = await state()
    for change in ({"roles": ["VIEWER"]}, {"roles": ["ADMIN"], "active": False}):
        ann = {"email": "ann@example.com", "name": "Ann", **change}
        refused = (await api.do(UPDATE, {"input": ann}))["userUpdate"]
        assert refused == {"user": None, "userErrors": [{"code": "INVALID_STATE", "path": ["roles"]}]}
        assert await state() == before
    nobody = {"email": "who@example.com", "name": "Who", "roles": ["VIEWER"]}
    missing = (await api.do(UPDATE, {"input": nobody}))["userUpdate"]
    assert missing["userErrors"] == [{"code": "NOT_FOUND", "path": ["email"]}]


@pytest.mark.parametrize(
    ("key", "code", "path"),
    [
        ({"name": "", "role": "VIEWER"}, "INVALID", ["name"]),
        ({"name": "a", "role": "CHANNEL"}, "INVALID", ["channel"]),
        ({"name": "a", "role": "VIEWER", "channel": "web"}, "INVALID", ["channel"]),
        ({"name": "a", "role": "CHANNEL", "channel": "nope"}, "NOT_FOUND", ["channel"]),
        ({"name": "a", "role": "STORE_ASSOCIATE"}, "INVALID", ["sites"]),
        ({"name": "a", "role": "STORE_ASSOCIATE", "sites": ["S9"]}, "NOT_FOUND", ["sites", "0"]),
    ],
)
async def test_a_key_that_cannot_be_is_refused(api: Api, key: dict[str, Any], code: str, path: list[str]) -> None:
    await api.do("{ __typename }")
    before = await state()
    refused = (await api.do(KEY, {"input": key}))["apiKeyCreate"]
    assert refused == {"secret": None, "apiKey": None, "userErrors": [{"code": code, "path": path}]}
    assert await state() == before


async def test_secrets_are_kept_nowhere(api: Api) -> None:
    shop = {"name": "shop", "role": "CHANNEL", "channel": "web"}
    made = (await api.do(KEY, {"input": shop}))["apiKeyCreate"]
    assert made["apiKey"] == {"name": "shop", "role": "CHANNEL"}
    secret = made["secret"].split("_", 2)[2]
    for table in ("api_key", "event", "idempotency_key"):
        assert await db.fetchval(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%'", secret) == 0

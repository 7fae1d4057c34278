"""People log in with a password and carry a cookie; machines carry a key. Who is nobody gets nowhere."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
import pytest

from backend.actions.people import users
from backend.actions.people.users import UserCommand
from backend.app import create_app
from backend.config import Settings
from backend.models import db
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from tests.api.conftest import PASSWORD, Api, code_of

LOG_IN = """mutation ($input: SessionCreateInput!) {
  sessionCreate(input: $input) { user { email name roles } userErrors { code message path } }
}"""
ME = json.dumps({"query": "{ me { email } }"})


async def log_in(http: httpx.AsyncClient, email: str = "ann@example.com", password: str = PASSWORD) -> Any:
    body = {"query": LOG_IN, "variables": {"input": {"email": email, "password": password}}}
    response = await http.post("/graphql", json=body)
    assert response.status_code == 200
    return response


async def sessions() -> int:
    return int(await db.fetchval("SELECT count(*) FROM app_session"))


async def test_a_person_logs_in_is_known_and_logs_out(api: Api) -> None:
    response = await log_in(api.http, " ANN@example.com ")
    payload = response.json()["data"]["sessionCreate"]
    assert payload == {"user": {"email": "ann@example.com", "name": "Ann", "roles": ["ADMIN"]}, "userErrors": []}
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    token = api.http.cookies["crossdock_session"]
    assert len(token) == 43
    assert await db.fetchval("SELECT count(*) FROM app_session WHERE token_hash = $1", token) == 0
    assert (await api.post(ME)).json() == {"data": {"me": {"email": "ann@example.com"}}}

    ended = await api.post(json.dumps({"query": "mutation { sessionEnd { userErrors { code } } }"}))
    assert ended.json() == {"data": {"sessionEnd": {"userErrors": []}}}
    assert 'crossdock_session=""' in ended.headers["set-cookie"]
    assert await sessions() == 0
    stale = await api.post(ME, cookie=f"crossdock_session={token}")
    assert code_of(stale.json()) == "UNAUTHENTICATED"
    kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM event WHERE kind LIKE 'session.%' ORDER BY id")]
    assert kinds == ["session.created", "session.ended"]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", "wrong horse battery"),
        ("bob@example.com", PASSWORD),
        ("", ""),
        ("ann@example.com", "x" * 5000),
    ],
)
async def test_every_failed_log_in_sounds_the_same(api: Api, email: str, password: str) -> None:
    response = await log_in(api.http, email, password)
    assert response.json()["data"]["sessionCreate"] == {
        "user": None,
        "userErrors": [
            {"code": "NOT_PERMITTED", "message": "The e-mail address or the password is wrong.", "path": ["password"]}
        ],
    }
    assert "set-cookie" not in response.headers
    assert await sessions() == 0


async def test_guessing_is_slowed_down_for_the_one_guessed_at(api: Api) -> None:
    for _ in range(10):
        await log_in(api.http, "guess@example.com", "nonsense nonsense")
    blocked = (await log_in(api.http, "guess@example.com", PASSWORD)).json()["data"]["sessionCreate"]["userErrors"][0]
    assert blocked["code"] == "LIMIT_EXCEEDED"
    assert (await log_in(api.http)).json()["data"]["sessionCreate"]["userErrors"] == []


async def test_a_session_ends_by_time_by_password_and_by_being_shut_out(api: Api) -> None:
    await log_in(api.http)
    await db.execute("UPDATE app_session SET expires_at = now()")
    assert code_of((await api.post(ME)).json()) == "UNAUTHENTICATED"

    await users.create(SYSTEM, UserCommand("vic@example.com", "Vic", [Role.VIEWER], password=PASSWORD))
    await log_in(api.http, "vic@example.com")
    assert (await api.post(ME)).json()["data"]["me"]["email"] == "vic@example.com"
    await users.update(SYSTEM, UserCommand("vic@example.com", "Vic", [Role.VIEWER], password="another password"))
    assert code_of((await api.post(ME)).json()) == "UNAUTHENTICATED"

    await log_in(api.http, "vic@example.com", "another password")
    await users.update(SYSTEM, UserCommand("vic@example.com", "Vic", [Role.VIEWER], active=False))
    assert code_of((await api.post(ME)).json()) == "UNAUTHENTICATED"
    refused = await log_in(api.http, "vic@example.com", "another password")
    assert refused.json()["data"]["sessionCreate"]["userErrors"][0]["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://crossdock.test"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://crossdock.test"}, True),
        ({"origin": "https://evil.test"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://crossdock.test.evil.test"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.test"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "x-crossdock-csrf": "1", "origin": "https://admin.test"}, True),
    ],
)
async def test_pages_of_others_cannot_use_the_cookie(api: Api, headers: dict[str, str], allowed: bool) -> None:
    await log_in(api.http)
    response = await api.post(ME, **headers)
    if allowed:
        assert response.json() == {"data": {"me": {"email": "ann@example.com"}}}
    else:
        assert response.status_code == 403
        assert code_of(response.json()) == "FORBIDDEN"


async def test_a_key_needs_no_origin(api: Api) -> None:
    key = f"Bearer {api.keys[Role.VIEWER]}"
    response = await api.post(ME, authorization=key, origin="https://shop.test")
    assert response.json() == {"data": {"me": None}}


async def test_the_cookie_is_secure_in_production(api: Api, database: str) -> None:
    app = create_app(Settings(environment="production", database_url=database))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://crossdock.test") as http:
        assert "; Secure" in (await log_in(http)).headers["set-cookie"]
        page = await http.get("/graphql", headers={"accept": "text/html"})
        assert page.status_code == 405


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer cd__",
        "Bearer cd_abc_def",
        "Bearer cd_abc_" + "x" * 5000,
        "Bearer xx_abcdef01_secret",
        "Basic YW5uOnBhc3N3b3Jk",
        "Bearer cd_é_é",
        "cd_abc_def",
    ],
)
async def test_what_is_no_key_is_nobody_even_beside_a_cookie(api: Api, header: str) -> None:
    await log_in(api.http)
    response = await api.http.post(
        "/graphql", content=ME, headers={"content-type": "application/json", "authorization": header.encode()}
    )
    assert code_of(response.json()) == "UNAUTHENTICATED"


async def test_a_revoked_key_is_refused_at_once_and_use_is_noted_once_a_minute(api: Api) -> None:
    made = await api.do(
        'mutation { apiKeyCreate(input: {name: "till", role: VIEWER}) { secret apiKey { id prefix lastUsedAt } } }'
    )
    secret, key = made["apiKeyCreate"]["secret"], made["apiKeyCreate"]["apiKey"]
    assert secret.startswith(f"cd_{key['prefix']}_")
    assert key["lastUsedAt"] is None
    bearer = f"Bearer {secret}"
    assert (await api.post(ME, authorization=bearer)).json() == {"data": {"me": None}}
    noted = await db.fetchval("SELECT last_used_at FROM api_key WHERE prefix = $1", key["prefix"])
    assert noted is not None
    await api.post(ME, authorization=bearer)
    assert await db.fetchval("SELECT last_used_at FROM api_key WHERE prefix = $1", key["prefix"]) == noted
    revoked = await api.do(
        "mutation ($id: ID!) { apiKeyRevoke(input: {apiKeyId: $id}) { apiKey { revokedAt } userErrors { code } } }",
        {"id": key["id"]},
    )
    assert revoked["apiKeyRevoke"]["apiKey"]["revokedAt"] is not None
    assert code_of((await api.post(ME, authorization=bearer)).json()) == "UNAUTHENTICATED"


async def test_the_key_of_a_closed_channel_is_nobodys(api: Api) -> None:
    await db.execute("UPDATE channel SET active = false")
    assert code_of(await api.ask("{ me { id } }", role=Role.CHANNEL)) == "UNAUTHENTICATED"


async def test_too_many_requests_of_one_caller(database: str, api: Api) -> None:
    app = create_app(Settings(environment="development", database_url=database, rate_limit=1.0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://crossdock.test") as http:
        headers = {"authorization": f"Bearer {api.keys[Role.VIEWER]}", "content-type": "application/json"}
        answers = [await http.post("/graphql", content=ME, headers=headers) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["retry-after"] == "1"
        assert code_of(answers[2].json()) == "RATE_LIMITED"
        other = headers | {"authorization": f"Bearer {api.keys[Role.ADMIN]}"}
        assert (await http.post("/graphql", content=ME, headers=other)).status_code == 200

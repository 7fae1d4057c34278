"""GraphQL over HTTP: what is no operation gets a clear answer, and nothing is ever a fault of ours."""

from __future__ import annotations

import json
import time

import pytest

from backend.rules.vocabulary import Role
from tests.api.conftest import Api, code_of

RESPONSE_JSON = "application/graphql-response+json"
ME = json.dumps({"query": "{ __typename }"})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'"text"', "must be a JSON object"),
        (b"3", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b"[]", "Batches"),
        (b'[{"query": "{ me { id } }"}]', "Batches"),
        (b"{}", "`query` must be"),
        (b'{"query": null}', "`query` must be"),
        (b'{"query": ""}', "`query` must be"),
        (b'{"query": 3}', "`query` must be"),
        (b'{"query": ["{ me { id } }"]}', "`query` must be"),
        (b'{"query": "{ __typename }", "variables": []}', "`variables` must be"),
        (b'{"query": "{ __typename }", "variables": "{}"}', "`variables` must be"),
        (b'{"query": "{ __typename }", "extensions": 3}', "`extensions` must be"),
        (b'{"query": "{ __typename }", "operationName": {}}', "`operationName` must be"),
        (b'{"query": "\xff\xfe"}', "not JSON"),
        (b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}', "not JSON"),
        (b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}', "NUL"),
        (b'{"query": "{ __typename }", "variables": {"a\\u0000": 1}}', "NUL"),
        (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "not JSON"),
        (b'{"query": "{ __typename }", "variables": {"a": 1e999}}', "not JSON"),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 41 + b"]" * 41 + b"}}", "nested too deeply"),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}", "not JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "not JSON"),
    ],
)
async def test_broken_bodies_are_told_so(api: Api, body: bytes, message: str) -> None:
    for accept in ("application/json", RESPONSE_JSON):
        started = time.process_time()
        response = await api.post(body, accept=accept)
        assert time.process_time() - started < 1
        assert response.status_code == 400
        assert response.headers["content-type"].startswith(accept)
        assert message in response.json()["errors"][0]["message"]
        assert code_of(response.json()) == "BAD_USER_INPUT"
        assert "data" not in response.json()


async def test_a_body_has_a_limit_announced_or_not(api: Api) -> None:
    limit = api.settings.body_limit_bytes
    assert (await api.post(b" " * (limit + 1))).status_code == 413

    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(limit // 1000 + 2):
            yield b" " * 1000

    response = await api.http.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert (await api.post(ME + " " * (limit - len(ME)))).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql",
     "application/json; charset=utf-16"],
)  # fmt: skip
async def test_only_json_is_read(api: Api, content_type: str) -> None:
    response = await api.post(ME, **{"content-type": content_type})
    assert response.status_code == 415


async def test_a_charset_of_utf_8_may_be_named(api: Api) -> None:
    assert (await api.post(ME, **{"content-type": "application/json; charset=UTF-8"})).status_code == 200


async def test_other_methods_are_refused(api: Api) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        response = await api.http.request(method, "/graphql")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_what_is_accepted_is_answered(api: Api) -> None:
    for accept, expected in (
        ("application/json", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        ("*/*", "application/json"),
        (f"{RESPONSE_JSON}, application/json;q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.1, application/json", "application/json"),
        ("application/*", "application/json"),
    ):
        response = await api.post(ME, accept=accept)
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{expected}; charset=utf-8"
        assert response.json() == {"data": {"__typename": "Query"}}
    assert (await api.post(ME, accept="text/csv")).status_code == 406
    assert (await api.post(ME, accept="application/json;q=0")).status_code == 406
    assert (await api.post(ME, accept=";;q=x,,")).status_code == 406


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{", 400, "BAD_USER_INPUT"),
        ("{ nope }", 400, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", 400, "BAD_USER_INPUT"),
        ("query ($a: Int!) { __typename }", 400, "BAD_USER_INPUT"),
        ("{ me { id } }", 401, "UNAUTHENTICATED"),
        ("{ __schema { types { name } } }", 401, "UNAUTHENTICATED"),
        ("mutation { sessionEnd { user { id } } }", 401, "UNAUTHENTICATED"),
        ('mutation { sessionCreate(input: {email: "a"}) { user { id } } }', 400, "BAD_USER_INPUT"),
        ("subscription { alerts { cursor } }", 401, "UNAUTHENTICATED"),
    ],
)
async def test_the_newer_media_type_says_what_became_of_the_request(
    api: Api, query: str, status: int, code: str
) -> None:
    body = json.dumps({"query": query})
    newer = await api.post(body, accept=RESPONSE_JSON)
    assert newer.status_code == status
    assert "data" not in newer.json()
    assert newer.json()["errors"][0]["extensions"]["code"] == code
    classic = await api.post(body, accept="application/json")
    assert classic.status_code == 200
    assert classic.json() == newer.json()


async def test_feeds_come_over_a_socket_alone(api: Api) -> None:
    headers = {"authorization": f"Bearer {api.keys[Role.ADMIN]}"}
    response = await api.post(json.dumps({"query": "subscription { alerts { cursor } }"}), **headers)
    assert (response.status_code, code_of(response.json())) == (400, "BAD_USER_INPUT")


async def test_a_key_may_read_by_get_and_nothing_else_may(api: Api) -> None:
    key = {"authorization": f"Bearer {api.keys[Role.VIEWER]}"}
    response = await api.http.get("/graphql", params={"query": "{ __typename }"}, headers=key)
    assert response.json() == {"data": {"__typename": "Query"}}
    named = {"query": "query A($n: String!) { __type(name: $n) { name } }", "variables": '{"n": "Order"}'}
    assert (await api.http.get("/graphql", params=named, headers=key)).json() == {"data": {"__type": {"name": "Order"}}}
    assert (await api.http.get("/graphql", params={"query": "{ __typename }"})).status_code == 405
    admin = {"authorization": f"Bearer {api.keys[Role.ADMIN]}", "accept": RESPONSE_JSON}
    change = {"query": "mutation { sessionEnd { user { id } } }"}
    refused = await api.http.get("/graphql", params=change, headers=admin)
    assert refused.status_code == 405
    assert refused.json()["errors"][0]["message"] == "Send mutations by POST."


async def test_suggestions_and_introspection_are_for_those_who_are_logged_in(api: Api) -> None:
    anonymous = await api.ask("{ mee { id } }", role=None)
    assert anonymous["errors"][0]["message"] == "Cannot query field 'mee' on type 'Query'."
    known = await api.ask("{ mee { id } }", role=Role.VIEWER)
    assert "Did you mean 'me'?" in known["errors"][0]["message"]
    assert (await api.do("{ __schema { queryType { name } } }", role=Role.VIEWER))["__schema"]["queryType"]["name"]
    assert code_of(await api.ask('{ __type(name: "Order") { name } }', role=None)) == "UNAUTHENTICATED"
    bad_enum = "mutation ($c: ChannelInput!) { channelCreate(input: $c) { channel { id } } }"
    variables = {"c": {"code": "a", "name": "a", "kind": "WEBB", "currency": "USD"}}
    told = await api.ask(bad_enum, variables, role=None)
    assert "Did you mean" not in json.dumps(told)


async def test_every_answer_carries_the_request_id(api: Api) -> None:
    given = await api.post(ME, **{"x-request-id": "trace-1.2_3"})
    assert given.headers["x-request-id"] == "trace-1.2_3"
    for bad in ("", "a" * 65, "a b", 'x"y'):
        made = await api.post(ME, **{"x-request-id": bad})
        assert len(made.headers["x-request-id"]) == 32
    assert given.headers["x-content-type-options"] == "nosniff"


async def test_the_explorer_is_our_own_page_and_only_in_development(api: Api) -> None:
    page = await api.http.get("/graphql", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "API explorer" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_health_and_readiness(api: Api) -> None:
    assert (await api.http.get("/healthz")).json() == {"status": "ok"}
    assert (await api.http.get("/readyz")).json() == {"status": "ok"}
    assert (await api.http.get("/nowhere")).status_code == 404

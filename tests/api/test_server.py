"""Real server processes: keys across them, sockets, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from backend.models import db
from backend.resolvers import sockets
from backend.rules.vocabulary import Role
from tests.api.conftest import Api
from tests.api.test_idempotency import CREATE, ORDER
from tests.api.world import enter

PROTOCOL: Any = "graphql-transport-ws"


@dataclass
class Server:
    process: asyncio.subprocess.Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"


@contextlib.asynccontextmanager
async def serving(database_url: str) -> AsyncIterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("serve.py")), database_url, str(port),
        stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        await _until_ready(port)
        yield Server(process, port)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _until_ready(port: int) -> None:
    async with httpx.AsyncClient() as http:
        for _ in range(300):
            with contextlib.suppress(httpx.TransportError):
                if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError("The server did not come up.")


def socket_to(server: Server, **headers: str) -> Any:
    return connect(f"ws://127.0.0.1:{server.port}/graphql", subprotocols=[PROTOCOL], additional_headers=headers)


async def told(client: ClientConnection, *messages: Any) -> Any:
    for message in messages:
        await client.send(message if isinstance(message, str) else json.dumps(message))
    return json.loads(await asyncio.wait_for(client.recv(), 5))


async def closed_with(client: ClientConnection) -> int:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(client.recv(), 15)
    return int(client.close_code or 0)


@pytest.mark.concurrency
async def test_fifty_at_once_over_two_processes_are_one_effect(api: Api) -> None:
    async with serving(api.settings.database_url or "") as one, serving(api.settings.database_url or "") as two:
        headers = {"authorization": f"Bearer {api.keys[Role.CHANNEL]}", "idempotency-key": "fifty"}
        body = {"query": CREATE, "variables": {"input": ORDER}}
        async with httpx.AsyncClient(headers=headers, timeout=30) as http:
            urls = [server.url for server in (one, two)] * 25
            answers = await asyncio.gather(*(http.post(url, json=body) for url in urls))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["data"]["orderCreate"]["userErrors"] == []
    assert await db.fetchval("SELECT count(*) FROM sales_order") == 1


@pytest.mark.slow
async def test_sockets_are_safe(api: Api) -> None:
    bearer = {"Authorization": f"Bearer {api.keys[Role.VIEWER]}"}
    init = {"type": "connection_init"}
    async with serving(api.settings.database_url or "") as server:
        with pytest.raises(InvalidStatus) as refused:
            await socket_to(server, Origin="https://evil.test")
        assert refused.value.response.status_code == 403

        async with socket_to(server) as client:
            await client.send(json.dumps(init))
            assert await closed_with(client) == 4403
        async with socket_to(server) as client:
            assert (await told(client, init | {"payload": bearer}))["type"] == "connection_ack"
            assert (await told(client, {"type": "ping"}))["type"] == "pong"

        not_a_payload = '{"type": "subscribe", "id": "1", "payload": 3}'
        for broken in ("{", "[]", "3", '{"type": 3}', '{"type": "nope"}', not_a_payload):
            async with socket_to(server, **bearer) as client:
                assert (await told(client, init))["type"] == "connection_ack"
                await client.send(broken)
                assert await closed_with(client) == 4400
        async with socket_to(server, **bearer) as client:
            await client.send(json.dumps({"type": "ping", "payload": "x" * 300_000}))
            assert await closed_with(client) == 1009

        async with socket_to(server, **bearer) as client:
            await told(client, init)
            mine = {"type": "subscribe", "id": "1", "payload": {"query": "{ me { email } }"}}
            assert await told(client, mine) == {"id": "1", "type": "next", "payload": {"data": {"me": None}}}
            assert json.loads(await client.recv()) == {"id": "1", "type": "complete"}
            change = {"query": 'mutation { orderNoteAdd(input: {orderId: "x", body: "y"}) { userErrors { code } } }'}
            assert (await told(client, mine | {"payload": change}))["type"] == "error"
            hidden = await told(client, mine | {"id": "2", "payload": {"query": "{ apiKeys { name } }"}})
            assert hidden["payload"][0]["extensions"]["code"] in ("FORBIDDEN", "BAD_USER_INPUT")

            feed = 'subscription { orderEvents(after: "0.0") { event { kind } order { number } } }'
            await client.send(json.dumps(mine | {"id": "4", "payload": {"query": feed}}))
            await enter()
            sent = json.loads(await asyncio.wait_for(client.recv(), 5))
            assert (sent["id"], sent["type"]) == ("4", "next"), sent
            assert sent["payload"]["data"]["orderEvents"]["event"] == {"kind": "order.created"}
            await client.send(json.dumps({"type": "complete", "id": "4"}))

            await db.execute("UPDATE api_key SET revoked_at = now() WHERE role = 'VIEWER'")
            await client.send(json.dumps(mine | {"id": "3"}))
            assert await closed_with(client) == 4403

        async with socket_to(server) as client:
            assert await closed_with(client) == 4408


async def test_a_revoked_key_ends_a_connection_on_which_nothing_happens(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_RECHECK", 0.1)
    server = uvicorn.Server(uvicorn.Config(api.app, port=0, lifespan="off", log_config=None))
    serving_here = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    url = f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    headers = {"Authorization": f"Bearer {api.keys[Role.VIEWER]}"}
    async with connect(url, subprotocols=[PROTOCOL], additional_headers=headers) as client:
        assert (await told(client, {"type": "connection_init"}))["type"] == "connection_ack"
        await asyncio.sleep(0.3)
        assert (await told(client, {"type": "ping"}))["type"] == "pong"
        await db.execute("UPDATE api_key SET revoked_at = now() WHERE role = 'VIEWER'")
        assert await closed_with(client) == 4403
    server.should_exit = True
    await serving_here


async def test_a_server_ends_cleanly_and_logs_no_secret(api: Api) -> None:
    async with serving(api.settings.database_url or "") as server:
        async with httpx.AsyncClient() as http:
            key = {"authorization": "Bearer cd_ab_s3cr3t"}
            await http.post(server.url, json={"query": "{ me { id } }"}, headers=key)
        server.process.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(server.process.communicate(), 10)
        assert server.process.returncode in (0, -signal.SIGTERM)
        lines = [json.loads(line) for line in log.decode().splitlines()]
        (line,) = [line for line in lines if line["event"] == "request" and line["path"] == "/graphql"]
        assert (line["method"], line["status"]) == ("POST", 200)
        assert "s3cr3t" not in log.decode()
        assert not [line for line in lines if line["level"] == "error"]

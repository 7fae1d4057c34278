"""Who has an order open: seen by the colleagues who have it open, too, in whatever process; by nobody outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection

from backend.actions.orders.advance import advance
from backend.actions.people import users
from backend.actions.people.authenticate import authenticate
from backend.actions.people.clean_up import clean_up
from backend.actions.people.log_in import log_in
from backend.actions.people.users import UserCommand
from backend.models import db
from backend.queries import presence as queries
from backend.resolvers import presence
from backend.resolvers.context import Context
from backend.resolvers.presence import Presence
from backend.resolvers.schema import schema
from backend.resolvers.watching import Feeds
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api.conftest import PASSWORD, Api
from tests.api.test_server import Server, serving, socket_to, told
from tests.api.world import enter, second_site, statements, stock, straight_through

FEED = "subscription ($id: ID!) { orderPresence(orderId: $id) { name since mine } }"


@dataclass
class Window:
    """A person's socket."""

    client: ClientConnection

    async def open(self, order_id: UUID, name: str = "1") -> None:
        payload = {"query": FEED, "variables": {"id": encode_id("Order", order_id)}}
        await self.client.send(json.dumps({"type": "subscribe", "id": name, "payload": payload}))

    async def close(self, name: str = "1") -> None:
        await self.client.send(json.dumps({"type": "complete", "id": name}))

    async def heard(self, seconds: float = 5) -> Any:
        """Names, one's own in brackets; or the error."""
        message = json.loads(await asyncio.wait_for(self.client.recv(), seconds))
        if message["type"] == "error":
            return message["payload"][0]["extensions"]["code"]
        if errors := message["payload"].get("errors"):
            return errors[0]["message"]
        there = message["payload"]["data"]["orderPresence"]
        for one in there:
            assert abs(datetime.now(UTC) - datetime.fromisoformat(one["since"])) < timedelta(minutes=1)
        return [f"({one['name']})" if one["mine"] else one["name"] for one in there]

    async def silence(self, seconds: float = 1.5) -> None:
        with pytest.raises(TimeoutError):
            await self.heard(seconds)


@contextlib.asynccontextmanager
async def window(server: Server, email: str | None = None, *, key: str | None = None) -> AsyncIterator[Window]:
    token = (await log_in(email, PASSWORD, 1)).token if email else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {"Cookie": f"crossdock_session={token}"}
    async with socket_to(server, **headers) as client:
        assert (await told(client, {"type": "connection_init"}))["type"] == "connection_ack"
        yield Window(client)


@pytest.fixture
async def people(api: Api) -> None:
    del api  # Ann is there.
    await users.create(SYSTEM, UserCommand("ben@example.com", "Ben", [Role.VIEWER], password=PASSWORD))
    store = UserCommand("mia@example.com", "Mia", [Role.STORE_ASSOCIATE], sites=["S1"], password=PASSWORD)
    await users.create(SYSTEM, store)


async def windows() -> int:
    return int(await db.fetchval("SELECT count(*) FROM order_viewer"))


async def no_windows() -> None:
    async with asyncio.timeout(5):
        while await windows():  # noqa: ASYNC110 - the server's doing is waited for
            await asyncio.sleep(0.02)


@pytest.mark.usefixtures("people")
async def test_two_people_see_each_other_over_two_processes_until_one_closes(api: Api) -> None:
    order, other = await enter(1), await enter(2)
    url = api.settings.database_url or ""
    async with serving(url) as one, serving(url) as two:
        async with window(one, "ann@example.com") as ann, window(two, "ben@example.com") as ben:
            await ann.open(order.id)
            assert await ann.heard() == ["(Ann)"]
            await ben.open(other.id, "other")
            assert await ben.heard() == ["(Ben)"]
            await ben.open(order.id)
            assert await ben.heard() == ["Ann", "(Ben)"]
            assert await ann.heard() == ["(Ann)", "Ben"]
            await ben.close()
            assert await ann.heard() == ["(Ann)"]

            async with window(one, "ben@example.com") as again:  # In the same process, and the socket just breaks.
                await again.open(order.id)
                assert await again.heard() == ["Ann", "(Ben)"]
                assert await ann.heard() == ["(Ann)", "Ben"]
                again.client.transport.abort()
            assert await ann.heard() == ["(Ann)"]
            await ann.silence()
        await no_windows()


@pytest.mark.usefixtures("people")
async def test_somebody_with_two_windows_is_there_once_until_the_last_is_closed(api: Api) -> None:
    order = await enter(1)
    async with serving(api.settings.database_url or "") as server, window(server, "ann@example.com") as ann:
        await ann.open(order.id)
        assert await ann.heard() == ["(Ann)"]
        async with window(server, "ben@example.com") as ben, window(server, "ben@example.com") as more:
            await ben.open(order.id)
            assert await ann.heard() == ["(Ann)", "Ben"]
            await more.open(order.id)
            assert await more.heard() == ["Ann", "(Ben)"]
            await ann.silence()
            await ben.close()
            assert await ann.heard() == ["(Ann)", "Ben"]  # Since a little later.
            await more.close()
            assert await ann.heard() == ["(Ann)"]


@pytest.mark.usefixtures("people")
async def test_whoever_was_in_a_process_that_was_killed_is_gone_within_a_minute(api: Api) -> None:
    order = await enter(1)
    url = api.settings.database_url or ""
    assert queries.EXPIRES + presence._BEAT < 60
    async with (
        serving(url) as one,
        serving(url) as two,
        window(one, "ann@example.com") as ann,
        window(two, "ben@example.com") as ben,
    ):
        await ben.open(order.id)
        assert await ben.heard() == ["(Ben)"]
        await ann.open(order.id)
        assert await ann.heard() == ["Ben", "(Ann)"]
        two.process.kill()
        await two.process.wait()
        await ann.silence()
        assert await windows() == 2
        gone = "UPDATE order_viewer SET seen_at = seen_at - make_interval(secs => $1) WHERE user_id = $2"
        ben_id = await db.fetchval("SELECT id FROM app_user WHERE email = 'ben@example.com'")
        await db.execute(gone, queries.EXPIRES, ben_id)
        assert await ann.heard() == ["(Ann)"]
        await db.execute(gone, 3_600, ben_id)
        await clean_up()
        assert await windows() == 1


@pytest.mark.usefixtures("people")
async def test_a_server_that_ends_takes_its_windows_along(api: Api) -> None:
    order = await enter(1)
    async with serving(api.settings.database_url or "") as server, window(server, "ann@example.com") as ann:
        await ann.open(order.id)
        assert await ann.heard() == ["(Ann)"]
        server.process.terminate()
        await asyncio.wait_for(server.process.wait(), 15)
        assert await windows() == 0


@pytest.mark.usefixtures("people")
async def test_whoever_may_not_see_the_order_neither_sees_nor_is_seen(api: Api) -> None:
    await second_site()
    await stock("TEA")
    await stock("POT", site="S2")
    await straight_through()
    own, foreign = await enter(1, skus=("TEA",)), await enter(2, skus=("POT",))
    for order in (own, foreign):
        await advance(order.id)
    async with serving(api.settings.database_url or "") as server, window(server, "ann@example.com") as ann:
        for name, order in (("own", own), ("foreign", foreign)):
            await ann.open(order.id, name)
            assert await ann.heard() == ["(Ann)"]
        async with window(server, key=api.keys[Role.CHANNEL]) as channel:
            await channel.open(own.id)
            assert await channel.heard() == "FORBIDDEN"
        async with window(server, "mia@example.com") as mia:
            await mia.open(foreign.id)
            assert await mia.heard() == "There is no such order."
        async with window(server, "mia@example.com") as mia:
            await mia.open(UUID(int=1))
            assert await mia.heard() == "There is no such order."
        async with window(server, key=api.keys[Role.VIEWER]) as key:
            await key.open(own.id)
            assert await key.heard() == ["Ann"]
        await ann.silence()

        async with window(server, "mia@example.com") as mia:
            await mia.open(own.id)
            assert await mia.heard() == ["Ann", "(Mia)"]
            assert await ann.heard() == ["(Ann)", "Mia"]
            await db.execute("DELETE FROM app_user_site")
            await ann.close("own")  # Something to be told of: rights are asked for before.
            assert await mia.heard() == "There is no such order."
            await ann.open(own.id, "own")
            assert await ann.heard() == ["(Ann)"]


async def test_whoever_may_no_longer_see_it_is_no_longer_there_though_nothing_happens(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "RECHECK", 0.1)
    order, here = await enter(1), Feeds(api.settings.database_url or "")
    token = (await log_in("ann@example.com", PASSWORD, 1)).token
    context = Context(api.settings, here, identity=await authenticate(session_token=token), session_token=token)
    looks: Any = await schema.stream(FEED, variable_values={"id": encode_id("Order", order.id)}, context_value=context)
    first = await asyncio.wait_for(anext(looks), 5)
    assert [one["name"] for one in first.data["orderPresence"]] == ["Ann"]
    assert await windows() == 1
    await db.execute("DELETE FROM app_session")
    (error,) = (await asyncio.wait_for(anext(looks), 5)).errors
    assert error.extensions == {"code": "UNAUTHENTICATED"}
    await no_windows()
    await here.close()


async def test_what_many_watch_in_a_process_is_asked_for_together(api: Api, database: str) -> None:
    orders = [await enter(number) for number in range(1, 4)]
    ann = await db.fetchval("SELECT id FROM app_user WHERE email = 'ann@example.com'")
    async with statements(database) as asked:
        here = Presence()
        watching = [here.watch(orders[number % 3].id, ann) for number in range(60)]
        there = await asyncio.gather(*(asyncio.wait_for(anext(looks), 5) for looks in watching))
        assert [len(one) for one in there] == [1] * 60
        assert sum("INTO order_viewer" in query for query in asked) == 1
        assert sum("FROM order_viewer" in query for query in asked) == 2  # The same statement, and who is there.
        for looks in watching:
            await looks.aclose()
        await here.close()
        assert await windows() == 0


async def test_after_a_database_that_forgot_everybody_they_are_there_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await enter(1)
    ann = await db.fetchval("SELECT id FROM app_user WHERE email = 'ann@example.com'")
    monkeypatch.setattr(presence, "_LOOK", 0.05)
    here = Presence()
    looks = here.watch(order.id, ann)
    assert len(await asyncio.wait_for(anext(looks), 5)) == 1
    await db.disconnect()  # As when it crashes: its table is emptied.
    await asyncio.sleep(0.3)
    await db.connect(api.settings.database_url or "")
    await db.execute("TRUNCATE order_viewer")
    async with asyncio.timeout(5):
        while await windows() != 1:  # noqa: ASYNC110 - it comes back by itself
            await asyncio.sleep(0.02)
    await looks.aclose()
    await here.close()

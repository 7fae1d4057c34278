"""What is watched: nothing missed, nothing twice, nothing that one may not see, and no reader that cannot be lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from backend.actions.alerts.clear import clear
from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.jobs import run
from backend.actions.orders.advance import advance
from backend.actions.orders.note import note
from backend.actions.orders.suspend import suspend
from backend.actions.people.authenticate import Credential, authenticate
from backend.actions.people.log_in import log_in
from backend.models import db
from backend.models.log import Alert
from backend.models.orders import Order
from backend.queries import live
from backend.reactions.run_job import KINDS
from backend.resolvers.context import Context
from backend.resolvers.schema import schema
from backend.resolvers.watching import Feeds
from backend.rules.order_input import CustomerCommand
from backend.rules.permissions import READERS, SYSTEM
from backend.rules.vocabulary import ChannelKind, Role
from backend.schema.common import decode_id, encode_id
from tests.api.conftest import PASSWORD, Api
from tests.api.test_jobs import BULK, finished
from tests.api.world import alert, enter, second_site, statements, stock, straight_through

ORDERS = """subscription ($id: ID, $after: String) { orderEvents(orderId: $id, after: $after) {
  cursor event { kind message sequence } order { number suspended notes { body } } } }"""
ALERTS = "subscription ($after: String) { alerts(after: $after) { cursor alert { kind clearedAt } } }"
WORK = """subscription ($site: String!, $after: String) { siteWork(site: $site, after: $after) {
  cursor shippingOrder { number state site { code } } } }"""
QUEUES = "subscription { queues { name count } }"
JOB = "subscription ($id: ID!) { job(id: $id) { state done total } }"
BEGINNING = "0.0"

Watch = Callable[..., Any]


@pytest.fixture
async def log(api: Api) -> AsyncIterator[Feeds]:
    made = Feeds(api.settings.database_url or "")
    yield made
    await made.close()


@pytest.fixture
def watch(api: Api, log: Feeds) -> Watch:
    """Opens a feed; gives a function that waits for the next answer."""

    @asynccontextmanager
    async def opened(query: str, role: Role = Role.ADMIN, **variables: Any) -> AsyncIterator[Any]:
        key = api.keys[role]
        context = Context(api.settings, log, identity=await authenticate(api_key=key, session_token=None), api_key=key)
        source: Any = await schema.stream(query, variable_values=variables, context_value=context)

        async def following() -> Any:
            result = await asyncio.wait_for(anext(source), 10)
            return result.errors[0] if result.errors else next(iter(result.data.values()))

        try:
            yield following
        finally:
            await source.aclose()

    return opened


async def silence(following: Any, seconds: float = 0.5) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(following(), seconds)


@pytest.mark.concurrency
async def test_a_client_that_comes_and_goes_misses_nothing_and_sees_nothing_twice(watch: Watch) -> None:
    orders = [await enter(number) for number in range(1, 5)]

    async def write(order: Order) -> None:
        for number in range(25):
            await note(SYSTEM, order.id, f"Note {number}")

    writers = [asyncio.create_task(write(order)) for order in orders]
    seen: list[str] = []
    contents: list[tuple[str, str]] = []
    while len(seen) < 104:
        async with watch(ORDERS, after=seen[-1] if seen else BEGINNING) as following:
            for _ in range(min(random.randint(1, 15), 104 - len(seen))):
                message = await following()
                seen.append(message["cursor"])
                contents.append((message["order"]["number"], message["event"]["sequence"]))
    await asyncio.gather(*writers)
    rows = await db.fetch("SELECT xid || '.' || id AS cursor FROM event WHERE order_id IS NOT NULL ORDER BY xid, id")
    assert seen == [row["cursor"] for row in rows]
    assert sorted(contents) == [(order.number, sequence) for order in orders for sequence in range(1, 27)]


async def test_one_order_is_watched_from_now_on_and_shown_as_it_stands(watch: Watch) -> None:
    first, second = await enter(1), await enter(2)
    await note(SYSTEM, first.id, "Before")
    async with watch(ORDERS, id=encode_id("Order", first.id)) as following:
        task = asyncio.create_task(following())
        await asyncio.sleep(0.2)
        await note(SYSTEM, second.id, "Another's")
        await note(SYSTEM, first.id, "Now")
        message = await task
        assert message["event"]["kind"] == "order.note_added"
        assert [entry["body"] for entry in message["order"]["notes"]] == ["Before", "Now"]
        await suspend(SYSTEM, first.id, "Odd.")
        message = await following()
        assert (message["event"]["kind"], message["order"]["suspended"]) == ("order.suspended", True)


async def test_what_one_may_not_see_is_not_sent(watch: Watch) -> None:
    await second_site()
    await stock("TEA")
    await stock("POT", site="S2")
    await straight_through()
    await channels.create(SYSTEM, ChannelCommand("app", "App", ChannelKind.MOBILE, "USD"))
    own = await enter(1, skus=("TEA",))
    foreign = await enter(2, skus=("POT",), channel="app", customer=CustomerCommand("Cy", "C-3", "cy@example.com"))
    for order in (foreign, own):
        await advance(order.id)
        await alert(order.id)
        await note(SYSTEM, order.id, "The last.")

    for role in (Role.CHANNEL, Role.STORE_ASSOCIATE):
        async with watch(ORDERS, role, after=BEGINNING) as following:
            numbers = set()
            while True:
                message = await following()
                numbers.add(message["order"]["number"])
                if message["event"]["kind"] == "order.note_added":
                    break
            assert numbers == {own.number}
            await silence(following)
        async with watch(ALERTS, role, after=BEGINNING) as following:
            assert (await following())["alert"] == {"kind": "order.odd", "clearedAt": None}
            await silence(following)
        async with watch(ORDERS, role, id=encode_id("Order", foreign.id)) as following:
            assert (await following()).message == "There is no such order."

    async with watch(WORK, Role.STORE_ASSOCIATE, site="S1", after=BEGINNING) as following:
        work = (await following())["shippingOrder"]
        assert (work["number"], work["site"]) == (f"{own.number}-1", {"code": "S1"})
    async with watch(WORK, Role.STORE_ASSOCIATE, site="S2", after=BEGINNING) as following:
        await silence(following)
    async with watch(WORK, Role.FULFILLMENT, site="S2", after=BEGINNING) as following:
        assert (await following())["shippingOrder"]["number"] == f"{foreign.number}-1"
    async with watch(WORK, site="S9") as following:
        assert (await following()).message == "There is no such site."


async def test_an_alert_is_told_of_when_it_is_raised_and_when_it_is_cleared(watch: Watch) -> None:
    async with watch(ALERTS) as following:
        task = asyncio.create_task(following())
        await asyncio.sleep(0.2)
        await alert((await enter()).id)
        assert (await task)["alert"] == {"kind": "order.odd", "clearedAt": None}
        await clear(SYSTEM, (await Alert.get()).id)
        assert (await following())["alert"]["clearedAt"] is not None


async def test_a_lost_connection_is_opened_again_and_nothing_is_missed(watch: Watch) -> None:
    order = await enter()
    async with watch(ORDERS) as following:
        task = asyncio.create_task(following())
        await asyncio.sleep(0.2)
        await note(SYSTEM, order.id, "One")
        assert (await task)["event"]["message"] == "Note added."
        ended = await db.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1"
            " AND datname = current_database()",
            live.APPLICATION,
        )
        assert ended == 1
        await note(SYSTEM, order.id, "Two")
        assert [entry["body"] for entry in (await following())["order"]["notes"]] == ["One", "Two"]


async def test_one_connection_serves_all_and_is_given_up_with_the_last(watch: Watch, log: Feeds) -> None:
    order = await enter()
    async with watch(ORDERS) as one, watch(ORDERS) as two, watch(ALERTS) as three:
        tasks = [asyncio.create_task(following()) for following in (one, two)]
        other = asyncio.create_task(three())
        await asyncio.sleep(0.2)
        await note(SYSTEM, order.id, "One")
        assert [(await task)["event"]["kind"] for task in tasks] == ["order.note_added"] * 2
        connections = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()"
        )
        assert await db.fetchval(connections, live.APPLICATION) == 1
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)
    async with asyncio.timeout(5):
        while await db.fetchval(connections, live.APPLICATION):  # noqa: ASYNC110 - the server's doing is waited for
            await asyncio.sleep(0.02)


async def test_who_is_too_slow_is_let_go_and_comes_back(
    watch: Watch, log: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MAX_WAITING", 5)
    order = await enter()
    async with watch(ORDERS) as following:
        task = asyncio.create_task(following())
        await asyncio.sleep(0.2)
        await note(SYSTEM, order.id, "One")
        cursor = (await task)["cursor"]
        for number in range(8):
            await note(SYSTEM, order.id, f"More {number}")
        last = await db.fetchval("SELECT max(id) FROM event")
        async with asyncio.timeout(5):
            while log.position.event_id < last:  # noqa: ASYNC110 - the reader is waited for
                await asyncio.sleep(0.02)
        assert (await following()).extensions == {"code": "TOO_SLOW"}
    async with watch(ORDERS, after=cursor) as following:
        assert [(await following())["event"]["sequence"] for _ in range(8)] == list(range(3, 11))


async def test_queues_send_what_changed(watch: Watch) -> None:
    async with watch(QUEUES) as following, watch(QUEUES, Role.STORE_ASSOCIATE) as theirs:
        first = {queue["name"]: queue["count"] for queue in await following()}
        assert first["orders.suspended"] == 0
        assert len(first) > 20
        assert "payments.failed" not in {queue["name"] for queue in await theirs()}
        order = await enter()
        await suspend(SYSTEM, order.id, "Odd.")
        assert {"name": "orders.suspended", "count": 1} in await following()
        await silence(theirs, 1.5)


async def test_a_job_is_watched_until_it_is_finished(api: Api, watch: Watch) -> None:
    order = await enter()
    given = {"action": "orderSuspend", "reason": "Odd.", "orderIds": [encode_id("Order", order.id)]}
    gid = (await api.do(BULK, {"input": given}))["ordersBulk"]["job"]["id"]
    async with watch(JOB, id=gid) as following:
        assert await following() == {"state": "QUEUED", "done": 0, "total": 1}
        await finished(decode_id(gid, "Job"))
        assert await following() == {"state": "SUCCEEDED", "done": 1, "total": 1}
        with pytest.raises(StopAsyncIteration):
            await following()
    async with watch(JOB, Role.CUSTOMER_SERVICE, id=gid) as following:
        assert (await following()).message == "There is no such job."


async def test_a_job_is_told_of_chunk_by_chunk(api: Api, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_CHUNK", 1)
    jobs = []
    for numbers in ((1, 2), (3, 4)):
        orders = [encode_id("Order", (await enter(number)).id) for number in numbers]
        given = {"action": "orderSuspend", "reason": "Odd.", "orderIds": orders}
        jobs.append((await api.do(BULK, {"input": given}))["ordersBulk"]["job"]["id"])
    other, gid = jobs
    async with watch(JOB, id=gid) as following:
        assert await following() == {"state": "QUEUED", "done": 0, "total": 2}
        await finished(decode_id(other, "Job"))
        await run.run(decode_id(gid, "Job"), KINDS)
        assert await following() == {"state": "RUNNING", "done": 1, "total": 2}
        await run.run(decode_id(gid, "Job"), KINDS)
        assert await following() == {"state": "SUCCEEDED", "done": 2, "total": 2}


@pytest.mark.parametrize(
    ("change", "code"),
    [("revoked_at = now()", "UNAUTHENTICATED"), ("role = 'VIEWER'", "FORBIDDEN")],
)
async def test_rights_are_asked_for_again_before_each_message(watch: Watch, change: str, code: str) -> None:
    order = await enter()
    async with watch(ORDERS, Role.MANAGER, after=BEGINNING) as following:
        assert (await following())["event"]["kind"] == "order.created"
        await db.execute(f"UPDATE api_key SET {change} WHERE role = 'MANAGER'")
        await note(SYSTEM, order.id, "Not for you.")
        assert (await following()).extensions == {"code": code}


@pytest.mark.parametrize("cursor", ["", "1", "x.1", "1.²", "1." + "9" * 30])
async def test_a_cursor_of_something_else_is_refused(watch: Watch, cursor: str) -> None:
    async with watch(ALERTS, after=cursor) as following:
        assert (await following()).message == "This is not a cursor of this feed."


def test_everybody_watches_what_they_see() -> None:
    assert schema._schema.subscription_type is not None
    names = schema._schema.subscription_type.fields
    narrow = {name: schema.access["Subscription", name] for name in names if name == "orderPresence"}
    assert narrow == {"orderPresence": READERS - {Role.CHANNEL}}
    assert {schema.access["Subscription", name] for name in names if name not in narrow} == {READERS}


async def test_what_many_ask_at_the_same_moment_is_asked_once_and_each_sees_their_own(
    api: Api, log: Feeds, database: str
) -> None:
    await second_site()
    order = await enter(1)
    known = [Credential(api.keys[role]) for role in (Role.ADMIN, Role.CHANNEL, Role.STORE_ASSOCIATE)]
    session = Credential(None, (await log_in("ann@example.com", PASSWORD, 1)).token)
    nobody = [Credential("cd_nobody_secret"), Credential("nothing"), Credential(None, "nothing"), Credential(None)]
    async with statements(database) as asked:
        actors = await asyncio.gather(*(log.still(one) for one in 30 * [*known, session, *nobody]))
        assert sum("FROM api_key k" in query or "FROM app_session" in query for query in asked) == 2
        asked.clear()
        rows = await asyncio.gather(*(log.seen(actor, Order, [order.id]) for actor in actors if actor is not None))
        assert sum("FROM sales_order t" in query for query in asked) == 3  # The house, the channel, the store.
    roles = [[role.value for role in actor.roles] if actor else None for actor in actors[:8]]
    assert roles == [["ADMIN"], ["CHANNEL"], ["STORE_ASSOCIATE"], ["ADMIN"], None, None, None, None]
    assert [bool(found) for found in rows[:4]] == [True, True, False, True]

"""kill -9 at any moment, and a database that crashes: nothing is lost, nothing is doubled, and the books agree.

`CROSSDOCK_TEST_FAULTS=long` does more of it, and waits as long as it takes instead of making time pass.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.actions.fulfillment.automatic import pack_all, pick_all, ship_all
from backend.actions.orders.cancel import cancel
from backend.actions.workflows.create import StepCommand, WorkflowCommand
from backend.actions.workflows.create import create as create_workflow
from backend.integrations.postgres import EmbeddedPostgres
from backend.models import db
from backend.queries.verify import verify
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import LifecycleStep, StepMode
from tests.faults.crashing import crash
from tests.faults.dying_worker import PLACES
from tests.shop import ORDER_CREATE, Clients, open_shop, order_of
from tests.stack import Process, Stack, at_rest, free_port, time_passes, until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.alone]

LONG = os.environ.get("CROSSDOCK_TEST_FAULTS") == "long"
PLENTY = {"NORTH": dict.fromkeys("ABCD", 100_000), "SOUTH": dict.fromkeys("ABCD", 100_000)}


@pytest.fixture
def folder(open_dir: Path, request: pytest.FixtureRequest) -> Path:
    made = open_dir / str(request.node.name)
    made.mkdir()
    made.chmod(0o755)
    return made


@pytest.fixture
def stack(database: str, folder: Path) -> Iterator[Stack]:
    with Stack(database, folder) as stack:
        yield stack
        print(stack.said())  # Shown where the test fails.


async def offending() -> dict[str, Any]:
    return {finding.name: finding.rows for finding in await verify() if finding.rows}


async def some_time() -> None:
    """Real time does it too, in minutes."""
    if not LONG:
        await time_passes()


async def settled() -> None:
    await some_time()
    await at_rest(200 if LONG else 45)


def order_file(folder: Path, count: int) -> Path:
    path = folder / "orders.jsonl"
    orders = (order_of(("A", 1), ("B", 2), external_id=f"file-{number}") for number in range(count))
    path.write_text("".join(json.dumps(order) + "\n" for order in orders))
    return path


async def entered(prefix: str) -> int:
    return int(await db.fetchval("SELECT count(*) FROM sales_order WHERE external_id LIKE $1", f"{prefix}-%"))


async def test_kill_everything_in_the_middle_of_an_import(stack: Stack, folder: Path) -> None:
    """A file through the command and others through HTTP, at once; server, worker and import are killed together."""
    count, kills = (4000, 6) if LONG else (120, 2)
    key, port = await open_shop(PLENTY), free_port()
    path = order_file(folder, count)
    clients = Clients([f"http://127.0.0.1:{port}"], key)
    acknowledged: list[str] = []
    last_kill_is_over = asyncio.Event()

    async def channel(name: int) -> None:
        while not last_kill_is_over.is_set():
            external_id = f"http-{name}-{len(acknowledged)}"
            answer = await clients.do(ORDER_CREATE, order_of(("C", 1), ("D", 1), external_id=external_id), external_id)
            assert answer["userErrors"] == []
            acknowledged.append(answer["order"]["id"])

    running = await _start(stack, port, path)
    traffic = asyncio.gather(*(channel(name) for name in range(2)))
    for turn in range(1, kills + 1):
        await _far_enough(running[0], count * turn // (kills + 1))
        assert running[0].running, running[0].said()
        for process in running:
            process.kill()
        await some_time()
        running = await _start(stack, port, path)
    last_kill_is_over.set()
    await traffic
    assert await asyncio.to_thread(running[0].popen.wait, 200) == 0, running[0].said()
    await settled()
    sent = len(acknowledged)
    assert (await entered("file"), await entered("http"), len(set(acknowledged))) == (count, sent, sent)
    assert clients.retries > 0
    assert await _count("payment_transaction WHERE kind = 'AUTHORIZE' AND state = 'SUCCEEDED'") == count + sent
    assert await _count("sandbox_entry WHERE kind = 'AUTHORIZE' AND approved") == count + sent
    assert await _count("shipping_order WHERE state = 'WAITING_PICK'") == count + sent
    assert await db.fetchval("SELECT sum(allocated) FROM inventory_level") == count * 3 + sent * 2
    assert await offending() == {}
    said = await asyncio.to_thread(stack.run, "import", "orders", str(path))
    assert f"0 created, 0 changed, {count:,} unchanged, 0 refused" in said


async def _far_enough(importing: Process, rows: int) -> None:
    async def reached() -> bool:
        return await entered("file") >= rows or not importing.running

    await until(reached, f"{rows} rows are in", 120)


async def _start(stack: Stack, port: int, path: Path) -> list[Process]:
    worker = stack.worker()
    server = await asyncio.to_thread(stack.serve, port)
    return [stack.start("import", "orders", str(path), "--concurrency", "1"), worker, server]


async def test_the_worker_dies_around_every_call_to_the_gateway(stack: Stack, folder: Path) -> None:
    """Before the call, and after it was booked: the gateway's book is asked, and nobody pays twice."""
    each = 40 if LONG else 4
    deaths = folder / "deaths"
    deaths.mkdir()
    await open_shop(PLENTY)
    by_hand = [StepCommand(LifecycleStep.PICK_PACK, StepMode.MANUAL)]
    await create_workflow(SYSTEM, WorkflowCommand("at once", by_hand, "'paid' in order.tags", LifecycleStep.APPROVAL))
    for number in range(3 * each):
        await _enter(number, ["paid"] if number % 3 == 0 else [])
    await _work_until_at_rest(stack, deaths)
    for row in await db.fetch("SELECT id FROM sales_order WHERE 'paid' = ANY(tags)"):
        await cancel(SYSTEM, row["id"], "Changed their mind.")
    plain = await db.fetch("SELECT id FROM sales_order WHERE NOT 'paid' = ANY(tags) ORDER BY id")
    for row in plain[:each]:
        await cancel(SYSTEM, row["id"], "Changed their mind.")
    for row in plain[each:]:
        await _ship(row["id"])
    await _work_until_at_rest(stack, deaths)
    assert sorted(mark.name for mark in deaths.iterdir()) == sorted(PLACES)
    booked = await db.fetch(
        "SELECT kind, count(*), sum(amount) FROM sandbox_entry WHERE approved GROUP BY kind ORDER BY 1"
    )
    assert [tuple(row) for row in booked] == [
        ("AUTHORIZE", 3 * each, 3000 * 3 * each),
        ("CAPTURE", 2 * each, 3000 * 2 * each),
        ("REFUND", each, 3000 * each),
        ("VOID", each, 3000 * each),
    ]
    assert await _count("payment_transaction WHERE state <> 'SUCCEEDED'") == 0
    states = await db.fetch("SELECT state, count(*) FROM sales_order GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in states] == [("CANCELLED", 2 * each), ("CLOSED", each)]
    assert await offending() == {}


async def _enter(number: int, tags: list[str]) -> None:
    from backend.actions.imports.shapes import Shape
    from backend.actions.orders.create import create
    from backend.rules.order_input import CreateOrder

    given = order_of(("A", 3), external_id=f"order-{number}") | {"tags": tags}
    await create(SYSTEM, Shape(CreateOrder).read(json.dumps(given).encode()))


async def _ship(order_id: UUID) -> None:
    for row in await db.fetch("SELECT id FROM shipping_order WHERE order_id = $1", order_id):
        for verb in (pick_all, pack_all, ship_all):
            await verb(SYSTEM, row["id"])


async def _work_until_at_rest(stack: Stack, deaths: Path) -> None:
    """One worker after the other, until one survives and nothing is left to do."""
    for _ in range(len(PLACES) + 1):
        worker = stack.start(str(deaths), program=("-m", "tests.faults.dying_worker"))
        resting = asyncio.create_task(settled())
        death = asyncio.create_task(asyncio.to_thread(worker.popen.wait))
        await asyncio.wait({resting, death}, return_when=asyncio.FIRST_COMPLETED)
        if resting.done():
            resting.result()
            assert await asyncio.to_thread(worker.stop) == 0
            return
        resting.cancel()
        await asyncio.gather(resting, return_exceptions=True)
        assert await death == -signal.SIGKILL, worker.said()
    raise AssertionError("No worker survived.")


async def test_the_database_crashes_under_traffic(folder: Path) -> None:
    """PostgreSQL is stopped at once, without a checkpoint. What was acknowledged is there; nobody restarts us."""
    crashes, clients_at_once, seconds = (8, 16, 60.0) if LONG else (2, 4, 4.0)
    with EmbeddedPostgres(folder / "postgres") as postgres, Stack(postgres.start(), folder) as stack:
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(stack.database_url)
        try:
            key, port = await open_shop(PLENTY), free_port()
            stack.worker()
            await asyncio.to_thread(stack.serve, port)
            clients = Clients([f"http://127.0.0.1:{port}"], key)
            acknowledged = await _traffic(clients, clients_at_once, seconds, crash(postgres, crashes, seconds))
            await settled()
            known = await db.fetch("SELECT external_id FROM sales_order")
            assert len(known) == len({row["external_id"] for row in known})
            assert {row["external_id"] for row in known} == set(acknowledged)
            assert len(set(acknowledged.values())) == len(acknowledged) > 20
            assert clients.retries > 0
            assert clients.faults == []
            assert await _count("sandbox_entry WHERE kind = 'AUTHORIZE' AND approved") == len(acknowledged)
            assert await offending() == {}
            assert all(process.running for process in stack.processes[1:])
        finally:
            await db.disconnect()


async def _traffic(clients: Clients, at_once: int, seconds: float, meanwhile: Awaitable[None]) -> dict[str, str]:
    """The id of each acknowledged order by its external id; every order that was sent is acknowledged in the end."""
    acknowledged: dict[str, str] = {}
    end = time.monotonic() + seconds

    async def channel(name: int) -> None:
        number = 0
        while time.monotonic() < end or number == 0:
            external_id = f"{name}-{number}"
            answer = await clients.do(ORDER_CREATE, order_of(("A", 1), external_id=external_id), external_id)
            assert answer["userErrors"] == []
            acknowledged[external_id] = answer["order"]["id"]
            number += 1

    await asyncio.gather(meanwhile, *(channel(name) for name in range(at_once)))
    return acknowledged


async def _count(what: str) -> int:
    return int(await db.fetchval(f"SELECT count(*) FROM {what}"))

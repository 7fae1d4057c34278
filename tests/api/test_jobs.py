"""Work on many orders as a job: who may, what it says first, each order once whatever happens, cancelled halfway."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.actions.jobs.cancel import cancel
from backend.actions.jobs.run import Pieces, give_up, run
from backend.actions.jobs.start import Item, start
from backend.actions.orders import bulk
from backend.actions.orders.suspend import suspend
from backend.actions.people.clean_up import clean_up
from backend.config import get_settings
from backend.models import db
from backend.models.db import transaction
from backend.models.jobs import Job, JobItem
from backend.reactions.run_job import KINDS
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import Role
from backend.schema.common import decode_id, encode_id
from tests.api.conftest import Api, code_of
from tests.api.world import enter, stock

BULK = """mutation ($input: OrdersBulkInput!) { ordersBulk(input: $input) {
  job { id kind state done total failed errors { reference message } result finishedAt }
  userErrors { code message path } } }"""
JOB = "query ($id: ID!) { job(id: $id) { state done total failed errors { reference message } result } }"
CANCEL = "mutation ($id: ID!) { jobCancel(input: {jobId: $id}) { job { id } userErrors { code } } }"


@pytest.fixture
async def orders(api: Api) -> list[Any]:
    await stock("TEA", "CUP")
    return [await enter(number) for number in range(1, 6)]


async def asked(api: Api, role: Role = Role.MANAGER, **given: Any) -> Any:
    data = await api.do(BULK, {"input": given}, role=role)
    return data["ordersBulk"]


async def begun(api: Api, **given: Any) -> UUID:
    payload = await asked(api, **given)
    assert payload["userErrors"] == []
    return decode_id(payload["job"]["id"], "Job")


async def finished(job_id: UUID) -> Job:
    for _ in range(20):
        await run(job_id, KINDS)
        job = await Job.get(id=job_id)
        if job.finished_at is not None:
            return job
    raise AssertionError("The job does not end.")


async def holds() -> list[int]:
    rows = await db.fetch(
        "SELECT (SELECT count(*) FROM order_hold h WHERE h.order_id = o.id) AS holds FROM sales_order o ORDER BY number"
    )
    return [row["holds"] for row in rows]


async def test_one_verb_over_all_that_a_search_finds(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={"sku": ["TEA"], "channel": ["web"]})
    assert await holds() == [0] * 5
    queued = await db.fetchval("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = 'run_job'")
    assert str(job_id) in queued
    job = await finished(job_id)
    assert (job.state, job.done, job.total, job.failed) == ("SUCCEEDED", 5, 5, 0)
    assert job.result == {"succeeded": 5, "refused": {}}
    assert await holds() == [1] * 5
    key = await db.fetchval("SELECT DISTINCT actor FROM event WHERE kind = 'order.suspended'")
    assert key == "key: manager"


async def test_a_dry_run_says_what_would_happen_and_does_nothing(api: Api, orders: list[Any]) -> None:
    await suspend(SYSTEM, orders[0].id, "Checked.")
    before = await db.fetchval("SELECT count(*) FROM event WHERE order_id IS NOT NULL")
    ids = [encode_id("Order", order.id) for order in orders[:2]]
    job_id = await begun(api, action="orderResume", orderIds=ids, dryRun=True)
    job = await finished(job_id)
    assert (job.state, job.done, job.failed) == ("SUCCEEDED", 2, 1)
    assert job.result == {"succeeded": 1, "refused": {"INVALID_STATE": 1}}
    [error] = (await api.do(JOB, {"id": encode_id("Job", job_id)}, role=Role.MANAGER))["job"]["errors"]
    assert error["reference"] == orders[1].number
    assert error["message"]
    assert await db.fetchval("SELECT count(*) FROM event WHERE order_id IS NOT NULL") == before
    assert await db.fetchval("SELECT count(*) FROM order_hold WHERE released_at IS NULL") == 1


async def test_who_may_and_for_how_many(api: Api, orders: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [encode_id("Order", order.id) for order in orders]
    assert code_of(await api.ask(BULK, {"input": {"action": "orderApprove", "orderIds": ids}}, role=Role.VIEWER)) == (
        "FORBIDDEN"
    )
    refusals: list[tuple[Role, dict[str, Any], str]] = [
        (Role.FINANCE, {"action": "orderCancel", "reason": "x", "orderIds": ids}, "NOT_PERMITTED"),
        (Role.STORE_ASSOCIATE, {"action": "orderSuspend", "reason": "x", "orderIds": ids[:1]}, "NOT_FOUND"),
        (Role.MANAGER, {"action": "orderCreate", "orderIds": ids}, "INVALID"),
        (Role.MANAGER, {"action": "orderCancel", "orderIds": ids}, "INVALID"),
        (Role.MANAGER, {"action": "orderApprove"}, "INVALID"),
        (Role.MANAGER, {"action": "orderApprove", "orderIds": ids, "filter": {}}, "INVALID"),
        (Role.MANAGER, {"action": "orderApprove", "orderIds": []}, "INVALID"),
    ]
    monkeypatch.setattr(bulk, "MAX_ORDERS", 4)
    refusals.append((Role.CUSTOMER_SERVICE, {"action": "orderApprove", "filter": {}}, "LIMIT_EXCEEDED"))
    refusals.append((Role.CUSTOMER_SERVICE, {"action": "orderApprove", "orderIds": ids}, "LIMIT_EXCEEDED"))
    for role, given, code in refusals:
        payload = await asked(api, role, **given)
        assert [error["code"] for error in payload["userErrors"]] == [code], given
    assert await Job.all().count() == 0


async def test_a_job_is_of_who_asked_and_of_those_who_lead(api: Api, orders: list[Any]) -> None:
    made = await asked(api, Role.CUSTOMER_SERVICE, action="orderSuspend", reason="x", filter={})
    gid = made["job"]["id"]
    for role, sees in {Role.CUSTOMER_SERVICE: True, Role.ADMIN: True, Role.FINANCE: False, Role.CHANNEL: False}.items():
        assert ((await api.do(JOB, {"id": gid}, role=role))["job"] is not None) is sees, role
    refused = await api.do(CANCEL, {"id": gid}, role=Role.FINANCE)
    assert refused["jobCancel"]["userErrors"] == [{"code": "NOT_FOUND"}]
    assert (await Job.get(id=decode_id(gid, "Job"))).cancel_requested_at is None


async def test_each_order_once_though_workers_die_and_meet(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})
    left = 2

    async def dying(actor: Actor, given: Any, item: Item) -> None:
        nonlocal left
        await bulk.on_one(actor, given, item)
        left -= 1
        if left < 0:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await run(job_id, {bulk.KIND: Pieces(dying)})
    assert await holds() == [1, 1, 0, 0, 0]
    await asyncio.gather(run(job_id, KINDS), run(job_id, KINDS), run(job_id, KINDS))
    job = await finished(job_id)
    assert (job.state, job.done, job.failed) == ("SUCCEEDED", 5, 0)
    assert await holds() == [1] * 5
    await run(job_id, KINDS)
    assert await holds() == [1] * 5
    assert await db.fetchval("SELECT count(*) FROM event WHERE kind = 'job.finished'") == 1


@pytest.mark.slow
async def test_each_order_once_though_its_process_is_killed(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.api.dying_job", api.settings.database_url or "", str(job_id),
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert await asyncio.wait_for(worker.wait(), 30) == -signal.SIGKILL
    async with asyncio.timeout(5):
        while await holds() != [1, 1, 0, 0, 0]:  # noqa: ASYNC110 - the server has yet to notice
            await asyncio.sleep(0.02)
    assert (await Job.get(id=job_id)).done == 2
    job = await finished(job_id)
    assert (job.state, job.done, job.failed) == ("SUCCEEDED", 5, 0)
    assert await holds() == [1] * 5


async def test_cancelled_in_the_middle_what_was_done_stays_done(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})

    async def interrupted(actor: Actor, given: Any, item: Item) -> None:
        await bulk.on_one(actor, given, item)
        if item.reference == orders[1].number:
            stop.set()

    async def cancels() -> None:
        await stop.wait()
        await api.do(CANCEL, {"id": encode_id("Job", job_id)}, role=Role.MANAGER)

    stop = asyncio.Event()
    canceller = asyncio.create_task(cancels())
    await run(job_id, {bulk.KIND: Pieces(interrupted)})
    await canceller
    job = await finished(job_id)
    done = await JobItem.filter(job_id=job_id, state="DONE").count()
    assert 2 <= done <= 5
    assert (job.state, job.done) == ("CANCELLED" if done < 5 else "SUCCEEDED", done)
    assert await holds() == [1] * done + [0] * (5 - done)


async def test_a_cancelled_job_does_nothing_more(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})
    await cancel(SYSTEM, job_id)
    job = await finished(job_id)
    assert (job.state, job.done, job.total) == ("CANCELLED", 0, 5)
    assert await holds() == [0] * 5
    again = await api.do(CANCEL, {"id": encode_id("Job", job_id)}, role=Role.MANAGER)
    assert again["jobCancel"]["userErrors"] == [{"code": "INVALID_STATE"}]


async def test_whose_key_is_revoked_does_nothing_more(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})
    await db.execute("UPDATE api_key SET revoked_at = now()")
    job = await finished(job_id)
    assert (job.state, job.done) == ("FAILED", 0)
    assert job.result["reason"] == "Whoever asked for it may not act any more."
    assert await holds() == [0] * 5


async def test_a_job_that_is_given_up_says_so(api: Api, orders: list[Any]) -> None:
    job_id = await begun(api, action="orderSuspend", reason="Recall.", filter={})
    await give_up(job_id)
    await give_up(job_id)
    job = await Job.get(id=job_id)
    assert (job.state, job.done, job.result["succeeded"]) == ("FAILED", 0, 0)
    assert await db.fetchval("SELECT count(*) FROM event WHERE kind = 'job.finished'") == 1


async def test_jobs_are_listed_for_who_asked_and_all_for_those_who_lead(api: Api, orders: list[Any]) -> None:
    document = "{ jobs(first: 2) { totalCount nodes { kind action reason dryRun total own } } }"
    await begun(api, action="orderApprove", filter={})
    given = {"action": "orderSuspend", "reason": "Odd.", "filter": {}, "dryRun": True}
    assert (await asked(api, Role.CUSTOMER_SERVICE, **given))["userErrors"] == []
    shared = {"kind": "ordersBulk", "total": 5}
    approve = shared | {"action": "orderApprove", "reason": None, "dryRun": False}
    hold = shared | {"action": "orderSuspend", "reason": "Odd.", "dryRun": True}
    mine, theirs = {"own": True}, {"own": False}
    seen = ((Role.MANAGER, [hold | theirs, approve | mine]), (Role.CUSTOMER_SERVICE, [hold | mine]), (Role.VIEWER, []))
    for role, found in seen:
        assert await api.do(document, role=role) == {"jobs": {"totalCount": len(found), "nodes": found}}


async def test_old_jobs_are_forgotten_with_their_pieces(api: Api) -> None:
    kept = get_settings().job_days
    for number, days in ((1, kept + 1), (2, kept - 1)):
        async with transaction() as tx:
            job_id = await start(tx, SYSTEM, "ordersBulk", {}, [Item(None, str(number))])
            await tx.execute(
                "UPDATE job SET state = 'FAILED', finished_at = now() - make_interval(days => $2) WHERE id = $1",
                job_id,
                days,
            )
    await clean_up()
    assert [row["reference"] for row in await db.fetch("SELECT reference FROM job_item")] == ["2"]
    assert await db.fetchval("SELECT count(*) FROM job") == 1

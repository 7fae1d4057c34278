"""Files sent and imported by a job: each row taken or refused, tried first, again after a death, by who may."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from backend.actions.imports import receive
from backend.actions.jobs.cancel import cancel
from backend.actions.jobs.run import run
from backend.actions.people.clean_up import FILE_DAYS, clean_up
from backend.models import db
from backend.models.jobs import Job
from backend.reactions.run_job import KINDS
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from backend.schema.common import decode_id, encode_id
from tests.api.conftest import Api
from tests.api.test_jobs import JOB, finished
from tests.api.world import stock

IMPORT = """mutation ($input: ImportStartInput!) { importStart(input: $input) {
  job { id kind state total } userErrors { code path } } }"""
ORDER = {
    "channel": "web",
    "currency": "USD",
    "customer": {"name": "Ada"},
    "email": "ada@example.com",
    "shippingAddress": {"line1": "1 Way", "city": "Reno", "subdivision": "US-NV", "country": "US"},
    "lines": [{"sku": "TEA", "quantity": 1, "unitPrice": "2.00"}],
    "payments": [{"gateway": "sandbox", "method": "CARD", "amount": "2.00", "token": "sandbox_ok"}],
}


def order(number: int, **changes: Any) -> str:
    return json.dumps(ORDER | {"externalId": f"W-{number}"} | changes)


async def send(api: Api, body: bytes | str, role: Role | None = Role.MANAGER, kind: str = "application/json") -> Any:
    headers = {"content-type": kind} | ({"authorization": f"Bearer {api.keys[role]}"} if role else {})
    content = body.encode() if isinstance(body, str) else body
    return await api.http.post("/files", params={"name": "rows"}, content=content, headers=headers)


async def sent(api: Api, body: bytes | str, role: Role = Role.MANAGER, kind: str = "application/json") -> str:
    response = await send(api, body, role, kind)
    assert response.status_code == 201, response.text
    made: Mapping[str, str] = response.json()
    return made["id"]


async def asked(api: Api, role: Role = Role.MANAGER, **given: Any) -> Any:
    return (await api.do(IMPORT, {"input": given}, role=role))["importStart"]


async def begun(api: Api, role: Role = Role.MANAGER, **given: Any) -> UUID:
    payload = await asked(api, role, **given)
    assert payload["userErrors"] == []
    return decode_id(payload["job"]["id"], "Job")


async def told(api: Api, job_id: UUID) -> Any:
    return (await api.do(JOB, {"id": encode_id("Job", job_id)}, role=Role.MANAGER))["job"]


async def orders() -> list[str]:
    return [row["external_id"] for row in await db.fetch("SELECT external_id FROM sales_order ORDER BY external_id")]


async def test_orders_in_parts(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "_ROWS", 2)
    await stock("TEA")
    rows = [order(1), order(2, channel="moon"), order(3), "{", order(1), order(6)]
    response = await send(api, gzip.compress("\n".join(rows).encode()))
    assert (response.status_code, response.json()["rows"], response.json()["name"]) == (201, 6, "rows")
    file_id = response.json()["id"]

    tried = await finished(await begun(api, kind="ORDERS", fileId=file_id, dryRun=True))
    # Nothing stays of a try, so the order that comes twice is new both times.
    refused = {"succeeded": 4, "refused": {"INVALID": 1, "NOT_FOUND": 1}}
    assert tried.result == refused | {"created": 4, "changed": 0, "unchanged": 0}
    assert await orders() == []

    job_id = await begun(api, kind="ORDERS", fileId=file_id)
    done = await finished(job_id)
    assert done.result == refused | {"created": 3, "changed": 0, "unchanged": 1}
    assert (done.done, done.total, done.failed, done.state) == (6, 6, 2, "SUCCEEDED")
    assert await orders() == ["W-1", "W-3", "W-6"]
    errors = (await told(api, job_id))["errors"]
    assert [error["reference"] for error in errors] == ["line 2", "line 4"]
    assert errors[0]["message"].startswith("channel: ")

    again = await finished(await begun(api, kind="ORDERS", fileId=file_id))
    assert again.result == refused | {"created": 0, "changed": 0, "unchanged": 4}


async def test_counts_as_csv(api: Api) -> None:
    await stock("TEA", "CUP", quantity=5)
    body = "site,sku,quantity\nS1,TEA,7\nS1,CUP,five\nS1,CUP,5\nS9,TEA,1\n"
    file_id = await sent(api, body, Role.FULFILLMENT, "text/csv; charset=utf-8")
    job_id = await begun(api, Role.FULFILLMENT, kind="INVENTORY", fileId=file_id)
    job = await finished(job_id)
    assert job.result == {
        "succeeded": 2, "refused": {"INVALID": 1, "NOT_FOUND": 1}, "created": 0, "changed": 1, "unchanged": 1,
    }  # fmt: skip
    levels = await db.fetch("SELECT sku, on_hand FROM inventory_level ORDER BY sku")
    assert [tuple(row) for row in levels] == [("CUP", 5), ("TEA", 7)]
    assert [error["reference"] for error in (await told(api, job_id))["errors"]] == ["line 3", "line 5"]


async def test_products_and_sites(api: Api) -> None:
    address = {"line1": "1 Way", "city": "Reno", "country": "US"}
    site = {"code": "DC", "name": "Depot", "kind": "WAREHOUSE", "timezone": "UTC", "capabilities": ["SHIP"]}
    for kind, rows in (("PRODUCTS", [{"sku": "A", "name": "Tea"}]), ("SITES", [site | {"address": address}])):
        job = await finished(await begun(api, kind=kind, fileId=await sent(api, json.dumps(rows))))
        assert job.result["created"] == 1, job.result
    assert await db.fetchval("SELECT count(*) FROM inventory_site WHERE code = 'DC'") == 1


async def test_cancelled_between_parts(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "_ROWS", 1)
    file_id = await sent(api, "\n".join(json.dumps({"sku": f"P-{n}", "name": "Tea"}) for n in range(3)))
    job_id = await begun(api, kind="PRODUCTS", fileId=file_id)
    monkeypatch.setattr("backend.actions.jobs.run._CHUNK", 1)
    await run(job_id, KINDS)
    await cancel(SYSTEM, job_id)
    await run(job_id, KINDS)
    job = await Job.get(id=job_id)
    assert (job.state, job.done, job.total) == ("CANCELLED", 1, 3)
    assert job.result == {"succeeded": 1, "refused": {}, "created": 1, "changed": 0, "unchanged": 0}
    assert await db.fetchval("SELECT count(*) FROM product") == 1


async def test_a_part_that_is_done_and_not_ticked_is_found_done(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    await stock("TEA")
    job_id = await begun(api, kind="ORDERS", fileId=await sent(api, f"[{order(1)}, {order(2)}]"))

    class Died(BaseException):
        pass

    async def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("backend.actions.jobs.run._settle", die)
        with pytest.raises(Died):
            await run(job_id, KINDS)
    assert await orders() == ["W-1", "W-2"]
    job = await finished(job_id)
    assert (job.done, job.result["created"], job.result["unchanged"]) == (2, 0, 2)
    assert await orders() == ["W-1", "W-2"]


async def test_who_may(api: Api) -> None:
    assert (await send(api, "[]", None)).status_code == 401
    assert (await send(api, "[{}]", Role.VIEWER)).status_code == 403
    file_id = await sent(api, "[{}]", Role.CHANNEL)
    refusals = [
        (Role.CHANNEL, {"kind": "PRODUCTS", "fileId": file_id}, "NOT_PERMITTED", ["kind"]),
        (Role.MANAGER, {"kind": "PRODUCTS", "fileId": file_id}, "NOT_FOUND", ["fileId"]),
        (Role.MANAGER, {"kind": "PRODUCTS", "fileId": encode_id("Order", UUID(int=1))}, "INVALID", ["fileId"]),
    ]
    for role, given, code, path in refusals:
        payload = await asked(api, role, **given)
        assert payload == {"job": None, "userErrors": [{"code": code, "path": path}]}, given
    assert await Job.all().count() == 0


async def test_an_order_of_another_channel_is_not_imported_with_a_key(api: Api) -> None:
    file_id = await sent(api, order(1, channel="other"), Role.CHANNEL)
    job = await finished(await begun(api, Role.CHANNEL, kind="ORDERS", fileId=file_id))
    assert (job.failed, await orders()) == (1, [])


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("[]", "application/json", 400),
        ("", "text/csv", 400),
        ("[{}", "application/json", 400),
        (gzip.compress(b"{}\n" * 9_000, mtime=0)[:40], "application/json", 400),
        ("a,a\n1,2\n", "text/csv", 400),
        ("{}", "text/plain", 415),
    ],
)
async def test_what_cannot_be_taken(api: Api, body: bytes | str, kind: str, status: int) -> None:
    response = await send(api, body, kind=kind)
    assert response.status_code == status, response.text
    [error] = response.json()["errors"]
    assert error["message"]
    assert error["extensions"]["code"] in ("INVALID", "BAD_USER_INPUT")


async def test_a_file_that_is_too_large(api: Api) -> None:
    headers = {"authorization": f"Bearer {api.keys[Role.MANAGER]}", "content-type": "application/json"}
    announced = headers | {"content-length": str(api.settings.file_limit_bytes + 1)}
    response = await api.http.post("/files", content=b"{}", headers=announced)
    assert response.status_code == 413
    assert await db.fetchval("SELECT count(*) FROM uploaded_file") == 0


async def test_old_files_are_forgotten(api: Api) -> None:
    await sent(api, "[{}]")
    await db.execute("UPDATE uploaded_file SET created_at = now() - make_interval(days => $1)", FILE_DAYS + 1)
    kept = await sent(api, "[{}]")
    await clean_up()
    rows = await db.fetch("SELECT f.id FROM uploaded_file f JOIN uploaded_file_part p ON p.file_id = f.id")
    assert [row["id"] for row in rows] == [decode_id(kept, "File")]

"""Recurring orders over the API: entered, seen by those who may, made, and told of on their orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.actions.recurring.run_due import run_due
from backend.models import db
from backend.rules.vocabulary import Role
from tests.api import world
from tests.api.conftest import Api

SEEN = """id number state version schedule timezone nextRunAt retryAt failures problem upcoming(first: 3) currency email
  channel { code } customer { name } lines { sku quantity unitPrice } shippingAddress { city }
  runs { outcome dueAt order { number } } orders { totalCount nodes { number recurringOrder { number } } }
  availableActions { action enabled }"""
CREATE = f"""mutation($input: RecurringOrderCreateInput!) {{ recurringOrderCreate(input: $input) {{
  recurringOrder {{ {SEEN} }} userErrors {{ code path message }} }} }}"""
VERB = """mutation($input: RecurringOrderIdInput!) { VERB(input: $input) {
  recurringOrder { state version nextRunAt upcoming } userErrors { code path } } }"""
ONE = f"query($number: String) {{ recurringOrder(number: $number) {{ {SEEN} }} }}"
LIST = """query($filter: RecurringOrderFilter) {
  recurringOrders(filter: $filter, first: 10) { totalCount nodes { number } } }"""


def order(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "web",
        "currency": "USD",
        "email": "ann@example.com",
        "customer": {"name": "Ann", "externalId": "C-1"},
        "shippingAddress": {"line1": "1 Main St", "city": "Reno", "country": "US"},
        "lines": [{"sku": "TEA", "quantity": 2, "unitPrice": "9.50"}],
        "payments": [{"gateway": "sandbox", "method": "CARD", "amount": "19.00", "token": "sandbox_ok"}],
        **changes,
    }


def given(**changes: Any) -> dict[str, Any]:
    start = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0).isoformat()
    return {"order": order(), "schedule": "FREQ=WEEKLY", "timezone": "UTC", "startAt": start, **changes}


async def test_it_is_entered_made_and_told_of(api: Api) -> None:
    await world.stock("TEA", quantity=10)
    asked = given()
    made = (await api.do(CREATE, {"input": asked}, role=Role.CHANNEL))["recurringOrderCreate"]
    assert made["userErrors"] == []
    one = made["recurringOrder"]
    start = datetime.fromisoformat(asked["startAt"])
    assert [datetime.fromisoformat(at) for at in one["upcoming"]] == [start + timedelta(weeks=n) for n in range(3)]
    assert (one["state"], one["version"], one["currency"], one["channel"]) == ("ACTIVE", 1, "USD", {"code": "web"})
    assert one["lines"] == [{"sku": "TEA", "quantity": 2, "unitPrice": "9.50"}]
    assert one["shippingAddress"] == {"city": "Reno"}
    assert "sandbox_ok" not in str(made)
    enabled = {it["action"] for it in one["availableActions"] if it["enabled"]}
    assert enabled == {f"recurringOrder{verb}" for verb in ("Edit", "Pause", "Skip", "RunNow", "Cancel")}

    await db.execute("UPDATE recurring_order SET start_at = now(), next_at = now(), run_at = now()")
    assert await run_due() == 1
    seen = (await api.do(ONE, {"number": one["number"]}))["recurringOrder"]
    [number] = [it["number"] for it in seen["orders"]["nodes"]]
    assert seen["orders"]["nodes"] == [{"number": number, "recurringOrder": {"number": one["number"]}}]
    assert [(run["outcome"], run["order"]) for run in seen["runs"]] == [("MADE", {"number": number})]
    assert seen["customer"] == {"name": "Ann"}


async def test_verbs_and_their_refusals(api: Api) -> None:
    one = (await api.do(CREATE, {"input": given()}))["recurringOrderCreate"]["recurringOrder"]

    async def do(verb: str, version: int | None = None) -> Any:
        document = VERB.replace("VERB", f"recurringOrder{verb}")
        given_in = {"recurringOrderId": one["id"], "expectedVersion": version}
        return (await api.do(document, {"input": given_in}))[f"recurringOrder{verb}"]

    paused = (await do("Pause", 1))["recurringOrder"]
    assert paused == {"state": "PAUSED", "version": 2, "nextRunAt": None, "upcoming": []}
    assert (await do("Pause"))["userErrors"] == [{"code": "INVALID_STATE", "path": None}]
    assert (await do("Resume", 1))["userErrors"] == [{"code": "STALE", "path": ["expectedVersion"]}]
    assert (await do("Resume", 2))["recurringOrder"]["nextRunAt"] == one["nextRunAt"]
    assert (await do("Skip"))["recurringOrder"]["nextRunAt"] == one["upcoming"][1]
    assert (await do("Cancel"))["recurringOrder"]["state"] == "CANCELLED"


async def test_what_is_wrong_is_told_with_its_path(api: Api) -> None:
    for changed, path in (
        ({"schedule": "FREQ=SOMETIMES"}, ["schedule"]),
        ({"timezone": "Mars/Base"}, ["timezone"]),
        ({"startAt": "1990-01-01T00:00:00Z"}, ["startAt"]),
        ({"order": order(externalId="X")}, ["order", "externalId"]),
        ({"order": order(lines=[], payments=[])}, ["order", "lines"]),
        ({"order": order(currency="EUR")}, ["order", "currency"]),
    ):
        answer = (await api.do(CREATE, {"input": given(**changed)}))["recurringOrderCreate"]
        assert (answer["recurringOrder"], [it["path"] for it in answer["userErrors"]]) == (None, [path])
    assert await db.fetchval("SELECT count(*) FROM recurring_order") == 0


async def test_who_sees_what(api: Api) -> None:
    one = (await api.do(CREATE, {"input": given()}))["recurringOrderCreate"]["recurringOrder"]
    await db.execute("UPDATE recurring_order SET channel_id = (SELECT id FROM channel WHERE code = 'web')")
    for role, found in ((Role.CHANNEL, 1), (Role.STORE_ASSOCIATE, 0), (Role.VIEWER, 1)):
        assert (await api.do(LIST, role=role))["recurringOrders"]["totalCount"] == found
        assert ((await api.do(ONE, {"number": one["number"]}, role=role))["recurringOrder"] is not None) == (found > 0)
    for filtered, found in (({"state": ["PAUSED"]}, 0), ({"channel": ["web"]}, 1), ({"failing": True}, 0)):
        assert (await api.do(LIST, {"filter": filtered}))["recurringOrders"]["totalCount"] == found

"""Alerts in the list: assigned, put off, grouped; each in the scope of whoever does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.actions.alerts.clear import clear
from backend.actions.orders.advance import advance
from backend.models import db
from backend.models.fulfillment import ShippingOrder
from backend.models.log import Alert, Event
from backend.models.returns import Return
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api.conftest import Api
from tests.api.world import alert, enter, full, second_site, stock, straight_through

LIST = "query ($filter: AlertFilter) { alerts(filter: $filter) { nodes { kind snoozedUntil assignee { name } } } }"
GROUPS = "query ($filter: AlertFilter) { alertGroups(filter: $filter) { kind severity count } }"
ASSIGN = """
mutation ($input: AlertAssignInput!) {
  alertAssign(input: $input) { alert { assignee { name } } userErrors { code path } }
}
"""
SNOOZE = """
mutation ($input: AlertSnoozeInput!) { alertSnooze(input: $input) { alert { snoozedUntil } userErrors { code path } } }
"""


async def kinds(api: Api, **criteria: Any) -> list[str]:
    found = (await api.do(LIST, {"filter": criteria}))["alerts"]["nodes"]
    return sorted(node["kind"] for node in found)


async def three(api: Api) -> list[str]:
    """The ids of two alerts of one kind, of two orders, and one of the house."""
    await stock("TEA", "CUP")
    made = [await alert((await enter(number)).id) for number in (1, 2)]
    made.append(await alert(kind="house.odd"))
    assert all(made)
    return [encode_id("Alert", alert_id) for alert_id in made if alert_id is not None]


async def test_an_alert_is_put_off_and_comes_back(api: Api) -> None:
    first, *_ = await three(api)
    until = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    put_off = (await api.do(SNOOZE, {"input": {"alertId": first, "until": until.isoformat()}}))["alertSnooze"]
    assert put_off == {"alert": {"snoozedUntil": until.isoformat().replace("+00:00", "Z")}, "userErrors": []}
    assert await kinds(api, snoozed=False) == ["house.odd", "order.odd"]
    assert await kinds(api, snoozed=True) == ["order.odd"]
    await db.execute("UPDATE alert SET snoozed_until = now() - interval '1 second' WHERE snoozed_until IS NOT NULL")
    assert await kinds(api, snoozed=False) == ["house.odd", "order.odd", "order.odd"]
    for wrong in (datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(days=91)):
        refused = (await api.do(SNOOZE, {"input": {"alertId": first, "until": wrong.isoformat()}}))["alertSnooze"]
        assert refused == {"alert": None, "userErrors": [{"code": "INVALID", "path": ["until"]}]}
    back = (await api.do(SNOOZE, {"input": {"alertId": first}}))["alertSnooze"]
    assert back == {"alert": {"snoozedUntil": None}, "userErrors": []}
    assert await Event.filter(kind="alert.snoozed").count() == 2


async def test_an_alert_is_assigned(api: Api) -> None:
    first, second, _ = await three(api)
    user = await db.fetchrow("SELECT id, name FROM app_user ORDER BY id LIMIT 1")
    assert user is not None
    ann = encode_id("User", user["id"])
    told = (await api.do(ASSIGN, {"input": {"alertId": first, "userId": ann}}))["alertAssign"]
    assert told == {"alert": {"assignee": {"name": user["name"]}}, "userErrors": []}
    assert await kinds(api, assigneeId=ann) == ["order.odd"]
    assert await kinds(api, unassigned=True) == ["house.odd", "order.odd"]
    assert (await api.do(ASSIGN, {"input": {"alertId": first}}))["alertAssign"]["alert"] == {"assignee": None}
    nobody = encode_id("User", UUID(int=7))
    unknown = (await api.do(ASSIGN, {"input": {"alertId": first, "userId": nobody}}))["alertAssign"]["userErrors"]
    assert unknown == [{"code": "NOT_FOUND", "path": ["userId"]}]
    hidden = await api.do(ASSIGN, {"input": {"alertId": first, "userId": ann}}, role=Role.STORE_ASSOCIATE)
    assert hidden["alertAssign"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["alertId"]}]
    await db.execute("UPDATE alert SET cleared_at = now(), cleared_by = 'ann'")
    late = (await api.do(ASSIGN, {"input": {"alertId": second, "userId": ann}}))["alertAssign"]["userErrors"]
    assert late == [{"code": "INVALID_STATE", "path": ["alertId"]}]


async def test_alerts_are_grouped_by_kind(api: Api) -> None:
    await three(api)
    await db.execute("UPDATE alert SET severity = 'CRITICAL' WHERE kind = 'house.odd'")
    groups = (await api.do(GROUPS, {"filter": {"cleared": False}}))["alertGroups"]
    assert groups == [
        {"kind": "house.odd", "severity": "CRITICAL", "count": 1},
        {"kind": "order.odd", "severity": "WARNING", "count": 2},
    ]
    assert (await api.do(GROUPS, {"filter": {"cleared": True}}))["alertGroups"] == []
    own = (await api.do(GROUPS, role=Role.CHANNEL))["alertGroups"]
    assert own == groups[1:]


BY_RECORD = "query ($filter: AlertFilter) { alerts(filter: $filter) { totalCount nodes { kind } } }"
OF_RETURN = "query ($id: ID!) { node(id: $id) { ... on Return { alerts { kind clearedAt } } } }"


async def test_alerts_are_found_by_what_they_are_about(api: Api) -> None:
    await second_site()
    await stock("TEA", "CUP")
    await straight_through()
    order = await full(1)  # With an alert of its own.
    other = await enter(2, skus=("RARE",))
    await advance(other.id)  # No site has it.
    work = await ShippingOrder.get(order_id=order.id)
    rma = await Return.get(order_id=order.id)
    await alert(order.id, kind="work.odd", shipping_order_id=work.id)
    await alert(order.id, kind="return.odd", rma_id=rma.id)
    await alert(kind="site.odd", site_id=api.site_id)
    await alert(kind="sku.odd", sku="TEA", site_id=await db.fetchval("SELECT id FROM inventory_site WHERE code = 'S2'"))
    backordered = ["order.backordered"]
    assert [it.kind for it in await Alert.filter(order_id=other.id)] == backordered

    async def kinds_of(role: Role = Role.ADMIN, **criteria: Any) -> list[str]:
        found = (await api.do(BY_RECORD, {"filter": criteria}, role=role))["alerts"]
        assert found["totalCount"] == len(found["nodes"])
        return sorted(node["kind"] for node in found["nodes"])

    at_first = ["return.odd", "site.odd", "work.odd"]
    assert await kinds_of(orderId=encode_id("Order", order.id)) == ["order.odd", "return.odd", "work.odd"]
    assert await kinds_of(shippingOrderId=encode_id("ShippingOrder", work.id)) == ["work.odd"]
    assert await kinds_of(returnId=encode_id("Return", rma.id)) == ["return.odd"]
    assert await kinds_of(site=["S1"]) == at_first
    assert await kinds_of(site=["S1", "S2"]) == sorted([*at_first, "sku.odd"])
    assert await kinds_of(site=["S9"]) == []
    assert await kinds_of(sku=["TEA"]) == ["sku.odd"]
    assert await kinds_of(sku=["RARE"]) == backordered
    assert await kinds_of(sku=["TEA"], site=["S1"]) == []
    await clear(SYSTEM, (await Alert.get(kind="work.odd")).id)
    assert await kinds_of(site=["S1"], cleared=False) == ["return.odd", "site.odd"]
    for role, seen in ((Role.STORE_ASSOCIATE, at_first), (Role.CHANNEL, ["return.odd", "work.odd"])):
        assert await kinds_of(role, site=["S1", "S2"]) == seen
    assert await kinds_of(Role.STORE_ASSOCIATE, sku=["TEA", "RARE"]) == []

    shown = (await api.do(OF_RETURN, {"id": encode_id("Return", rma.id)}))["node"]["alerts"]
    assert shown == [{"kind": "return.odd", "clearedAt": None}]
    answer = await api.ask(BY_RECORD, {"filter": {"orderId": encode_id("Return", rma.id)}})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"

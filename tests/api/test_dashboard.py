"""Queues count what their lists find; sales add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.orders.advance import advance
from backend.actions.orders.cancel import cancel
from backend.actions.orders.suspend import suspend
from backend.models import db
from backend.reactions.fold_dashboard import fold_dashboard, refill
from backend.rules.alert_rules import QUEUES as QUEUE_NAMES
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, Role
from tests.api.conftest import Api, code_of
from tests.api.world import alert, enter, full, statements, stock, straight_through

QUEUES = "{ dashboard { queues { name title count priority oldestAt list filter } } }"
FILTERS = {
    "orders": "OrderFilter",
    "shippingOrders": "ShippingOrderFilter",
    "returns": "ReturnFilter",
    "payments": "PaymentFilter",
}


async def queues(api: Api, role: Role = Role.ADMIN) -> dict[str, dict[str, Any]]:
    found = (await api.do(QUEUES, role=role))["dashboard"]["queues"]
    return {queue["name"]: queue for queue in found}


async def test_each_queue_opens_the_records_that_it_counts(api: Api, database: str) -> None:
    await stock("TEA", "CUP")
    await enter(1, draft=True)
    await enter(2, skus=("GONE",))
    approved = await enter(3)
    await suspend(SYSTEM, (await enter(4)).id, "Odd.")
    for order in (await enter(5), approved):
        await advance(order.id)
    await straight_through()
    await full(6)
    await advance((await enter(7, skus=("GONE",))).id)
    await db.execute("UPDATE shipping_order SET ship_by = now() - interval '1 hour'")
    await db.execute("UPDATE payment SET authorization_expires_at = now() + interval '1 hour'")
    await db.execute("UPDATE payment SET status = 'FAILED' WHERE id IN (SELECT id FROM payment ORDER BY id LIMIT 1)")
    work = await db.fetchval("SELECT id FROM shipping_order ORDER BY id LIMIT 1")
    await alert(approved.id, shipping_order_id=work)
    found = await queues(api)
    assert list(found) == list(QUEUE_NAMES)
    for queue in found.values():
        query = (
            f"query ($filter: {FILTERS[queue['list']]}) {{ list: {queue['list']}(filter: $filter) {{ totalCount }} }}"
        )
        listed = await api.do(query, {"filter": queue["filter"]})
        assert listed["list"]["totalCount"] == queue["count"], queue
        assert (queue["oldestAt"] is None) == (queue["count"] == 0)
    counts = {name: queue["count"] for name, queue in found.items()}
    assert counts["orders.incomplete"] == 1
    assert found["orders.incomplete"]["oldestAt"] == "2026-05-01T08:01:00Z"
    assert counts["orders.suspended"] == 1
    assert counts["orders.backordered"] == 1
    assert counts["returns.waitingApproval"] == 1
    assert counts["payments.failed"] == 1
    assert counts["shippingOrders.late"] == counts["shippingOrders.waitingPick"] == 2
    assert counts["shippingOrders.alerted"] == 1
    assert counts["payments.expiring"] > 0
    async with statements(database) as asked:
        await queues(api)
        asked.clear()
        await queues(api)
        assert len(asked) == 3, asked  # log-in, whether anything is kept, and all queues at once


async def test_queues_count_in_the_actors_scope(api: Api) -> None:
    await stock("TEA", "CUP")
    await enter(1, draft=True, payments=[])
    await channels.create(SYSTEM, ChannelCommand("app", "App", ChannelKind.MOBILE, "USD"))
    await enter(2, draft=True, channel="app", payments=[])
    counts = {role: (await queues(api, role))["orders.incomplete"]["count"] for role in Role}
    assert counts == dict.fromkeys(Role, 2) | {Role.CHANNEL: 1, Role.STORE_ASSOCIATE: 0}
    assert "payments.failed" not in await queues(api, Role.STORE_ASSOCIATE)


async def test_sales_by_day_and_currency(api: Api) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await stock("TEA", "CUP")
    await channels.create(SYSTEM, ChannelCommand("tokyo", "Tokyo", ChannelKind.STORE, "JPY"))
    for days in (0, 0, 1, 3):
        await enter(days, external_id=None, placed_at=today - timedelta(days=days), payments=[])
    await enter(8, placed_at=today - timedelta(days=1), draft=True)
    gone = await enter(9, placed_at=today)
    await cancel(SYSTEM, gone.id, "Changed their mind.")
    await db.execute("UPDATE sales_order SET currency = 'JPY' WHERE placed_at = $1", today - timedelta(days=3))
    await fold_dashboard()
    sales = (await api.do("{ dashboard { sales(days: 4) { from to orders units revenue { amount currency } } } }"))[
        "dashboard"
    ]["sales"]
    assert [(it["orders"], it["units"], it["revenue"]["amount"], it["revenue"]["currency"]) for it in sales] == [
        (1, 4, "1800", "JPY"),
        (0, 0, "0", "JPY"),
        (1, 4, "18.00", "USD"),
        (2, 8, "36.00", "USD"),
    ]
    assert sales[3]["from"] == today.isoformat().replace("+00:00", "Z")
    assert sales[0]["to"] == sales[1]["from"]
    assert len((await api.do("{ dashboard { sales { orders } } }"))["dashboard"]["sales"]) == 7
    for days in (0, 367):
        assert code_of(await api.ask(f"{{ dashboard {{ sales(days: {days}) {{ orders }} }} }}")) == "BAD_USER_INPUT"


BY = """
query ($by: SalesBy!, $channel: [String!]) {
  dashboard { salesBy(by: $by, days: 30, channel: $channel, first: 3) { name orders units revenue { amount } } }
}
"""


async def by(api: Api, cut: str, role: Role = Role.ADMIN, channel: list[str] | None = None) -> list[tuple[Any, ...]]:
    found = await api.do(BY, {"by": cut, "channel": channel}, role=role)
    rows = found["dashboard"]["salesBy"]
    return [(row["name"], row["orders"], row["units"], row["revenue"]["amount"]) for row in rows]


async def test_sales_cut_by_channel_site_and_item(api: Api) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    await stock("TEA", "CUP", quantity=10)
    await channels.create(SYSTEM, ChannelCommand("app", "App", ChannelKind.MOBILE, "USD"))
    await straight_through()
    await advance((await enter(1, placed_at=today)).id)
    await enter(2, skus=("TEA",), placed_at=today - timedelta(days=2), channel="app")
    await fold_dashboard()
    days = [(str((today - timedelta(days=2)).date()), 1, 2, "9.00"), (str(today.date()), 1, 4, "18.00")]
    assert await by(api, "DAY") == days
    assert await by(api, "CHANNEL") == [("web", 1, 4, "18.00"), ("app", 1, 2, "9.00")]
    assert await by(api, "ITEM") == [("TEA", 2, 4, "18.00"), ("CUP", 1, 2, "9.00")]
    assert await by(api, "SITE") == [("S1", 1, 4, "18.00")]
    assert await by(api, "DAY", channel=["app"]) == days[:1]
    assert await by(api, "CHANNEL", Role.CHANNEL) == [("web", 1, 4, "18.00")]
    assert await by(api, "ITEM", Role.STORE_ASSOCIATE) == []
    assert await by(api, "DAY", Role.STORE_ASSOCIATE) == await by(api, "DAY", Role.STORE_ASSOCIATE, ["web"])
    gone = await enter(3, placed_at=today)
    await fold_dashboard()
    assert ("TEA", 3, 6, "27.00") in await by(api, "ITEM")
    await cancel(SYSTEM, gone.id, "Changed their mind.")
    await fold_dashboard()
    assert await by(api, "ITEM") == [("TEA", 2, 4, "18.00"), ("CUP", 1, 2, "9.00")]


async def test_service_levels(api: Api) -> None:
    """Three approvals, after 10, 20 and 3,000 minutes: the usual time is a day."""
    await stock("TEA", "CUP")
    for number, minutes in enumerate((10, 20, 3_000)):
        order = await enter(number)
        await db.execute(
            "UPDATE sales_order SET placed_at = now() - make_interval(mins => $2),"
            " steps = steps || jsonb_build_object('APPROVAL', jsonb_build_object('at', now())) WHERE id = $1",
            order.id,
            minutes,
        )
    await straight_through()
    await full(9)
    await db.execute("UPDATE shipping_order SET ship_by = fulfilled_at - interval '1 minute' WHERE state = 'SHIPPED'")
    await fold_dashboard()
    asked = "{ dashboard { serviceLevels { step done due inTime p50Seconds p95Seconds } } }"
    levels = {level["step"]: level for level in (await api.do(asked))["dashboard"]["serviceLevels"]}
    assert list(levels) == ["APPROVAL", "SHIPMENT", "HAND_OVER", "ORDER"]
    approval = levels["APPROVAL"]
    assert approval["due"] == approval["done"] == approval["inTime"] + 2  # the full order was placed long ago
    assert (levels["SHIPMENT"]["due"], levels["SHIPMENT"]["inTime"]) == (levels["SHIPMENT"]["done"], 0)
    assert levels["HAND_OVER"] == {
        "step": "HAND_OVER", "done": 0, "due": 0, "inTime": 0, "p50Seconds": None, "p95Seconds": None
    }  # fmt: skip
    await db.execute("UPDATE sales_order SET state = 'CANCELLED', closed_at = now() WHERE external_id = 'W-9'")
    await refill()
    levels = {level["step"]: level for level in (await api.do(asked))["dashboard"]["serviceLevels"]}
    assert (levels["APPROVAL"]["done"], levels["APPROVAL"]["inTime"]) == (3, 2)
    assert 1_200 * 0.9 < levels["APPROVAL"]["p50Seconds"] < 1_200 * 1.1
    assert 180_000 * 0.9 < levels["APPROVAL"]["p95Seconds"] < 180_000 * 1.1


async def test_open_orders_are_counted_by_workflow_and_state(api: Api) -> None:
    await stock("TEA")
    first = await enter(1)
    await enter(2)
    await fold_dashboard()
    ask = "{ workflows { name openOrders { state count } } }"

    async def counts() -> dict[str, list[tuple[str, int]]]:
        found = (await api.do(ask))["workflows"]
        return {it["name"]: [(one["state"], one["count"]) for one in it["openOrders"]] for it in found}

    before = await counts()
    (name,) = (name for name, found in before.items() if found)
    assert sum(count for _, count in before[name]) == 2
    await cancel(SYSTEM, first.id, "Odd.")
    await fold_dashboard()
    assert sum(count for _, count in (await counts())[name]) == 1
    await refill()
    assert sum(count for _, count in (await counts())[name]) == 1
    assert (await api.do("{ workflows { openOrders { count } } }", role=Role.FINANCE))["workflows"]
    for role in (Role.CHANNEL, Role.STORE_ASSOCIATE):
        assert code_of(await api.ask(ask, role=role)) == "FORBIDDEN"

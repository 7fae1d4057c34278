"""Whose rows: an id of somebody else's thing is answered as one of nothing, on every path that takes one."""

from __future__ import annotations

from typing import Any

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.people import api_keys
from backend.actions.people.api_keys import ApiKeyCommand
from backend.models import db
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, Role
from tests.api.conftest import Api

NOT_FOUND = "NOT_FOUND"
RETURNED = '{orderLineId: $line, quantity: 1, reason: "x"}'
BOUGHT = '{sku: "TEA", quantity: 1, unitPrice: "1"}'
CREATE = """mutation ($input: OrderCreateInput!) {
  orderCreate(input: $input) { order { id lines { id } payments { id } } userErrors { code message path } }
}"""
ORDER = {
    "channel": "web",
    "currency": "USD",
    "email": "a@b.co",
    "lines": [{"sku": "TEA", "quantity": 2, "unitPrice": "4.50"}],
    "payments": [{"gateway": "sandbox", "method": "CARD", "amount": "9.00", "token": "sandbox_ok"}],
    "draft": True,
}


async def snapshot() -> Any:
    return await db.fetchval(
        "SELECT json_build_array((SELECT json_agg(o) FROM sales_order o), (SELECT json_agg(p) FROM payment p),"
        " (SELECT count(*) FROM event), (SELECT count(*) FROM return_order))"
    )


@pytest.fixture
async def theirs(api: Api) -> dict[str, str]:
    """Ids of an order of the web shop; from here on, the CHANNEL key is that of another shop."""
    order = (await api.do(CREATE, {"input": ORDER}, role=Role.CHANNEL))["orderCreate"]["order"]
    await channels.create(SYSTEM, ChannelCommand("app", "App", ChannelKind.MOBILE, "USD"))
    other = await api_keys.create(SYSTEM, ApiKeyCommand("app", Role.CHANNEL, "app"))
    api.keys[Role.CHANNEL] = other.secret
    return {"order": order["id"], "line": order["lines"][0]["id"], "payment": order["payments"][0]["id"]}


@pytest.mark.parametrize(
    ("role", "call", "path"),
    [
        (Role.CHANNEL, "orderSubmit(input: {orderId: $order})", ["orderId"]),
        (Role.CHANNEL, 'orderEdit(input: {orderId: $order, email: "x@y.zz"})', ["orderId"]),
        (Role.CHANNEL, 'orderCancel(input: {orderId: $order, reason: "x"})', ["orderId"]),
        (Role.CHANNEL, 'orderCancel(input: {orderId: $order, reason: "x", lines: [{lineId: $line, quantity: 1}]})',
         ["orderId"]),
        (Role.CHANNEL, 'orderNoteAdd(input: {orderId: $order, body: "x"})', ["orderId"]),
        (Role.CHANNEL, 'orderTagsUpdate(input: {orderId: $order, add: ["x"]})', ["orderId"]),
        (Role.CHANNEL, 'paymentAdd(input: {orderId: $order, payment: {gateway: "manual", method: CASH, amount: "1"}})',
         ["orderId"]),
        (Role.CHANNEL, "returnCreate(input: {orderId: $order, method: SHIP, lines: [" + RETURNED + "]})", ["orderId"]),
        (Role.CHANNEL, 'orderCreate(input: {channel: "web", currency: "USD", lines: [' + BOUGHT + "]})", ["channel"]),
        (Role.STORE_ASSOCIATE, 'orderNoteAdd(input: {orderId: $order, body: "x"})', ["orderId"]),
        (Role.STORE_ASSOCIATE, "orderClaim(input: {orderId: $order})", ["orderId"]),
        (Role.STORE_ASSOCIATE, "orderRelease(input: {orderId: $order})", ["orderId"]),
        (Role.STORE_ASSOCIATE, 'orderSuspend(input: {orderId: $order, reason: "x"})', ["orderId"]),
        (Role.STORE_ASSOCIATE, "orderAllocate(input: {orderId: $order})", ["orderId"]),
    ],
)  # fmt: skip
async def test_an_order_of_others_does_not_exist(
    api: Api, theirs: dict[str, str], role: Role, call: str, path: list[str]
) -> None:
    used = [name for name in theirs if f"${name}" in call]
    declared = f"({', '.join(f'${name}: ID!' for name in used)})" if used else ""
    query = f"mutation {declared} {{ done: {call} {{ __typename userErrors {{ code path }} }} }}"
    await api.do("{ __typename }", role=role)
    before = await snapshot()
    answer = await api.do(query, theirs, role=role)
    assert answer["done"]["userErrors"] == [{"code": NOT_FOUND, "path": path}]
    assert await snapshot() == before


async def test_an_order_of_ones_own_does(api: Api, theirs: dict[str, str]) -> None:
    query = "mutation ($order: ID!) { orderSubmit(input: {orderId: $order}) { order { id } userErrors { code } } }"
    answer = await api.do(query, theirs, role=Role.CUSTOMER_SERVICE)
    assert answer["orderSubmit"] == {"order": {"id": theirs["order"]}, "userErrors": []}

"""What is out of scope does not exist: for a channel's key what is of other channels, for a store what is of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.orders.advance import advance
from backend.actions.people import api_keys
from backend.actions.people.api_keys import ApiKeyCommand
from backend.models.fulfillment import ShippingOrder
from backend.rules.order_input import CustomerCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, Role
from tests.api.conftest import Api, code_of
from tests.api.world import alert, enter, full, second_site, stock, straight_through

LISTS = """{
  orders { totalCount nodes { number } } shippingOrders { totalCount nodes { number } }
  returns { totalCount nodes { number } } invoices { totalCount nodes { number order { number } } }
  shipments { totalCount nodes { shippingOrder { number } } } alerts { totalCount nodes { kind } }
  customers { totalCount nodes { name } } channels { code } }"""
CHILDREN = """query ($id: ID!) { order(id: $id) { number
  lines { id } shippingOrders { id number lines { id } shipments { id lines { sku } } } invoices { id }
  returns { id lines { id } } alerts { id kind } allocationDecisions { id } notes { body } holds { id }
  customer { id } events { nodes { sequence } } } }"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


@pytest.fixture
async def world(api: Api) -> dict[str, Any]:
    """Web's first order is shipped from S1, its second from S2; the app's is shipped from S2 and has a return there."""
    await second_site()
    await stock("TEA", "CUP")
    await stock("POT", site="S2")
    await straight_through()
    await channels.create(SYSTEM, ChannelCommand("app", "App", ChannelKind.MOBILE, "USD"))
    first = await full(1)
    second = await enter(2, skus=("POT",))
    await advance(second.id)
    third = await enter(3, skus=("POT",), channel="app", customer=CustomerCommand("Cy", "C-3", "cy@example.com"))
    await advance(third.id)
    for order in (second, third):
        work = await ShippingOrder.get(order_id=order.id)
        await alert(order.id, kind="work.odd", shipping_order_id=work.id)
    numbers = {"first": first.number, "second": second.number, "third": third.number}
    ids = {
        name: (await api.do(f'{{ order(number: "{number}") {{ id }} }}'))["order"]["id"]
        for name, number in numbers.items()
    }
    return {"numbers": numbers, "ids": ids}


def numbers_of(listed: dict[str, Any]) -> list[str]:
    assert listed["totalCount"] == len(listed["nodes"])
    return sorted(node["number"] for node in listed["nodes"])


async def test_a_channel_sees_its_own(api: Api, world: dict[str, Any]) -> None:
    first, second, third = world["numbers"].values()
    everything = await api.do(LISTS)
    assert numbers_of(everything["orders"]) == [first, second, third]
    assert numbers_of(everything["shippingOrders"]) == [f"{number}-1" for number in (first, second, third)]
    own = await api.do(LISTS, role=Role.CHANNEL)
    assert numbers_of(own["orders"]) == [first, second]
    assert numbers_of(own["shippingOrders"]) == [f"{first}-1", f"{second}-1"]
    assert numbers_of(own["returns"]) == [f"{first}-R1"]
    assert sorted(node["order"]["number"] for node in own["invoices"]["nodes"]) == [first, second]
    assert own["shipments"]["totalCount"] == 2
    assert sorted(node["name"] for node in own["customers"]["nodes"]) == ["Ann Lee 1", "Ann Lee 2"]
    assert own["channels"] == [{"code": "web"}]
    payments = await api.do("{ payments { totalCount nodes { order { number } } } }", role=Role.CHANNEL)
    assert sorted(node["order"]["number"] for node in payments["payments"]["nodes"]) == [first, second]


CLEAR = "mutation ($id: ID!) { alertClear(input: {alertId: $id}) { alert { kind } userErrors { code path } } }"


async def test_a_store_clears_the_alerts_that_it_sees(api: Api, world: dict[str, Any]) -> None:
    order = (
        "query ($id: ID!) { node(id: $id) { ... on Order { shippingOrders { alerts { id } } alerts { id kind } } } }"
    )
    first = (await api.do(order, {"id": world["ids"]["first"]}))["node"]["alerts"][0]["id"]
    second = (await api.do(order, {"id": world["ids"]["second"]}))["node"]["shippingOrders"][0]["alerts"][0]["id"]
    denied = await api.do(CLEAR, {"id": second}, role=Role.STORE_ASSOCIATE)
    assert denied["alertClear"] == {"alert": None, "userErrors": [{"code": "NOT_FOUND", "path": ["alertId"]}]}
    cleared = await api.do(CLEAR, {"id": first}, role=Role.STORE_ASSOCIATE)
    assert cleared["alertClear"] == {"alert": {"kind": "order.odd"}, "userErrors": []}


async def test_a_store_sees_its_own(api: Api, world: dict[str, Any]) -> None:
    first = world["numbers"]["first"]
    own = await api.do(LISTS, role=Role.STORE_ASSOCIATE)
    assert numbers_of(own["orders"]) == [first]
    assert numbers_of(own["shippingOrders"]) == [f"{first}-1"]
    assert numbers_of(own["returns"]) == [f"{first}-R1"]
    assert [node["order"]["number"] for node in own["invoices"]["nodes"]] == [first]
    assert own["shipments"]["totalCount"] == 1
    assert "work.odd" not in {node["kind"] for node in own["alerts"]["nodes"]}
    assert [node["name"] for node in own["customers"]["nodes"]] == ["Ann Lee 1"]
    levels = "{ inventorySites { nodes { code levels { nodes { sku } } movements { nodes { sku } } } } }"
    sites = (await api.do(levels, role=Role.STORE_ASSOCIATE))["inventorySites"]["nodes"]
    held = {site["code"]: {level["sku"] for level in site["levels"]["nodes"]} for site in sites}
    assert held == {"S1": {"TEA", "CUP"}, "S2": set()}
    assert sites[1]["movements"]["nodes"] == []


def ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "id" in value:
            yield value["id"]
        for item in value.values():
            yield from ids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item)


@pytest.mark.parametrize(("role", "other"), [(Role.CHANNEL, "third"), (Role.STORE_ASSOCIATE, "second")])
async def test_what_is_of_others_is_answered_as_nothing(
    api: Api, world: dict[str, Any], role: Role, other: str
) -> None:
    theirs = (await api.do(CHILDREN, {"id": world["ids"][other]}))["order"]
    assert len(theirs["alerts"]) >= 1
    assert await api.do(CHILDREN, {"id": world["ids"][other]}, role=role) == {"order": None}
    number = world["numbers"][other]
    for field in (
        f'order(number: "{number}")',
        f'order(channel: "app", externalId: "W-{number}")',
        f'shippingOrder(number: "{number}-1")',
        f'return(number: "{number}-R1")',
    ):
        assert await api.do(f"{{ found: {field} {{ id }} }}", role=role) == {"found": None}
    for key in ids_in(theirs | {"order": {"id": world["ids"][other]}}):
        kind = (await api.do(NODE, {"id": key}))["node"]
        assert kind is not None
        assert await api.do(NODE, {"id": key}, role=role) == {"node": None}, kind
    found = await api.do(f'{{ invoices(orderId: "{world["ids"][other]}") {{ totalCount nodes {{ id }} }} }}', role=role)
    assert found == {"invoices": {"totalCount": 0, "nodes": []}}


async def test_of_a_shared_order_a_store_sees_its_own_part(api: Api, world: dict[str, Any]) -> None:
    """The order has work at both sites: the order and its lines are seen, the other site's work is not."""
    order = await enter(4, skus=("TEA", "POT"))
    await advance(order.id)
    query = f"""{{ order(number: "{order.number}") {{ lines {{ sku }} shippingOrders {{ site {{ code }} }}
      invoices {{ shippingOrder {{ site {{ code }} }} }} }} }}"""
    (whole, own) = [(await api.do(query, role=role))["order"] for role in (Role.ADMIN, Role.STORE_ASSOCIATE)]
    assert [line["sku"] for line in own["lines"]] == ["TEA", "POT"]
    assert sorted(it["site"]["code"] for it in whole["shippingOrders"]) == ["S1", "S2"]
    assert [it["site"]["code"] for it in own["shippingOrders"]] == ["S1"]
    assert [it["shippingOrder"]["site"]["code"] for it in own["invoices"]] == ["S1"]


async def test_what_a_role_may_not_ask_for_is_refused(api: Api) -> None:
    cases = {
        "{ payments { nodes { id } } }": {Role.FULFILLMENT, Role.STORE_ASSOCIATE, Role.VIEWER},
        "{ orders { nodes { payments { id } } } }": {Role.FULFILLMENT, Role.STORE_ASSOCIATE, Role.VIEWER},
        "{ shippingOrders { nodes { pickupCode } } }": {
            Role.FULFILLMENT, Role.STORE_ASSOCIATE, Role.VIEWER, Role.FINANCE,
        },
        "{ users { id } }": set(Role) - {Role.ADMIN, Role.MANAGER},
        "{ apiKeys { id } }": set(Role) - {Role.ADMIN, Role.MANAGER},
        "{ workflows { id } }": {Role.CHANNEL, Role.STORE_ASSOCIATE},
        "{ inventorySites { nodes { levels { nodes { sku } } } } }": {Role.CHANNEL},
    }  # fmt: skip
    for query, refused in cases.items():
        for role in Role:
            answer = await api.ask(query, role=role)
            if role in refused:
                assert code_of(answer) == "FORBIDDEN", (query, role)
            else:
                assert "errors" not in answer, (query, role, answer)


async def test_ids_of_the_house_tell_others_nothing(api: Api) -> None:
    keys = (await api.do("{ apiKeys { id } users { id } workflows { id } }")).values()
    for key in (row["id"] for rows in keys for row in rows):
        for role in (Role.CHANNEL, Role.STORE_ASSOCIATE):
            assert await api.do(NODE, {"id": key}, role=role) == {"node": None}
    (me,) = (await api.do("{ users { id } }"))["users"]
    assert (await api.do(NODE, {"id": me["id"]}, role=Role.VIEWER))["node"]["__typename"] == "User"


async def test_a_channel_that_asks_by_its_own_id_need_not_name_itself(api: Api, world: dict[str, Any]) -> None:
    found = await api.do('{ order(externalId: "W-1") { number } }', role=Role.CHANNEL)
    assert found == {"order": {"number": world["numbers"]["first"]}}
    assert await api.do('{ order(externalId: "W-3") { number } }', role=Role.CHANNEL) == {"order": None}


async def test_a_key_of_another_store_sees_the_work_of_that_store(api: Api, world: dict[str, Any]) -> None:
    made = await api_keys.create(SYSTEM, ApiKeyCommand("other store", Role.STORE_ASSOCIATE, None, ["S2"]))
    api.keys[Role.STORE_ASSOCIATE] = made.secret
    own = await api.do(LISTS, role=Role.STORE_ASSOCIATE)
    assert numbers_of(own["orders"]) == [world["numbers"]["second"], world["numbers"]["third"]]
    assert numbers_of(own["returns"]) == []

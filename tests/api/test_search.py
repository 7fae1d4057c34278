"""Every criterion of the order filter, free text, and facets: which orders they find."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.orders.advance import advance
from backend.actions.orders.note import note
from backend.actions.orders.suspend import suspend
from backend.models.fulfillment import Shipment
from backend.rules.order_input import Address, CustomerCommand, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, DeliveryMethod
from tests.api.conftest import Api, code_of
from tests.api.world import alert, enter, stock, straight_through

FIND = """query ($query: String, $filter: OrderFilter, $facets: [OrderFacet!]) {
  orders(query: $query, filter: $filter, facets: $facets, sort: PLACED_AT_ASC) {
    totalCount nodes { externalId } facets { field buckets { value count } } } }"""


@pytest.fixture
async def orders(api: Api) -> dict[str, str]:
    """W-1 was shipped, W-2 is suspended and alerted, Y-3 is of another channel, in yen, and to be picked up."""
    await stock("TEA", "CUP")
    await straight_through()
    await channels.create(SYSTEM, ChannelCommand("tokyo", "Tokyo", ChannelKind.STORE, "JPY"))
    shipped = await enter(1)
    await advance(shipped.id)
    shipment = await Shipment.filter(order_id=shipped.id).first()
    assert shipment is not None
    shipment.tracking_number = "TRACK-1"
    await shipment.save(update_fields=["tracking_number"])
    held = await enter(
        2,
        skus=("CUP",),
        customer=CustomerCommand("Bo 100%_Ek", "C-2", "Bo@Example.com"),
        shipping_address=Address("2 Elm", "Malmö", "SE", name="Bo Ek", postal_code="211 22"),
        shipping_method="express",
        phone="+46 40 123456",
        tags=["vip"],
    )
    await note(SYSTEM, shipped.id, "Leave it at the door.")
    await suspend(SYSTEM, held.id, "Looks odd.")
    await alert(held.id)
    line = LineCommand(
        "TEA", 1, Decimal(5000), delivery_method=DeliveryMethod.PICKUP, pickup_site="S1", name="Green tea"
    )
    given: dict[str, Any] = {"customer": None, "shipping_address": None, "billing_address": None, "payments": []}
    pickup = await enter(3, channel="tokyo", currency="JPY", external_id="Y-3", lines=[line], tags=[], **given)
    return {"W-1": shipped.number, "W-2": held.number, "Y-3": pickup.number}


async def find(api: Api, **variables: Any) -> list[str]:
    found = (await api.do(FIND, variables))["orders"]
    names = [node["externalId"] for node in found["nodes"]]
    assert found["totalCount"] == len(names)
    return names


ALL = ["W-1", "W-2", "Y-3"]


async def test_each_criterion_finds_its_orders(api: Api, orders: dict[str, str]) -> None:
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ALL),
        ({"number": orders["W-2"]}, ["W-2"]),
        ({"number": "1"}, []),
        ({"numbers": ["Y-3", f" {orders['W-1']} ", *map(str, range(998))]}, ["W-1", "Y-3"]),
        ({"numbers": []}, []),
        ({"not": {"numbers": ["Y-3"]}}, ["W-1", "W-2"]),
        ({"externalId": "Y-3"}, ["Y-3"]),
        ({"channel": ["tokyo"]}, ["Y-3"]),
        ({"channel": ["tokyo", "web"]}, ALL),
        ({"channel": []}, []),
        ({"state": ["CLOSED"]}, ["W-1"]),
        ({"paymentStatus": ["CAPTURED"]}, ["W-1"]),
        ({"fulfillmentStatus": ["FULFILLED"]}, ["W-1"]),
        ({"customerName": "ann"}, ["W-1"]),
        ({"customerName": "100%_"}, ["W-2"]),
        ({"customerName": "_"}, ["W-2"]),
        ({"email": "BO@example.COM"}, ["W-2"]),
        ({"phone": "46-40-12 34 56"}, ["W-2"]),
        ({"phone": "none"}, []),
        ({"postalCode": "21122"}, ["W-2"]),
        ({"city": "malmö"}, ["W-2"]),
        ({"country": ["SE", "NO"]}, ["W-2"]),
        ({"sku": ["TEA"]}, ["W-1", "Y-3"]),
        ({"site": ["S1"]}, ["W-1", "Y-3"]),
        ({"deliveryMethod": ["PICKUP"]}, ["Y-3"]),
        ({"trackingNumber": "TRACK-1"}, ["W-1"]),
        ({"placedAt": {"from": "2026-05-01T08:02:00Z"}}, ["W-2", "Y-3"]),
        ({"placedAt": {"to": "2026-05-01T10:02:00+02:00"}}, ["W-1"]),
        ({"updatedAt": {"to": "2026-05-01T00:00:00Z"}}, []),
        ({"promisedAt": {"from": "2020-01-01T00:00:00Z"}}, []),
        ({"total": {"min": "18.00"}}, ["W-1", "Y-3"]),
        ({"total": {"min": "18.01", "max": "5000"}}, ["Y-3"]),
        ({"total": {"max": "17.99"}}, ["W-2"]),
        ({"total": {}}, ALL),
        ({"shippingMethod": ["express"]}, ["W-2"]),
        ({"hasAlert": True}, ["W-2"]),
        ({"hasAlert": False, "sku": ["CUP"]}, ["W-1"]),
        ({"alertKind": ["order.odd"]}, ["W-2"]),
        ({"suspended": True}, ["W-2"]),
        ({"suspended": False}, ["W-1", "Y-3"]),
        ({"tag": ["vip", "gift"]}, ["W-1", "W-2"]),
        ({"not": {"country": ["SE"]}}, ["W-1", "Y-3"]),
        ({"not": {"country": ["SE"], "suspended": False}}, ALL),
        ({"not": {"not": {"country": ["SE"]}}}, ["W-2"]),
        ({"not": {}}, ALL),
        ({"sku": ["TEA"], "channel": ["web"]}, ["W-1"]),
    ]
    for criteria, names in cases:
        assert await find(api, filter=criteria) == names, criteria


async def test_free_text_finds_by_words(api: Api, orders: dict[str, str]) -> None:
    cases = {
        orders["W-1"]: ["W-1"],
        "w-": ["W-1", "W-2"],
        orders["W-2"][2:]: ["W-2"],
        orders["W-2"][1:-1]: ALL,
        "rack-1": ["W-1"],
        "green": ["Y-3"],
        '"1 main"': ["W-1"],
        "malm": ["W-2"],
        "vip": ["W-2"],
        '"at the door"': ["W-1"],
        "nn1@examp": ["W-1"],
        "ann lee": ["W-1"],
        "BO@": ["W-2"],
        "123456": ["W-2"],
        "cup": ["W-1", "W-2"],
        "ek cup": ["W-2"],
        "ek tea": [],
        "%": ["W-2"],
        "  ": ALL,
    }
    for text, names in cases.items():
        assert await find(api, query=text) == names, text
    assert await find(api, query="cup", filter={"suspended": True}) == ["W-2"]
    assert await find(api, query="cup -suspended:yes") == ["W-1"]
    assert await find(api, query="channel:web -tag:vip -city:Oslo total:>17.99") == ["W-1"]
    assert await find(api, query="total:<18", filter={"sku": ["CUP"]}) == ["W-2"]
    assert await find(api, query=f"numbers:{orders['W-1']},Y-3,nothing") == ["W-1", "Y-3"]
    assert code_of(await api.ask(FIND, {"query": "a b c d e f g h i"})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "x" * 201})) == "BAD_USER_INPUT"
    assert code_of(await api.ask(FIND, {"query": "\x01"})) == "BAD_USER_INPUT"
    (error,) = (await api.ask(FIND, {"query": "ann colour:red"}))["errors"]
    assert "colour:red (at character 5)" in error["message"]
    assert code_of(await api.ask(FIND, {"filter": {"numbers": ["1"] * 1001}})) == "BAD_USER_INPUT"


async def test_facets_count_the_whole_result(api: Api, orders: dict[str, str]) -> None:
    fields = ["CHANNEL", "SITE", "DELIVERY_METHOD", "ALERT_KIND", "SUSPENDED", "TAG", "COUNTRY", "STATE"]
    found = (await api.do(FIND, {"facets": [*fields, "PAYMENT_STATUS", "FULFILLMENT_STATUS", "TAG"]}))["orders"]
    facets = {it["field"]: [(bucket["value"], bucket["count"]) for bucket in it["buckets"]] for it in found["facets"]}
    assert list(facets)[: len(fields)] == fields
    assert facets["CHANNEL"] == [("web", 2), ("tokyo", 1)]
    assert facets["SITE"] == [("S1", 2)]
    assert facets["DELIVERY_METHOD"] == [("SHIP", 2), ("PICKUP", 1)]
    assert ("order.odd", 1) in facets["ALERT_KIND"]
    assert facets["SUSPENDED"] == [("false", 2), ("true", 1)]
    assert facets["TAG"] == [("gift", 1), ("vip", 1)]
    assert facets["COUNTRY"] == [("SE", 1), ("US", 1)]
    assert ("CLOSED", 1) in facets["STATE"]
    narrowed = (await api.do(FIND, {"facets": ["CHANNEL"], "filter": {"suspended": True}}))["orders"]["facets"]
    assert narrowed == [{"field": "CHANNEL", "buckets": [{"value": "web", "count": 1}]}]

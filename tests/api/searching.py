"""Three orders that every search of the tests is about, and the ways in which searches are answered."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.orders.advance import advance
from backend.actions.orders.note import note
from backend.actions.orders.suspend import suspend
from backend.models.fulfillment import Shipment
from backend.reactions import search_rows
from backend.reactions.index_orders import index_orders
from backend.rules.order_input import Address, CustomerCommand, LineCommand
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, DeliveryMethod
from tests.api.world import alert, enter, stock, straight_through

if TYPE_CHECKING:
    from tests.api.conftest import Api

FIND = """query ($query: String, $filter: OrderFilter, $facets: [OrderFacet!]) {
  orders(query: $query, filter: $filter, facets: $facets, sort: PLACED_AT_ASC) {
    totalCount degraded nodes { externalId } facets { field isCapped buckets { value count } } } }"""


#: PostgreSQL with its search rows behind the log, with them made, and walking them as it does where many orders match.
POSTGRESQL = ("behind", "postgresql", "walking")
ENGINES = (*POSTGRESQL, "meilisearch")
both = pytest.mark.parametrize("engine", ENGINES, indirect=True)
ENGINE = pytest.mark.parametrize("engine", ["meilisearch"], indirect=True)
PAGE = """query ($query: String, $after: String, $sort: OrderSort! = TOTAL_DESC) { orders(query: $query, first: 1,
  after: $after, sort: $sort) { degraded totalCount nodes { externalId } pageInfo { hasNextPage endCursor } } }"""


async def indexed() -> None:
    """What the worker does for searches."""
    await search_rows.follow()
    await index_orders()


async def enter_orders() -> dict[str, str]:
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
    assert not found["degraded"]
    names = [node["externalId"] for node in found["nodes"]]
    assert found["totalCount"] == len(names)
    return names


ALL = ["W-1", "W-2", "Y-3"]

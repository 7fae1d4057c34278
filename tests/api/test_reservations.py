"""Reservations over the API."""

from __future__ import annotations

from backend.rules.vocabulary import Role
from tests.api import world
from tests.api.conftest import Api

CREATE = """mutation($input: ReservationCreateInput!) { reservationCreate(input: $input) {
  reservation { id reference lines { sku quantity site { code } } } userErrors { code path } } }"""
RELEASE = """mutation($input: ReservationIdInput!) { reservationRelease(input: $input) {
  reservation { reference } userErrors { code } } }"""
AVAILABLE = '{ availability(skus: ["TEA"]) { total } }'


async def test_a_channel_holds_units_and_gives_them_back(api: Api) -> None:
    await world.stock("TEA", quantity=5)
    given = {"reference": "cart-1", "channel": "web", "lines": [{"sku": "TEA", "quantity": 3, "site": "S1"}]}
    answer = (await api.do(CREATE, {"input": given}, role=Role.CHANNEL))["reservationCreate"]
    assert answer["userErrors"] == []
    assert answer["reservation"]["lines"] == [{"sku": "TEA", "quantity": 3, "site": {"code": "S1"}}]
    assert (await api.do(AVAILABLE))["availability"] == [{"total": 2}]
    more = {**given, "reference": "cart-2"}
    refused = (await api.do(CREATE, {"input": more}, role=Role.CHANNEL))["reservationCreate"]
    assert refused["userErrors"] == [{"code": "INSUFFICIENT_STOCK", "path": ["lines", "0", "quantity"]}]
    released = await api.do(RELEASE, {"input": {"reservationId": answer["reservation"]["id"]}}, role=Role.CHANNEL)
    assert released["reservationRelease"] == {"reservation": {"reference": "cart-1"}, "userErrors": []}
    assert (await api.do(AVAILABLE))["availability"] == [{"total": 5}]

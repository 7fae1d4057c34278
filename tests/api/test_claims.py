"""Claims over the API: who has an order is shown to the house, and to nobody outside it."""

from __future__ import annotations

from backend.models import db
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api.conftest import Api
from tests.api.world import enter, stock

CLAIM = """mutation ($input: OrderClaimInput!) {
  orderClaim(input: $input) { order { claim { by mine } } userErrors { code message path } }
}"""
RELEASE = """mutation ($input: OrderIdInput!) {
  orderRelease(input: $input) { order { claim { by } } userErrors { code path } }
}"""
SHOWN = "query ($id: ID!) { order(id: $id) { claim { by mine at until } } }"


async def test_an_order_is_claimed_shown_taken_over_and_released(api: Api) -> None:
    await stock("TEA")
    order = encode_id("Order", (await enter(1)).id)
    assert (await api.do(SHOWN, {"id": order}))["order"] == {"claim": None}
    mine = await api.do(CLAIM, {"input": {"orderId": order}}, role=Role.CUSTOMER_SERVICE)
    assert mine["orderClaim"] == {"order": {"claim": {"by": "key: customer_service", "mine": True}}, "userErrors": []}
    shown = (await api.do(SHOWN, {"id": order}, role=Role.VIEWER))["order"]["claim"]
    assert (shown["by"], shown["mine"], shown["at"] < shown["until"]) == ("key: customer_service", False, True)
    (refusal,) = (await api.do(CLAIM, {"input": {"orderId": order}}, role=Role.FINANCE))["orderClaim"]["userErrors"]
    assert (refusal["code"], refusal["path"]) == ("CONFLICT", None)
    assert refusal["message"].startswith("key: customer_service has claimed the order until ")
    take_over = {"input": {"orderId": order, "takeOver": True}}
    (refusal,) = (await api.do(CLAIM, take_over, role=Role.FINANCE))["orderClaim"]["userErrors"]
    assert (refusal["code"], refusal["path"]) == ("NOT_PERMITTED", ["takeOver"])
    taken = (await api.do(CLAIM, take_over, role=Role.MANAGER))["orderClaim"]
    assert taken == {"order": {"claim": {"by": "key: manager", "mine": True}}, "userErrors": []}
    released = (await api.do(RELEASE, {"input": {"orderId": order}}, role=Role.MANAGER))["orderRelease"]
    assert released == {"order": {"claim": None}, "userErrors": []}


async def test_a_claim_that_has_ended_is_not_shown(api: Api) -> None:
    await stock("TEA")
    order = encode_id("Order", (await enter(1)).id)
    await api.do(CLAIM, {"input": {"orderId": order}})
    await db.execute("UPDATE order_claim SET at = now() - interval '1 day', until = now() - interval '1 second'")
    assert (await api.do(SHOWN, {"id": order}))["order"] == {"claim": None}


async def test_a_channel_is_not_told_of_claims(api: Api) -> None:
    await stock("TEA")
    order = encode_id("Order", (await enter(1)).id)
    await api.do(CLAIM, {"input": {"orderId": order}})
    assert (await api.do(SHOWN, {"id": order}, role=Role.CHANNEL))["order"] == {"claim": None}

"""Goods that are expected, over the API: announced, seen where they matter, received."""

from __future__ import annotations

from backend.actions.orders.advance import advance
from backend.models.orders import Order
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api import world
from tests.api.conftest import Api, code_of

RECEIPT = "receipt { id reference state version expectedOn site { code } lines { sku quantity received } }"
CREATE = f"""mutation($input: ExpectedReceiptCreateInput!) {{ expectedReceiptCreate(input: $input) {{
  {RECEIPT} userErrors {{ code path }} }} }}"""
RECEIVE = f"""mutation($input: ExpectedReceiptReceiveInput!) {{ expectedReceiptReceive(input: $input) {{
  {RECEIPT} userErrors {{ code path }} }} }}"""
SEEN = """query($order: ID!) {
  order(id: $order) { lines { sku backordered expectedAt } }
  availability(skus: ["TEA"]) { total expectedAt }
  inventorySite(code: "S1") { levels(skus: ["TEA"]) { nodes { onHand incoming } } }
  expectedReceipts(filter: {sku: ["TEA"], state: [EXPECTED]}) { totalCount nodes { reference } } }"""


async def test_what_is_expected_is_seen_and_what_came_is_there(api: Api) -> None:
    await world.stock("TEA", quantity=1)
    await world.straight_through()
    order: Order = await world.enter(1, skus=("TEA",))
    await advance(order.id)
    given = {"reference": "PO-7", "site": "S1", "expectedOn": "2100-02-03", "lines": [{"sku": "TEA", "quantity": 9}]}
    made = (await api.do(CREATE, {"input": given}, role=Role.FULFILLMENT))["expectedReceiptCreate"]
    assert made["userErrors"] == []
    assert made["receipt"]["lines"] == [{"sku": "TEA", "quantity": 9, "received": 0}]
    seen = await api.do(SEEN, {"order": encode_id("Order", order.id)})
    (line,) = seen["order"]["lines"]
    assert line == {"sku": "TEA", "backordered": line["backordered"], "expectedAt": "2100-02-03"}
    assert 0 < line["backordered"] < 9
    assert seen["availability"] == [{"total": 0, "expectedAt": "2100-02-03"}]
    assert [level["incoming"] for level in seen["inventorySite"]["levels"]["nodes"]] == [9]
    assert seen["expectedReceipts"] == {"totalCount": 1, "nodes": [{"reference": "PO-7"}]}

    got = {"expectedReceiptId": made["receipt"]["id"], "lines": [{"sku": "TEA", "quantity": 4}], "expectedVersion": 1}
    received = (await api.do(RECEIVE, {"input": got}))["expectedReceiptReceive"]
    assert (received["receipt"]["state"], received["receipt"]["lines"][0]["received"]) == ("EXPECTED", 4)
    again = (await api.do(RECEIVE, {"input": got}))["expectedReceiptReceive"]
    assert again == {"receipt": None, "userErrors": [{"code": "STALE", "path": ["expectedVersion"]}]}


async def test_channels_do_not_see_what_sites_expect_and_stores_see_their_own(api: Api) -> None:
    await world.second_site()
    for reference, site in (("PO-1", "S1"), ("PO-2", "S2")):
        lines = [{"sku": "TEA", "quantity": 1}]
        given = {"reference": reference, "site": site, "expectedOn": "2100-01-01", "lines": lines}
        await api.do(CREATE, {"input": given})
    document = "{ expectedReceipts { nodes { reference } } }"
    assert code_of(await api.ask(document, role=Role.CHANNEL)) == "FORBIDDEN"
    assert (await api.do(document))["expectedReceipts"]["nodes"] == [{"reference": "PO-1"}, {"reference": "PO-2"}]
    seen = await api.do(document, role=Role.STORE_ASSOCIATE)
    assert seen["expectedReceipts"]["nodes"] == [{"reference": "PO-1"}]

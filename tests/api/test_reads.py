"""A page of orders, whole: what it says, and that it takes as many statements as a page of one."""

from __future__ import annotations

from tests.api.conftest import Api
from tests.api.world import alert, enter, full, statements, stock, straight_through

#: For a page of full orders, whatever its size, log-in included.
CEILING = 28

FULL = """query ($first: Int) { orders(first: $first) { totalCount totalIsCapped degraded facets { field }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  nodes { id number externalId version state paymentStatus fulfillmentStatus suspended priority placedAt promisedAt
    shippingMethod pricesIncludeTax updatedAt closedAt currency email phone tags attributes
    channel { code } customer { name email addresses { city } }
    holds { id reason heldBy at releasedAt releasedBy }
    steps { step status mode at by reason } waitingFor { step reason since actors nextAt }
    availableActions { action enabled reason }
    totals { subtotal { amount currency } discount { amount } shipping { amount } tax { amount } total { amount }
      authorized { amount } captured { amount } refunded { amount } due { amount } }
    billingAddress { name line1 city country } shippingAddress { line1 city postalCode country }
    lines { id sku name kind deliveryMethod pickupSite { code } quantity allocated fulfilled returned
      unitPrice { amount } discount { amount } tax { amount } total { amount currency } }
    payments { id gateway method status amount { amount } captured { amount } order { number }
      transactions { id kind state amount { amount currency } at gatewayReference failure } }
    shippingOrders { id number state version site { code } assignee { email } pickupCode order { number }
      lines { sku name barcodes quantity picked packed orderLine { sku } }
      shipments { carrier trackingNumber state lines { sku quantity } }
      invoice { number total { amount } } alerts { kind } availableActions { action enabled } }
    invoices { number kind total { amount currency } documentUrl shippingOrder { number } }
    returns { number state refund { amount } site { code } lines { quantity reason refund { amount } orderLine { sku } }
      creditNote { number } availableActions { action } }
    alerts { kind severity order { number } shippingOrder { number } return { number } site { code } }
    allocationDecisions { outcome ruleSet cost chosen { site { code } sku quantity }
      alternatives { cost assignments { sku } whyNot } excludedSites { site { code } reason } }
    exchangeFor { number } notes { body author }
    events(first: 5) { nodes { sequence kind actor message data } pageInfo { hasNextPage } }
  } } }"""


async def test_a_page_of_fifty_takes_as_many_statements_as_one_of_five(api: Api, database: str) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    for number in range(1, 51):
        await full(number)
    counts = []
    async with statements(database) as asked:
        for first in (5, 5, 50):
            asked.clear()
            data = await api.do(FULL, {"first": first})
            assert len(data["orders"]["nodes"]) == first
            counts.append(len(asked))
    assert counts[1] == counts[2] <= CEILING, (counts, asked)


#: The page that a list of orders shows: lines, payments, shipments, customer, addresses.
LISTED = """query ($first: Int) { orders(first: $first) { nodes {
  id number state placedAt totals { total { amount currency } } customer { name email }
  shippingAddress { line1 city country } billingAddress { line1 city country }
  lines { sku name quantity fulfilled unitPrice { amount } total { amount } }
  payments { gateway status amount { amount } }
  shippingOrders { number state shipments { carrier trackingNumber state } } } } }"""


async def test_a_page_of_a_list_takes_eight_statements_at_most(api: Api, database: str) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    for number in range(1, 11):
        await full(number)
    counts = []
    async with statements(database) as asked:
        for first in (10, 1, 10):
            asked.clear()
            assert len((await api.do(LISTED, {"first": first}))["orders"]["nodes"]) == first
            counts.append(len(asked))
    assert counts[1] == counts[2] <= 8, (counts, asked)


async def test_an_order_is_told_whole(api: Api) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    made = await full(1)
    data = await api.do(FULL, {"first": 1})
    (order,) = data["orders"]["nodes"]
    assert data["orders"]["totalCount"] == 1
    assert (data["orders"]["totalIsCapped"], data["orders"]["degraded"], data["orders"]["facets"]) == (False, False, [])
    assert order["number"] == made.number
    assert order["externalId"] == "W-1"
    assert order["placedAt"] == "2026-05-01T08:01:00Z"
    assert order["totals"]["total"] == {"amount": "18.00"}
    assert order["totals"]["subtotal"] == {"amount": "18.00", "currency": "USD"}
    assert order["totals"]["due"] == {"amount": "0.00"}
    assert [line["sku"] for line in order["lines"]] == ["TEA", "CUP"]
    assert order["lines"][0]["total"] == {"amount": "9.00", "currency": "USD"}
    assert order["lines"][0]["fulfilled"] == 2
    (payment,) = order["payments"]
    assert payment["order"] == {"number": made.number}
    assert [(it["kind"], it["state"], it["amount"]["amount"]) for it in payment["transactions"]] == [
        ("AUTHORIZE", "SUCCEEDED", "18.00"),
        ("CAPTURE", "SUCCEEDED", "18.00"),
    ]
    (shipping_order,) = order["shippingOrders"]
    assert shipping_order["site"] == {"code": "S1"}
    assert shipping_order["order"] == {"number": made.number}
    assert shipping_order["lines"][0] == {
        "sku": "TEA", "name": "The TEA", "barcodes": ["TEA-1"], "quantity": 2, "picked": 2, "packed": 2,
        "orderLine": {"sku": "TEA"},
    }  # fmt: skip
    assert sorted(line["sku"] for line in shipping_order["shipments"][0]["lines"]) == ["CUP", "TEA"]
    (invoice,) = order["invoices"]
    assert shipping_order["invoice"] == {"number": invoice["number"], "total": {"amount": "18.00"}}
    assert invoice["documentUrl"] == f"/documents/invoices/{invoice['number']}.pdf"
    (rma,) = order["returns"]
    assert (rma["number"], rma["state"], rma["site"]) == (f"{made.number}-R1", "WAITING_APPROVAL", {"code": "S1"})
    assert rma["lines"][0] | {"refund": None} == {
        "quantity": 1, "reason": "Too small.", "refund": None, "orderLine": {"sku": "TEA"},
    }  # fmt: skip
    assert "order.odd" in [it["kind"] for it in order["alerts"]]
    assert order["allocationDecisions"][0]["outcome"] == "FULL"
    assert [(it["site"]["code"], it["sku"]) for it in order["allocationDecisions"][0]["chosen"]] == [
        ("S1", "TEA"),
        ("S1", "CUP"),
    ]
    assert [note["body"] for note in order["notes"]] == ["Leave it at the door."]
    assert [(it["reason"], it["releasedBy"]) for it in order["holds"]] == [("Checked.", "system")]
    assert [event["sequence"] for event in order["events"]["nodes"]] == [1, 2, 3, 4, 5]
    assert order["events"]["pageInfo"]["hasNextPage"] is True
    assert order["customer"]["addresses"] == [{"city": "Reno"}]
    assert len(order["steps"]) == 12
    assert {action["action"] for action in order["availableActions"]} >= {"orderCancel", "orderFile", "returnCreate"}


async def test_an_order_by_everything_that_it_is_known_by(api: Api) -> None:
    await stock("TEA", "CUP")
    order = await enter(7)
    query = "query ($id: ID!) { order(id: $id) { number } node(id: $id) { id ... on Order { number } } }"
    (node,) = (await api.do("{ orders { nodes { id } } }"))["orders"]["nodes"]
    number = {"number": order.number}
    assert await api.do(query, {"id": node["id"]}) == {"order": number, "node": node | number}
    asked = {
        f'number: "{order.number}"': number,
        'number: "0"': None,
        'channel: "web", externalId: "W-7"': number,
        'channel: "none", externalId: "W-7"': None,
    }
    for arguments, answer in asked.items():
        assert await api.do(f"{{ order({arguments}) {{ number }} }}") == {"order": answer}
    for arguments in ("", 'externalId: "W-7"', f'id: "{node["id"]}", number: "1"', 'channel: "web"'):
        refused = await api.ask(f"{{ order({arguments}) {{ number }} }}".replace("()", ""))
        assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", arguments


async def test_an_id_of_another_type_is_refused(api: Api) -> None:
    await stock("TEA", "CUP")
    await enter()
    (order,) = (await api.do("{ orders { nodes { id lines { id } channel { id } } } }"))["orders"]["nodes"]
    line = order["lines"][0]["id"]
    paths = (
        f'order(id: "{line}") {{ id }}',
        f'shippingOrder(id: "{line}") {{ id }}',
        f'return(id: "{line}") {{ id }}',
        f'customer(id: "{line}") {{ id }}',
        f'inventorySite(id: "{line}") {{ id }}',
        f'invoices(orderId: "{line}") {{ nodes {{ id }} }}',
        f'shippingOrders(filter: {{assigneeId: "{line}"}}) {{ nodes {{ id }} }}',
        'node(id: "garbage") { id }',
        'node(id: "T3JkZXI6MQ") { id }',
        'node(id: "") { id }',
        'node(id: "é") { id }',
    )
    for path in paths:
        answer = await api.ask(f"{{ {path} }}")
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], path
    assert (await api.do(f'{{ node(id: "{line}") {{ __typename id }} }}'))["node"] == {
        "__typename": "OrderLine",
        "id": line,
    }


async def test_what_belongs_to_sites_and_products_can_be_read(api: Api) -> None:
    await stock("TEA", "CUP", quantity=7)
    await enter(skus=("TEA",))
    await alert(site_id=api.site_id, sku="TEA")
    data = await api.do("""{
      inventorySite(code: "S1") { code name kind active timezone rank dailyCapacity safetyStock capabilities
        address { line1 city country }
        levels(skus: ["TEA"]) { nodes { sku onHand allocated reserved safetyStock available incoming site { code } } }
        movements(sku: "CUP") { nodes { sku quantity reason actor reference site { code } } } }
      inventorySites(kind: [STORE]) { totalCount nodes { code } }
      availability(skus: ["CUP", "NONE", "TEA", "TEA"]) { sku total backorderable expectedAt
        sites { available site { code } } }
      product(sku: "TEA") { sku name kind barcodes weightGrams imageUrl }
      channels { code kind currency active } workflows { name active steps { step mode when delaySeconds } }
      alerts(filter: {cleared: false, kind: ["order.odd"]}) { totalCount nodes { sku site { code } order { id } } }
      users { email roles sites { code } } apiKeys { name role channel { code } sites { code } revokedAt }
      customers(query: "lee ann1@") { totalCount nodes { name orders { totalCount nodes { number } } } }
    }""")
    level = {"onHand": 7, "allocated": 0, "reserved": 0, "safetyStock": 0, "available": 7, "incoming": 0}
    assert data["inventorySite"]["levels"]["nodes"] == [{"sku": "TEA", "site": {"code": "S1"}} | level]
    (movement,) = data["inventorySite"]["movements"]["nodes"]
    assert (movement["sku"], movement["quantity"], movement["reason"]) == ("CUP", 7, "COUNT")
    assert data["inventorySites"] == {"totalCount": 1, "nodes": [{"code": "S1"}]}
    assert [(it["sku"], it["total"], it["backorderable"]) for it in data["availability"]] == [
        ("CUP", 7, True),
        ("NONE", 0, False),
        ("TEA", 7, True),
    ]
    assert data["availability"][0]["sites"] == [{"available": 7, "site": {"code": "S1"}}]
    assert data["product"]["barcodes"] == ["TEA-1"]
    assert data["alerts"] == {"totalCount": 1, "nodes": [{"sku": "TEA", "site": {"code": "S1"}, "order": None}]}
    assert data["users"] == [{"email": "ann@example.com", "roles": ["ADMIN"], "sites": []}]
    keys = {it["role"]: it for it in data["apiKeys"]}
    assert keys["CHANNEL"]["channel"] == {"code": "web"}
    assert keys["STORE_ASSOCIATE"]["sites"] == [{"code": "S1"}]
    (customer,) = data["customers"]["nodes"]
    assert customer["orders"]["totalCount"] == 1
    assert {workflow["name"] for workflow in data["workflows"]} == {
        "straight through", "everything by hand", "approval above an amount",
    }  # fmt: skip

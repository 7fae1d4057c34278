"""A return through the API: taken in in parts, and looked at again later."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.models.returns import Return, ReturnLine
from backend.money import to_decimal
from backend.schema.common import encode_id
from tests.api.conftest import Api, code_of
from tests.api.world import full, stock, straight_through

DO = """mutation ($input: %s!) { %s(input: $input) { return { id state lines { id quantity received }
  receipts { id quantity disposition by site { code } line { id received } } } userErrors { code path } } }"""


async def do(api: Api, verb: str, **given: Any) -> Any:
    kind = f"{verb[0].upper()}{verb[1:]}Input".replace("ReturnApprove", "ReturnId").replace("Cancel", "Reason")
    return (await api.do(DO % (kind, verb), {"input": given}))[verb]


async def test_what_is_missing_need_not_be_waited_for_and_what_came_may_turn_out_otherwise(api: Api) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    order = await full(1)
    first = await Return.get(order_id=order.id)
    await do(api, "returnCancel", returnId=encode_id("Return", first.id), reason="Both came too small.")
    sold = await ReturnLine.get(rma_id=first.id)
    asked = {"orderLineId": encode_id("OrderLine", sold.order_line_id), "quantity": 2, "reason": "Too small."}
    made = await do(api, "returnCreate", orderId=encode_id("Order", order.id), method="SHIP", site="S1", lines=[asked])
    rma = made["return"]["id"]
    (line,) = (await do(api, "returnApprove", returnId=rma))["return"]["lines"]
    got = {"lineId": line["id"], "quantity": 1, "disposition": "RESTOCK"}
    taken = await do(api, "returnReceive", returnId=rma, site="S1", lines=[got], complete=True)
    (receipt,) = taken["return"]["receipts"]
    assert (taken["userErrors"], taken["return"]["lines"]) == ([], [{"id": line["id"], "quantity": 2, "received": 1}])
    assert taken["return"]["state"] != "WAITING_RECEIPT"
    assert receipt == {
        "id": receipt["id"], "quantity": 1, "disposition": "RESTOCK", "by": "key: admin", "site": {"code": "S1"},
        "line": {"id": line["id"], "received": 1},
    }  # fmt: skip
    same = await do(api, "returnRedispose", returnId=rma, receiptId=receipt["id"], disposition="RESTOCK")
    assert same == {"return": None, "userErrors": [{"code": "INVALID", "path": ["disposition"]}]}
    worn = await do(api, "returnRedispose", returnId=rma, receiptId=receipt["id"], disposition="DAMAGED")
    assert [each["disposition"] for each in worn["return"]["receipts"]] == ["DAMAGED"]
    foreign = await do(api, "returnRedispose", returnId=rma, receiptId=line["id"], disposition="RESTOCK")
    assert foreign["userErrors"] == [{"code": "INVALID", "path": ["receiptId"]}]


PREVIEW = """query ($input: ReturnCreateInput!) { returnPreview(input: $input) {
  lines { subtotal { amount } total { amount } } credit { amount currency } exchange { amount } toRefund { amount }
  toPay { amount } } }"""
RETURNABLE = "query ($id: ID!) { order(id: $id) { lines { id returnable } } }"


async def test_a_preview_says_what_the_return_then_comes_to(api: Api) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    order = await full(1)
    first = await Return.get(order_id=order.id)
    await do(api, "returnCancel", returnId=encode_id("Return", first.id), reason="Both came too small.")
    sold = await ReturnLine.get(rma_id=first.id)
    asked = {"orderLineId": encode_id("OrderLine", sold.order_line_id), "quantity": 1, "reason": "Too small."}
    given = {"orderId": encode_id("Order", order.id), "method": "SHIP", "site": "S1", "lines": [asked]}
    alone = (await api.do(PREVIEW, {"input": given}))["returnPreview"]
    credit = alone["credit"]
    assert alone == {
        "lines": [{"subtotal": {"amount": "4.50"}, "total": {"amount": "4.50"}}], "credit": credit,
        "exchange": {"amount": "0.00"}, "toRefund": {"amount": credit["amount"]}, "toPay": {"amount": "0.00"},
    }  # fmt: skip
    dearer = {"sku": "TEA", "quantity": 1, "unitPrice": "500.00"}
    swapped = (await api.do(PREVIEW, {"input": {**given, "exchangeLines": [dearer]}}))["returnPreview"]
    assert swapped["exchange"] == {"amount": "500.00"}
    assert swapped["toRefund"] == {"amount": "0.00"}
    assert Decimal(swapped["toPay"]["amount"]) == 500 - Decimal(credit["amount"])

    before = await _returnable(api, order.id)
    made = await do(api, "returnCreate", **given)
    expected = asked["orderLineId"]
    assert await _returnable(api, order.id) == {**before, expected: before[expected] - 1}
    rma = made["return"]["id"]
    (line,) = (await do(api, "returnApprove", returnId=rma))["return"]["lines"]
    got = {"lineId": line["id"], "quantity": 1, "disposition": "RESTOCK"}
    await do(api, "returnReceive", returnId=rma, site="S1", lines=[got])
    back = await Return.get(order_id=order.id, number__endswith="R2")
    assert to_decimal(back.refund_due, order.currency) == Decimal(credit["amount"])


async def _returnable(api: Api, order_id: UUID) -> dict[str, int]:
    lines = (await api.do(RETURNABLE, {"id": encode_id("Order", order_id)}))["order"]["lines"]
    return {line["id"]: line["returnable"] for line in lines}


async def test_a_preview_is_refused_as_the_return_would_be(api: Api) -> None:
    await stock("TEA", "CUP")
    await straight_through()
    order = await full(1)
    sold = await ReturnLine.get(order_id=order.id)
    asked = {"orderLineId": encode_id("OrderLine", sold.order_line_id), "quantity": 99, "reason": "Too small."}
    given = {"orderId": encode_id("Order", order.id), "method": "SHIP", "lines": [asked]}
    answer = await api.ask(PREVIEW, {"input": given})
    assert code_of(answer) == "BAD_USER_INPUT"
    assert await Return.filter(order_id=order.id).count() == 1

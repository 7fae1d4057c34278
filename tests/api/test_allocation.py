"""Rule sets and previews over the API."""

from __future__ import annotations

from typing import Any

from backend.actions.rule_sets.install import install_rule_sets
from backend.rules.vocabulary import Role
from backend.schema.common import encode_id
from tests.api import world
from tests.api.conftest import Api

CREATE = """mutation($input: AllocationRuleSetInput!) { allocationRuleSetCreate(input: $input) {
  ruleSet { id name version active rules { kind when parameters } } userErrors { code path } } }"""
ACTIVATE = """mutation($input: AllocationRuleSetIdInput!) { allocationRuleSetActivate(input: $input) {
  ruleSet { active } userErrors { code path } } }"""
PREVIEW = """query($order: ID!, $rules: ID) { allocationPreview(orderId: $order, ruleSetId: $rules) {
  ruleSet outcome cost sentence chosen { sku quantity site { code } } excludedSites { reason site { code } }
  explanation } }"""


async def made(api: Api, rules: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    given = {"name": "mine", "rules": rules, **more}
    return dict((await api.do(CREATE, {"input": given}))["allocationRuleSetCreate"])


async def test_a_rule_set_is_made_tried_and_put_to_work(api: Api) -> None:
    await install_rule_sets()
    await world.stock("TEA", "CUP")
    order = await world.enter()
    rule = {"kind": "ADD", "when": 'site.code == "S1"', "parameters": {"amount": "2.50", "per": "SHIPMENT"}}
    answer = await made(api, [rule])
    assert answer["userErrors"] == []
    assert (answer["ruleSet"]["version"], answer["ruleSet"]["active"]) == (1, False)
    assert answer["ruleSet"]["rules"] == [rule]
    names = {"order": encode_id("Order", order.id), "rules": answer["ruleSet"]["id"]}
    tried = (await api.do(PREVIEW, names))["allocationPreview"]
    assert (tried["ruleSet"], tried["outcome"], tried["cost"]) == ("mine v1", "FULL", "2.50")
    assert tried["chosen"] == [{"sku": sku, "quantity": 2, "site": {"code": "S1"}} for sku in ("TEA", "CUP")]
    assert tried["explanation"]["parts"]["fixed"] == 250
    told = await api.do(ACTIVATE, {"input": {"ruleSetId": answer["ruleSet"]["id"]}})
    assert told["allocationRuleSetActivate"] == {"ruleSet": {"active": True}, "userErrors": []}
    listed = (await api.do("{ allocationRuleSets { name active } }", role=Role.VIEWER))["allocationRuleSets"]
    assert listed[0] == {"name": "mine", "active": True}
    assert [it["active"] for it in listed[1:]] == [False] * 4


async def test_a_bad_rule_is_refused_where_it_stands(api: Api) -> None:
    answer = await made(api, [{"kind": "EXCLUDE", "when": "site.kind =="}])
    assert answer == {"ruleSet": None, "userErrors": [{"code": "INVALID", "path": ["rules", "0", "when"]}]}


async def test_a_preview_of_what_is_not_there(api: Api) -> None:
    for kind in ("Order", "AllocationRuleSet"):
        order = await world.enter(1 if kind == "Order" else 2)
        names = {
            "order": encode_id("Order", order.id if kind != "Order" else order.workflow_id),
            "rules": None if kind == "Order" else encode_id(kind, order.id),
        }
        answer = await api.ask(PREVIEW, names)
        assert answer["errors"][0]["extensions"]["reason"] == "NOT_FOUND", answer

"""Rule sets and previews over the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.actions.allocation import simulate
from backend.actions.allocation.learn_prices import learn_prices
from backend.actions.jobs.run import run
from backend.actions.orders.advance import advance
from backend.actions.rule_sets.install import install_rule_sets
from backend.models import db
from backend.models.jobs import Job
from backend.models.prices import PriceTable, ScarcityPrice
from backend.reactions.run_job import KINDS
from backend.rules.vocabulary import Role
from backend.schema.common import decode_id, encode_id
from tests.actions.goods import everything
from tests.api import world
from tests.api.conftest import Api, code_of
from tests.api.test_jobs import finished

CREATE = """mutation($input: AllocationRuleSetInput!) { allocationRuleSetCreate(input: $input) {
  ruleSet { id name version active rules { kind when parameters } } userErrors { code path } } }"""
ACTIVATE = """mutation($input: AllocationRuleSetIdInput!) { allocationRuleSetActivate(input: $input) {
  ruleSet { active } userErrors { code path } } }"""
PREVIEW = """query($order: ID!, $rules: ID) { allocationPreview(orderId: $order, ruleSetId: $rules) {
  ruleSet outcome cost sentence chosen { sku quantity site { code } } excludedSites { reason site { code } }
  explanation } }"""

DECISIONS = """query($id: ID!) { order(id: $id) { allocationDecisions { outcome sentence explanation
  chosen { sku site { code } } alternatives { cost assignments { site { code } } }
  excludedSites { reason site { code } } } } }"""
SIMULATE = """mutation($input: AllocationSimulateInput!) { allocationSimulate(input: $input) {
  job { id total } userErrors { code path } } }"""


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


@pytest.fixture
async def past(api: Api) -> dict[str, Any]:
    """Five orders of two lines placed after stock came, and two rule sets, one of which leaves a site out."""
    await install_rule_sets()
    await world.second_site()
    await world.stock("TEA", "CUP", quantity=6)
    await world.stock("TEA", "CUP", site="S2")
    since = datetime.now(UTC)
    for number in range(1, 6):
        await world.enter(number, placed_at=since + timedelta(microseconds=number))
    exclude = await made(api, [{"kind": "EXCLUDE", "when": 'site.code == "S2"'}], name="without S2")
    listed = (await api.do("{ allocationRuleSets { id name } }"))["allocationRuleSets"]
    ids = [next(it["id"] for it in listed if it["name"] == "least cost"), exclude["ruleSet"]["id"]]
    return {"ruleSetIds": ids, "from": since.isoformat(), "to": (since + timedelta(hours=1)).isoformat()}


async def books() -> dict[str, Any]:
    """All but the log and the jobs, in which a job stands."""
    return {
        name: rows
        for name, rows in (await everything()).items()
        if name not in ("event", "job", "job_item", "pgqueuer")
    }


async def asked(api: Api, **given: Any) -> Any:
    return (await api.do(SIMULATE, {"input": given}, role=Role.MANAGER))["allocationSimulate"]


@pytest.mark.parametrize("part", [250, 2])
async def test_a_simulation_is_a_job(
    api: Api, past: dict[str, Any], part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "_PART", part)
    before = await books()
    payload = await asked(api, **past, withPrices=True)
    assert (payload["userErrors"], payload["job"]["total"]) == ([], 5)
    job = await finished(decode_id(payload["job"]["id"], "Job"))
    assert (job.state, job.done, job.failed) == ("SUCCEEDED", 5, 0)
    assert (job.result["orders"], job.result["units"]) == (5, 20)
    base, other, priced = job.result["ruleSets"]
    # Nothing was scarce, and nothing had been learnt.
    assert priced == {**base, "name": "least cost v1, with prices"}
    assert (base["toBound"], other["toBound"]) == (1.0, 1.0)
    assert (base["name"], base["missingUnits"], base["fillRate"]) == ("least cost v1", 0, 1.0)
    # S1 has six of each: three orders of two.
    assert (other["name"], other["missingUnits"], other["fillRate"]) == ("without S2 v1", 8, 0.6)
    assert [row["order"] for row in other["changed"]][:2] == ["100004", "100005"]
    assert all(len(row["why"]) == len(row["costs"]) == 2 for row in other["changed"])
    assert float(other["savesPerOrder"]["mean"]) < 0
    assert await books() == before


async def test_a_simulation_goes_on_in_another_process(
    api: Api, past: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "_PART", 2)
    whole = await finished(decode_id((await asked(api, **past))["job"]["id"], "Job"))
    monkeypatch.setattr("backend.actions.jobs.run._CHUNK", 1)
    job_id = decode_id((await asked(api, **past))["job"]["id"], "Job")
    for _ in range(3):
        simulate._under_way.clear()
        await run(job_id, KINDS)
    assert (await Job.get(id=job_id)).result == whole.result


async def test_a_simulation_that_makes_no_sense_is_refused(
    api: Api, past: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = past["ruleSetIds"]
    cases: list[tuple[dict[str, Any], str, list[str] | None]] = [
        ({"ruleSetIds": []}, "INVALID", ["ruleSetIds"]),
        ({"ruleSetIds": [ids[0], ids[0]]}, "INVALID", ["ruleSetIds"]),
        ({"ruleSetIds": [ids[0], encode_id("AllocationRuleSet", UUID(int=1))]}, "NOT_FOUND", ["ruleSetIds", "1"]),
        ({"to": past["from"]}, "INVALID", ["to"]),
        ({"from": "2020-05-01T00:00:00Z", "to": "2020-05-01T00:00:01Z"}, "INVALID", None),
    ]
    for changed, code, path in cases:
        assert (await asked(api, **past | changed))["userErrors"] == [{"code": code, "path": path}], changed
    monkeypatch.setattr(simulate, "MAX_ORDERS", 4)
    assert (await asked(api, **past))["userErrors"] == [{"code": "LIMIT_EXCEEDED", "path": ["to"]}]
    assert await Job.all().count() == 0


async def test_a_decision_that_was_taken_is_told_in_full(api: Api) -> None:
    await install_rule_sets()
    await world.second_site()
    await world.stock("TEA", "CUP", quantity=1)
    await world.stock("TEA", "CUP", site="S2", quantity=0)
    await world.straight_through()
    order = await world.enter()
    await advance(order.id)
    [decision] = (await api.do(DECISIONS, {"id": encode_id("Order", order.id)}))["order"]["allocationDecisions"]
    assert decision["outcome"] == "PARTIAL"
    assert {(it["sku"], it["site"]["code"]) for it in decision["chosen"]} == {("TEA", "S1"), ("CUP", "S1")}
    assert [it["site"]["code"] for it in decision["excludedSites"]] == ["S2"]
    assert [it["status"] for it in decision["explanation"]["sites"]] == ["CHOSEN", "EXCLUDED"]
    assert decision["sentence"]


PRICES = """allocationPrices { mode periodMinutes horizonDays table { version orders prices ruleSet }
  days { decisions differing costsMore keeps } }"""
PRICES_SET = """mutation($input: AllocationPricesInput!) { allocationPricesSet(input: $input) {
  prices { mode periodMinutes horizonDays } userErrors { code path } } }"""


async def test_scarcity_prices_are_set_and_seen(api: Api) -> None:
    nothing = {"mode": "OFF", "periodMinutes": 60, "horizonDays": 14, "table": None, "days": []}
    assert (await api.do(f"{{ {PRICES} }}", role=Role.VIEWER))["allocationPrices"] == nothing
    set_to = {"mode": "SHADOW", "periodMinutes": 60, "horizonDays": 7}
    told = await api.do(PRICES_SET, {"input": {"mode": "SHADOW", "horizonDays": 7}}, role=Role.MANAGER)
    assert told["allocationPricesSet"] == {"prices": set_to, "userErrors": []}
    version = await learn_prices()
    await world.stock("TEA", "CUP")
    order = await world.enter()
    await advance(order.id)
    found = (await api.do(f"{{ {PRICES} }}", role=Role.VIEWER))["allocationPrices"]
    assert found == set_to | {
        "table": {"version": version, "orders": 0, "prices": 0, "ruleSet": found["table"]["ruleSet"]},
        "days": [{"decisions": 1, "differing": 0, "costsMore": "0.00", "keeps": "0.00"}],
    }
    refused = await api.do(PRICES_SET, {"input": {"mode": "LIVE", "periodMinutes": 1}}, role=Role.MANAGER)
    assert refused["allocationPricesSet"] == {
        "prices": None,
        "userErrors": [{"code": "INVALID", "path": ["periodMinutes"]}],
    }


async def test_the_prices_of_a_version_are_listed_the_highest_first(api: Api) -> None:
    await world.second_site()
    sites = {row["code"]: row["id"] for row in await db.fetch("SELECT code, id FROM inventory_site")}
    for rows in ([("S1", "TEA", 900)], [("S1", "TEA", 120), ("S2", "TEA", 350), ("S1", "CUP", 40)]):
        made = await PriceTable.create(
            made_at=datetime.now(UTC), rule_set="least cost v1", orders=9, prices=3, seconds=1.0
        )
        for site, sku, price in rows:
            await ScarcityPrice.create(price_table_id=made.id, site_id=sites[site], sku=sku, price=price)

    async def listed(arguments: str = "", role: Role = Role.VIEWER) -> list[tuple[str, str, str]]:
        query = f"{{ allocationPrices {{ table {{ units{arguments} {{ sku price site {{ code }} }} }} }} }}"
        found = (await api.do(query, role=role))["allocationPrices"]["table"]["units"]
        return [(it["site"]["code"], it["sku"], it["price"]) for it in found]

    assert await listed() == [("S2", "TEA", "3.50"), ("S1", "TEA", "1.20"), ("S1", "CUP", "0.40")]
    assert await listed('(site: "S1", first: 1)') == [("S1", "TEA", "1.20")]
    assert await listed('(sku: "CUP")') == [("S1", "CUP", "0.40")]
    assert await listed('(site: "S9")') == []
    answer = await api.ask("{ allocationPrices { table { units(first: 501) { sku } } } }")
    assert code_of(answer) == "BAD_USER_INPUT"

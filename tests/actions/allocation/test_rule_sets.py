"""Rule sets: versions, one active, bad ones refused with the place of the error; decisions by them and their record."""

from __future__ import annotations

from typing import Any

import pytest

from backend.actions.allocation.allocate import allocate
from backend.actions.rule_sets.activate import activate
from backend.actions.rule_sets.create import RuleCommand, RuleSetCommand, create
from backend.actions.rule_sets.install import install_rule_sets
from backend.errors import ErrorCode, Refused
from backend.models import db
from backend.models.fulfillment import AllocationDecision, AllocationRuleSet
from backend.queries.allocation import preview, rule_sets
from backend.rules.allocation_snapshot import replay
from backend.rules.vocabulary import SiteKind
from tests.actions import goods
from tests.actions.goods import DESK, MANAGER, a_site, an_order, line

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def world(database: str) -> None:
    await goods.prepare()
    await install_rule_sets()


async def test_ready_ones_are_installed_once_and_the_first_is_active() -> None:
    await install_rule_sets()
    found = [(it.name, it.version, it.active) for it in await rule_sets(MANAGER)]
    assert found == [
        ("least cost", 1, True),
        ("fewest splits", 1, False),
        ("nearest", 1, False),
        ("priority list", 1, False),
    ]


async def test_a_version_is_made_and_put_to_work() -> None:
    made = [await create(MANAGER, RuleSetCommand("mine", [RuleCommand("SHIP_COMPLETE")], activate=it)) for it in (0, 1)]
    rows = {it.id: (it.version, it.active) for it in await AllocationRuleSet.filter(name="mine")}
    assert [rows[it] for it in made] == [(1, False), (2, True)]
    await activate(MANAGER, made[0])
    await activate(MANAGER, made[0])
    assert [it.id for it in await AllocationRuleSet.filter(active=True)] == [made[0]]
    kinds = [row["kind"] for row in await db.fetch("SELECT kind FROM event WHERE subject_id = $1 ORDER BY id", made[0])]
    assert kinds == ["allocation_rule_set.created", "allocation_rule_set.updated"]


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        (("EXPLODE", None, None), ("kind",)),
        (("EXCLUDE", "site.kind ==", None), ("when",)),
        (("EXCLUDE", "shop.kind == 'STORE'", None), ("when",)),
        (("MAX_SHIPMENTS", "site.rank > 1", {"count": 1}), ("when",)),
        (("OBJECTIVE", "order.total > 1.0", {"policy": "NEAREST"}), ("when",)),
        (("OBJECTIVE", None, {"policy": "CHEAP"}), ("parameters", "policy")),
        (("MAX_SHIPMENTS", None, {}), ("parameters", "count")),
        (("MAX_SHIPMENTS", None, {"count": 0}), ("parameters", "count")),
        (("MAX_SHIPMENTS", None, {"count": 1, "size": 2}), ("parameters", "size")),
        (("ADD", None, {"amount": "much"}), ("parameters", "amount")),
        (("COSTS", None, {"unit": "-1"}), ("parameters", "unit")),
        (("ADD", 'line.sku == "X"', {"amount": "1", "per": "SHIPMENT"}), ("parameters", "per")),
        (("REQUIRE", None, {"site": "site.x("}), ("parameters", "site")),
        (("EXCLUDE", None, None), ("kind",)),
        (("EXCLUDE", 'site.kind == "WAREHOUSE"', None), ("when",)),
        (("REQUIRE", None, {"site": 'site.kind == "STORE"'}), ("kind",)),
    ],
)
async def test_a_bad_rule_is_refused_with_its_place(rule: tuple[str, str | None, Any], place: tuple[str, ...]) -> None:
    await a_site("NEAR")
    before = await goods.everything()
    with pytest.raises(Refused) as refusal:
        await create(MANAGER, RuleSetCommand("bad", [RuleCommand("WHOLE_LINES"), RuleCommand(*rule)]))
    (problem,) = refusal.value.problems
    assert (problem.code, problem.path) == (ErrorCode.INVALID, ("rules", "1", *place))
    assert await goods.everything() == before
    assert not await AllocationRuleSet.exists(name="bad")


async def test_a_draft_is_tried_without_acting() -> None:
    await a_site("NEAR", {"A": 5}, kind=SiteKind.STORE)
    mid = await a_site("MID", {"A": 5})
    order = await an_order(line("A", 1))
    draft = await create(MANAGER, RuleSetCommand("no stores", [RuleCommand("EXCLUDE", 'site.kind == "STORE"')]))
    before = await goods.everything()
    tried = await preview(DESK, order.id, draft)
    assert (tried.rule_set, tried.chosen) == ("no stores v1", [{"site_id": str(mid), "sku": "A", "quantity": 1}])
    assert [it["reason"] for it in tried.excluded] == ["RULE:0"]
    assert (await preview(DESK, order.id, None)).rule_set == "least cost v1"
    assert await goods.everything() == before


async def test_a_decision_says_by_which_rules_and_is_taken_again_from_its_record() -> None:
    await a_site("NEAR", {"A": 2, "B": 1})
    await a_site("MID", {"A": 5, "C": 1}, safety_stock=1)
    order = await an_order(line("A", 4), line("B", 1), line("C", 1))
    decision = await AllocationDecision.get(id=await allocate(DESK, order.id))
    active = await AllocationRuleSet.get(active=True)
    assert decision.rule_set_version_id == active.id
    told = decision.in_full().record
    assert sum(told["parts"].values()) == decision.cost == told["classic"]["LEAST_COST"]["cost"]
    assert {it["status"] for it in told["sites"]} == {"CHOSEN"}
    reasons = [(it["code"], it["sku"]) for site in told["sites"] for it in site["reasons"]]
    assert ("SAFETY_STOCK", "C") in reasons
    again = replay(decision.snapshot)
    assert [(str(site), sku, units) for _, site, sku, units in again] == [
        (it["site_id"], it["sku"], it["quantity"]) for it in decision.chosen
    ]


async def test_a_rule_that_fails_is_told_once_and_blocks_nobody() -> None:
    await a_site("NEAR", {"A": 5})
    rule = RuleCommand("EXCLUDE", 'order.attributes.vip && site.code == "NEAR"')
    await create(MANAGER, RuleSetCommand("failing", [rule], activate=True))
    for _ in range(2):
        order = await an_order(line("A", 1))
        await allocate(DESK, order.id)
        assert await goods.given(order.id) == [("NEAR", "A", 1)]
    alerts = await db.fetch("SELECT kind, severity, message FROM alert")
    assert [(row["kind"], row["severity"]) for row in alerts] == [("allocation.rule_failed", "WARNING")]
    assert alerts[0]["message"].startswith("Rule 1 of failing v1 is skipped:")

"""Alert rules: made by those who lead, asked by the worker; alerts raised once, cleared when the fault has gone."""

from __future__ import annotations

import asyncio
from typing import Any

from backend.actions.alert_rules.install import install_alert_rules
from backend.actions.orders.cancel import cancel
from backend.models import db
from backend.models.log import Alert, AlertRule
from backend.reactions.ask_alert_rules import ask_about_events, ask_about_queues
from backend.rules.alert_rules import READY
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from tests.api.conftest import Api
from tests.api.world import enter, stock

CREATE = """
mutation ($input: AlertRuleInput!) {
  alertRuleCreate(input: $input) { alertRule { id name version active watches clearsOn } userErrors { code path } }
}
"""
END = (
    "mutation ($id: ID!) { alertRuleEnd(input: {alertRuleId: $id}) { alertRule { active } userErrors { code path } } }"
)
RULES = "{ alertRules { name version active } }"
MANY = {
    "name": "drafts",
    "trigger": "QUEUE",
    "watches": "orders.incomplete",
    "message": "Drafts.",
    "when": "queue.count > 1",
}
BIG = {
    "name": "big", "trigger": "EVENT", "watches": "order.created", "message": "Big.", "severity": "INFO",
    "when": "order.total > 10.0 && event.kind == 'order.created'", "clearsOn": ["order.cancelled"],
}  # fmt: skip


async def create(api: Api, rule: dict[str, Any]) -> dict[str, Any]:
    made = (await api.do(CREATE, {"input": rule}))["alertRuleCreate"]
    assert made["userErrors"] == []
    found: dict[str, Any] = made["alertRule"]
    return found


async def alerts() -> list[tuple[str, bool]]:
    return [(alert.kind, alert.cleared_at is None) for alert in await Alert.all().order_by("raised_at", "kind")]


async def test_a_queues_alert_stands_while_its_condition_holds(api: Api) -> None:
    await stock("TEA", "CUP")
    rule = await create(api, MANY)
    assert (rule["version"], rule["active"], rule["clearsOn"]) == (1, True, [])
    first = await enter(1, draft=True)
    await ask_about_queues()
    assert await alerts() == []
    await enter(2, draft=True)
    await asyncio.gather(*(ask_about_queues() for _ in range(4)))
    assert await alerts() == [("rule.drafts", True)]
    await cancel(SYSTEM, first.id, "Changed their mind.")
    await ask_about_queues()
    assert await alerts() == [("rule.drafts", False)]
    again = await create(api, MANY | {"when": "queue.count > 0"})
    assert again["version"] == 2
    await ask_about_queues()
    assert await alerts() == [("rule.drafts", False), ("rule.drafts", True)]
    listed = (await api.do(RULES))["alertRules"]
    assert [(it["version"], it["active"]) for it in listed] == [(2, True), (1, False)]
    ended = (await api.do(END, {"id": again["id"]}))["alertRuleEnd"]
    assert ended == {"alertRule": {"active": False}, "userErrors": []}
    assert await alerts() == [("rule.drafts", False), ("rule.drafts", False)]
    twice = (await api.do(END, {"id": again["id"]}))["alertRuleEnd"]["userErrors"]
    assert twice == [{"code": "INVALID_STATE", "path": ["alertRuleId"]}]
    await ask_about_queues()
    assert len(await alerts()) == 2


async def test_a_rule_of_events_is_asked_about_each_of_them_once(api: Api) -> None:
    """By several workers at once; nothing that happened before it was there."""
    await stock("TEA", "CUP")
    await enter(1)
    await ask_about_events()
    await create(api, BIG)
    await enter(2, skus=("TEA",))
    big = await enter(3)
    await asyncio.gather(*(ask_about_events() for _ in range(4)))
    [alert] = await Alert.all()
    assert (alert.kind, alert.order_id, alert.severity, alert.message) == ("rule.big", big.id, "INFO", "Big.")
    await db.execute("UPDATE alert SET cleared_at = now(), cleared_by = 'ann'")
    await ask_about_events()
    assert await alerts() == [("rule.big", False)]
    other = await enter(4)
    await ask_about_events()
    await cancel(SYSTEM, other.id, "Changed their mind.")
    await ask_about_events()
    assert await alerts() == [("rule.big", False), ("rule.big", False)]
    last = await Alert.get(order_id=other.id)
    assert last.note == "order.cancelled."


async def test_an_alert_about_one_sku_alone_says_which(api: Api) -> None:
    await ask_about_events()
    await create(api, BIG | {"name": "more", "watches": "inventory.changed", "when": None, "clearsOn": []})
    await stock("TEA")
    await ask_about_events()
    [alert] = await Alert.all()
    assert (alert.kind, alert.sku, alert.site_id) == ("rule.more", "TEA", api.site_id)
    await db.execute("UPDATE alert SET cleared_at = now(), cleared_by = 'ann'")
    await stock("CUP", "POT")
    await ask_about_events()
    assert [it.sku for it in await Alert.filter(cleared_at=None)] == [None]


async def test_a_rule_that_cannot_be_asked_is_told_of_once(api: Api) -> None:
    await ask_about_events()
    await stock("TEA", "CUP")
    await create(api, BIG | {"name": "broken", "when": "order.colour == 'red'"})
    await create(api, BIG)
    await create(api, MANY | {"when": "queue.size > 1"})
    await enter(1)
    await enter(2)
    for _ in range(2):
        await ask_about_events()
        await ask_about_queues()
    kinds = sorted(kind for kind, _ in await alerts())
    assert kinds == ["alert_rule.failed", "alert_rule.failed", "rule.big", "rule.big"]


async def test_who_makes_and_reads_rules(api: Api) -> None:
    wrong = MANY | {"name": "No good", "watches": "orders.lost", "when": "queue."}
    problems = (await api.do(CREATE, {"input": wrong}))["alertRuleCreate"]
    assert problems == {
        "alertRule": None,
        "userErrors": [{"code": "INVALID", "path": [place]} for place in ("name", "watches", "when")],
    }
    await install_alert_rules()
    await install_alert_rules()
    assert await AlertRule.filter(active=True).count() == len(READY)
    assert len((await api.do(RULES, role=Role.VIEWER))["alertRules"]) == len(READY)

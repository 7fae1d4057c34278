"""What an alert rule may be, and where it is told that it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.errors import Refused
from backend.rules.alert_rules import QUEUES, READY, AlertRule, check, queue_context
from backend.rules.conditions import holds
from backend.rules.vocabulary import AlertSeverity, AlertTrigger

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
OF_EVENT = AlertRule("big", AlertTrigger.EVENT, "order.created", AlertSeverity.INFO, "Big.", "order.total > 10.0")
OF_QUEUE = AlertRule(
    "many", AlertTrigger.QUEUE, "orders.backordered", AlertSeverity.WARNING, "Many.", "queue.count > 9"
)


@pytest.mark.parametrize("rule", READY, ids=lambda rule: rule.name)
def test_those_that_come_with_it_can_be_asked(rule: AlertRule) -> None:
    check(rule)
    quiet, loud = queue_context(0, None, NOW), queue_context(1_000, NOW - timedelta(days=365), NOW)
    assert (holds(rule.when, quiet), holds(rule.when, loud)) == (False, True)


def test_those_that_come_with_it_have_names_of_their_own() -> None:
    assert len({rule.name for rule in READY}) == len(READY)
    by_orders_own_alerts = {"orders.alerted", "shippingOrders.alerted", "orders.waitingFulfillment"}
    assert set(QUEUES) - {rule.watches for rule in READY} == by_orders_own_alerts


@pytest.mark.parametrize(
    ("rule", "changes", "path"),
    [
        (OF_EVENT, {"name": "Big Orders"}, ("name",)),
        (OF_EVENT, {"message": " "}, ("message",)),
        (OF_EVENT, {"watches": "created"}, ("watches",)),
        (OF_EVENT, {"watches": "alert.raised"}, ("watches",)),
        (OF_EVENT, {"when": "order.total >"}, ("when",)),
        (OF_EVENT, {"when": "queue.count > 1"}, ("when",)),
        (OF_EVENT, {"clears_on": ["order.filed", "x"]}, ("clears_on", "1")),
        (OF_EVENT, {"clears_on": ["order.filed"] * 21}, ("clears_on",)),
        (OF_QUEUE, {"watches": "orders.lost"}, ("watches",)),
        (OF_QUEUE, {"when": None}, ("when",)),
        (OF_QUEUE, {"when": "order.total > 1"}, ("when",)),
        (OF_QUEUE, {"clears_on": ["order.filed"]}, ("clears_on",)),
        (OF_QUEUE, {"severity": AlertSeverity.CRITICAL}, ("severity",)),
    ],
)
def test_what_is_wrong_is_told_at_its_place(rule: AlertRule, changes: dict[str, Any], path: tuple[str, ...]) -> None:
    check(rule)
    with pytest.raises(Refused) as refusal:
        check(replace(rule, **changes))
    assert [problem.path for problem in refusal.value.problems] == [path]


def test_ages_are_whole_minutes() -> None:
    assert queue_context(3, NOW - timedelta(minutes=90, seconds=30), NOW) == {
        "queue": {"count": 3, "oldestMinutes": 90}
    }
    assert queue_context(1, NOW + timedelta(hours=1), NOW)["queue"]["oldestMinutes"] == 0

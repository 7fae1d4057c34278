"""Alert rules: when something that happened, or a queue as it stands, needs a person. Conditions are CEL.

A rule of an EVENT is asked about each event of its kind: it sees `event` (kind, actor, data) and `order`, as workflows
see it. A rule of a QUEUE is asked every minute: it sees `queue` (count, oldestMinutes).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.errors import Refused
from backend.rules.conditions import compile_condition
from backend.rules.order_input import Problems
from backend.rules.vocabulary import AlertSeverity, AlertTrigger

#: What the condition of each may speak of.
SEES: Mapping[AlertTrigger, frozenset[str]] = {
    AlertTrigger.EVENT: frozenset({"event", "order"}),
    AlertTrigger.QUEUE: frozenset({"queue"}),
}
QUEUES = (
    "orders.incomplete", "orders.alerted", "orders.suspended", "orders.waitingPayment", "orders.waitingApproval",
    "orders.waitingAllocation", "orders.backordered", "orders.waitingFulfillment", "orders.waitingFiling",
    "shippingOrders.alerted", "shippingOrders.waitingApproval", "shippingOrders.waitingAssignment",
    "shippingOrders.waitingPick", "shippingOrders.waitingPack", "shippingOrders.waitingShipment",
    "shippingOrders.readyForPickup", "shippingOrders.late",
    "returns.waitingApproval", "returns.waitingReceipt", "returns.waitingRefund",
    "payments.failed", "payments.uncertain", "payments.expiring",
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
_KIND = re.compile(r"[a-z_]{1,31}\.[a-z_]{1,31}")
_MAX_KINDS = 20


@dataclass(frozen=True, slots=True)
class AlertRule:
    """`watches` is a kind of event, or a queue's name. Events of `clears_on` about the same order clear the alert."""

    name: str
    trigger: AlertTrigger
    watches: str
    severity: AlertSeverity
    message: str
    when: str | None = None
    clears_on: Sequence[str] = ()


def kind_of(name: str) -> str:
    """The kind of the alerts of a rule; of a queue's rule, their key, too."""
    return f"rule.{name}"


def check(rule: AlertRule) -> None:
    """Refuse a rule that cannot be asked, with each problem at its place."""
    problems = Problems()
    problems.text(rule.message, 500, "message", required=True)
    if not _NAME.fullmatch(rule.name):
        problems.add("A name is up to 50 small letters, digits and underscores, a letter first.", "name")
    if rule.trigger is AlertTrigger.QUEUE:
        _check_queue(rule, problems)
    else:
        _check_kind(rule.watches, problems, "watches")
    for index, kind in enumerate(rule.clears_on[:_MAX_KINDS]):
        _check_kind(kind, problems, "clears_on", index)
    if len(rule.clears_on) > _MAX_KINDS:
        problems.add(f"At most {_MAX_KINDS} kinds.", "clears_on")
    if rule.when is not None:
        try:
            compile_condition(rule.when, "when", names=SEES[rule.trigger])
        except Refused as refusal:
            problems.found.extend(refusal.problems)
    problems.check()


def _check_queue(rule: AlertRule, problems: Problems) -> None:
    if rule.watches not in QUEUES:
        problems.add(f"A queue is one of {', '.join(QUEUES)}.", "watches")
    if rule.when is None:
        problems.add("A queue is asked about by a condition.", "when")
    if rule.clears_on:
        problems.add("An alert of a queue is cleared when the condition no longer holds.", "clears_on")
    if rule.severity is AlertSeverity.CRITICAL:
        problems.add("Critical alerts hold an order; a queue is none.", "severity")


def _check_kind(kind: str, problems: Problems, *path: str | int) -> None:
    if not _KIND.fullmatch(kind):
        problems.add("A kind of event is two words with a dot between: order.created.", *path)
    elif kind.startswith("alert."):
        problems.add("Alerts about alerts would have no end.", *path)


def queue_context(count: int, oldest_at: datetime | None, now: datetime) -> dict[str, Any]:
    oldest = 0 if oldest_at is None else max(0, int((now - oldest_at).total_seconds() // 60))
    return {"queue": {"count": count, "oldestMinutes": oldest}}


def _queue(name: str, queue: str, when: str, message: str) -> AlertRule:
    return AlertRule(name, AlertTrigger.QUEUE, queue, AlertSeverity.WARNING, message, when)


def _old(name: str, queue: str, hours: int, message: str) -> AlertRule:
    """The oldest record of the queue is older."""
    return _queue(name, queue, f"queue.oldestMinutes > {hours * 60}", message)


_DAY = 24
#: Those that come with Crossdock. What an order itself waits for has alerts of its own (rules/assessment.ALERTS).
READY = (
    _old("drafts_left", "orders.incomplete", 30 * _DAY, "Drafts are a month old."),
    _old("suspended_long", "orders.suspended", 7 * _DAY, "Orders a week old are held."),
    _old("unpaid_long", "orders.waitingPayment", 3 * _DAY, "Orders wait for money for days."),
    _old("approval_slow", "orders.waitingApproval", _DAY, "Orders a day old wait for approval."),
    _old("allocation_slow", "orders.waitingAllocation", _DAY, "Orders a day old wait for allocation."),
    _old("backorders_old", "orders.backordered", 14 * _DAY, "Backorders are two weeks old."),
    _old("filing_slow", "orders.waitingFiling", 30 * _DAY, "Orders a month old wait to be filed."),
    _old("release_slow", "shippingOrders.waitingApproval", _DAY, "Shipping orders wait a day for approval."),
    _old("unclaimed", "shippingOrders.waitingAssignment", 4, "Shipping orders are not claimed."),
    _old("picking_slow", "shippingOrders.waitingPick", _DAY, "Picking is a day behind."),
    _old("packing_slow", "shippingOrders.waitingPack", _DAY, "Packing is a day behind."),
    _old("shipping_slow", "shippingOrders.waitingShipment", 2 * _DAY, "Packages wait for their carrier."),
    _old("uncollected", "shippingOrders.readyForPickup", 7 * _DAY, "Pick-ups wait for a week."),
    _queue("late", "shippingOrders.late", "queue.count > 0", "Shipping orders are late."),
    _old("returns_unseen", "returns.waitingApproval", _DAY, "Returns wait a day for approval."),
    _old("returns_missing", "returns.waitingReceipt", 30 * _DAY, "Returns do not arrive."),
    _old("refunds_slow", "returns.waitingRefund", 14 * _DAY, "Returns two weeks old are not refunded."),
    _queue("payments_failing", "payments.failed", "queue.count >= 20", "Many payments fail."),
    _old("gateway_silent", "payments.uncertain", 1, "A gateway does not answer."),
    _queue("authorizations_expire", "payments.expiring", "queue.count > 0", "Authorizations are about to lapse."),
)

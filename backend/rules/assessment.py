"""What the rules find about an order: verbs that may run by themselves, and what is waited for.

The gate that a workflow sets before each step stands here too, with the names that its conditions see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.money import to_decimal
from backend.rules import standing
from backend.rules.conditions import holds
from backend.rules.facts import Facts
from backend.rules.vocabulary import AlertSeverity, LifecycleStep, Role, StepMode

#: Orders that wait for these are also told of by an alert, until they no longer do.
ALERTS: Mapping[str, tuple[str, AlertSeverity, str]] = {
    "PAYMENT_DECLINED": ("payment.declined", AlertSeverity.WARNING, "A payment was declined."),
    "PAYMENT_UNCERTAIN": ("payment.uncertain", AlertSeverity.WARNING, "A gateway's answer is not known yet."),
    "PAYMENT_MISSING": ("payment.missing", AlertSeverity.WARNING, "The payments do not cover the total."),
    "CAPTURE_DECLINED": ("payment.capture_declined", AlertSeverity.CRITICAL, "The gateway refused to pay out."),
    "REFUND_FAILED": ("payment.refund_failed", AlertSeverity.CRITICAL, "Money could not be given back."),
    "INCOMPLETE": ("order.incomplete", AlertSeverity.WARNING, "Something is missing before it can be approved."),
    "BACKORDERED": ("order.backordered", AlertSeverity.WARNING, "No site has stock for some units."),
    "CONDITION_ERROR": ("workflow.condition_error", AlertSeverity.WARNING, "A workflow condition cannot be evaluated."),
}

#: The gateway at which a person says that money is there, or has been given back.
BY_A_PERSON = "manual"
DESK = (Role.CUSTOMER_SERVICE, Role.MANAGER)
MONEY = (Role.FINANCE, Role.MANAGER)
SITE = (Role.STORE_ASSOCIATE, Role.FULFILLMENT)


@dataclass(frozen=True, slots=True)
class Run:
    """A verb that the workflow does by itself: an entry of actions/orders/advance.VERBS, and what it is done to."""

    verb: str
    step: LifecycleStep
    subject_id: UUID
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """`actors` are roles, "system", "gateway", "stock" or "customer"; `next_at` is when it goes on by itself."""

    step: LifecycleStep
    reason: str
    since: datetime
    actors: tuple[str, ...]
    next_at: datetime | None = None
    subject_id: UUID | None = None
    detail: str | None = None


@dataclass(slots=True)
class Assessment:
    runs: list[Run] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    def wait(self, step: LifecycleStep, reason: str, since: datetime, *actors: str, **more: Any) -> None:
        self.waits.append(Wait(step, reason, since, tuple(actors), **more))


def order_context(facts: Facts) -> dict[str, Any]:
    """What CEL conditions see. Amounts are major units, for comparison only."""
    address = facts.shipping_address or {}
    return {
        "order": {
            "number": facts.number,
            "channel": facts.channel,
            "channelKind": facts.channel_kind,
            "total": float(to_decimal(standing.amounts_of(facts).total, facts.currency)),
            "currency": facts.currency,
            "priority": facts.priority,
            "tags": list(facts.tags),
            "email": facts.email or "",
            "country": address.get("country") or "",
            "subdivision": address.get("subdivision") or "",
            "postalCode": address.get("postalCode") or "",
            "shippingMethod": facts.shipping_method or "",
            "attributes": dict(facts.attributes),
            "paymentMethods": [payment.method.value for payment in facts.payments],
            "lines": [
                {
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "kind": line.kind.value,
                    "deliveryMethod": line.delivery_method.value,
                }
                for line in facts.lines
            ],
        }
    }


def names(roles: tuple[Role, ...]) -> tuple[str, ...]:
    return tuple(role.value for role in roles)


def gate(
    facts: Facts,
    found: Assessment,
    step: LifecycleStep,
    since: datetime,
    now: datetime,
    by: tuple[Role, ...],
    *,
    subject_id: UUID | None = None,
    reason: str | None = None,
) -> bool:
    """Whether the workflow lets the step be done by itself now; where not, notes what it waits for."""
    rule = facts.workflow.step(step)
    if rule.mode is StepMode.SKIP:
        return True
    if rule.mode is StepMode.AUTOMATIC:
        try:
            if holds(rule.when, order_context(facts)):
                due = since + timedelta(seconds=rule.delay_seconds)
                if due <= now:
                    return True
                found.wait(step, "DELAYED", since, "system", next_at=due, subject_id=subject_id)
                return False
        except ValueError as error:
            found.wait(step, "CONDITION_ERROR", since, *names(by), subject_id=subject_id, detail=str(error))
            return False
    found.wait(step, reason or step.value, since, *names(by), subject_id=subject_id)
    return False


def is_skipped(facts: Facts, step: LifecycleStep) -> bool:
    return facts.workflow.step(step).mode is StepMode.SKIP

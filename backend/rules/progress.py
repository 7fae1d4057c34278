"""What happens to an order next: which verbs may run by themselves now, and what it waits for otherwise.

`assess` is the one place that decides it. The worker runs what it allows (actions/orders/advance.py); the API's
`waitingFor`, `steps` and the alerts of an order tell what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.money import to_decimal
from backend.rules import standing
from backend.rules.facts import Facts, PaymentFact, ShippingOrderFact
from backend.rules.lifecycle import ORDER_VERBS, SHIPPING_ORDER_VERBS
from backend.rules.vocabulary import (
    AlertSeverity,
    DeliveryMethod,
    LifecycleStep,
    LineKind,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    Role,
    ShippingOrderState,
    StepMode,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
)
from backend.rules.workflows import holds

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

_DESK = (Role.CUSTOMER_SERVICE, Role.MANAGER)
_MONEY = (Role.FINANCE, Role.MANAGER)
_SITE = (Role.STORE_ASSOCIATE, Role.FULFILLMENT)
_MACHINE_GATEWAYS_EXCLUDE = frozenset({"manual"})


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


def assess(facts: Facts, now: datetime) -> Assessment:
    """What may run by itself now and what is waited for. A suspended order runs nothing."""
    found = Assessment()
    _STATES[facts.state](facts, now, found)
    if facts.state is not OrderState.DRAFT:
        _money(facts, now, found)
    if facts.suspended:
        found.runs.clear()
        for hold in facts.holds:
            found.waits.insert(0, Wait(_current_step(facts), "HELD", hold.at, _names(_DESK), detail=hold.reason))
    return found


def _names(roles: tuple[Role, ...]) -> tuple[str, ...]:
    return tuple(role.value for role in roles)


def _gate(
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
            found.wait(step, "CONDITION_ERROR", since, *_names(by), subject_id=subject_id, detail=str(error))
            return False
    found.wait(step, reason or step.value, since, *_names(by), subject_id=subject_id)
    return False


def _is_skipped(facts: Facts, step: LifecycleStep) -> bool:
    return facts.workflow.step(step).mode is StepMode.SKIP


def _draft(facts: Facts, _now: datetime, found: Assessment) -> None:
    found.wait(LifecycleStep.ENTRY, "DRAFT", facts.state_since, *_names(_DESK))


def _payment(facts: Facts, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PAYMENT
    if _is_skipped(facts, step):
        found.runs.append(Run("orderSkip", step, facts.id, skipped=True))
        return
    waiting = len(found.waits)
    for payment in facts.payments:
        _authorization(facts, payment, now, found)
    if len(found.waits) == waiting and not found.runs:
        found.wait(step, "PAYMENT_MISSING", facts.state_since, *_names(_DESK), "customer")


def _authorization(facts: Facts, payment: PaymentFact, now: datetime, found: Assessment) -> None:
    step, last = LifecycleStep.PAYMENT, payment.last(TransactionKind.AUTHORIZE)
    if payment.authorized or payment.status is PaymentStatus.VOIDED:
        return
    if last is None or last.state is TransactionState.PENDING:
        if payment.gateway in _MACHINE_GATEWAYS_EXCLUDE and payment.method is not PaymentMethodKind.CASH:
            found.wait(step, "PAYMENT_AWAITED", facts.state_since, *_names(_MONEY), subject_id=payment.id)
        elif _gate(facts, found, step, facts.state_since, now, _MONEY, subject_id=payment.id):
            found.runs.append(Run("paymentsAuthorize", step, facts.id))
    elif last.state is TransactionState.UNCERTAIN:
        found.wait(step, "PAYMENT_UNCERTAIN", last.at, "gateway", *_names(_MONEY), subject_id=payment.id)
    elif last.state is TransactionState.FAILED:
        found.wait(
            step, "PAYMENT_DECLINED", last.at, *_names(_DESK), "customer", subject_id=payment.id, detail=last.failure
        )


def _approval(facts: Facts, now: datetime, found: Assessment) -> None:
    if facts.mark(LifecycleStep.COMPLETION) is None:
        step = LifecycleStep.COMPLETION
        missing = what_is_missing(facts)
        if missing and not _is_skipped(facts, step):
            found.wait(step, "INCOMPLETE", facts.state_since, *_names(_DESK), detail=missing)
        elif _gate(facts, found, step, facts.state_since, now, _DESK):
            found.runs.append(Run("orderComplete", step, facts.id, _is_skipped(facts, step)))
    elif _gate(facts, found, LifecycleStep.APPROVAL, facts.state_since, now, _DESK):
        step = LifecycleStep.APPROVAL
        found.runs.append(Run("orderApprove", step, facts.id, _is_skipped(facts, step)))


def what_is_missing(facts: Facts) -> str | None:
    """What must be put right before an order can be fulfilled."""
    ships = any(line.is_physical and line.delivery_method is DeliveryMethod.SHIP for line in facts.lines)
    if ships and not facts.shipping_address:
        return "There is no shipping address."
    digital = any(line.kind in (LineKind.DIGITAL, LineKind.GIFT_CARD) for line in facts.lines)
    if digital and not facts.email:
        return "There is no e-mail address to deliver to."
    return None


def _allocation(facts: Facts, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.ALLOCATION
    if _is_skipped(facts, step):
        found.runs.append(Run("orderFulfilDirectly", step, facts.id, skipped=True))
        return
    untried = sum(line.unallocated - line.backordered for line in facts.lines if line.is_physical)
    if untried and _gate(facts, found, step, facts.state_since, now, _DESK):
        found.runs.append(Run("orderAllocate", step, facts.id))
    if any(line.backordered for line in facts.lines):
        skus = sorted({line.sku for line in facts.lines if line.backordered})
        found.wait(
            step,
            "BACKORDERED",
            facts.state_since,
            "stock",
            *_names(_DESK),
            detail=f"No stock of {', '.join(skus[:5])}.",
        )
    _fulfillment(facts, now, found)


def _fulfillment(facts: Facts, now: datetime, found: Assessment) -> None:
    for shipping_order in facts.shipping_orders:
        handler = _SHIPPING_ORDERS.get(shipping_order.state)
        if handler is not None:
            handler(facts, shipping_order, now, found)
    _lines_without_stock(facts, found)


def _lines_without_stock(facts: Facts, found: Assessment) -> None:
    """Digital lines are delivered once allocation has passed; services follow the last physical unit."""
    physical_open = any(line.unfulfilled for line in facts.lines if line.is_physical)
    for line in facts.lines:
        ready = not line.is_physical and line.unfulfilled and not (line.kind is LineKind.SERVICE and physical_open)
        if ready:
            found.runs.append(Run("orderFulfilLines", LifecycleStep.SHIPMENT, facts.id))
            return


def _so_approval(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.SHIPPING_ORDER_APPROVAL
    by = (Role.FULFILLMENT, *_DESK)
    if _gate(facts, found, step, it.state_since, now, by, subject_id=it.id):
        found.runs.append(Run("shippingOrderApprove", step, it.id, _is_skipped(facts, step)))


def _so_assignment(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.ASSIGNMENT
    if _gate(facts, found, step, it.state_since, now, _SITE, subject_id=it.id):
        found.runs.append(Run("shippingOrderAssign", step, it.id, _is_skipped(facts, step)))


def _so_pick(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PICK_PACK
    if _gate(facts, found, step, it.state_since, now, _SITE, subject_id=it.id, reason="PICK"):
        found.runs.append(Run("shippingOrderPick", step, it.id, _is_skipped(facts, step)))


def _so_pack(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.PICK_PACK
    if _gate(facts, found, step, it.state_since, now, _SITE, subject_id=it.id, reason="PACK"):
        verb = "shippingOrderReady" if it.delivery_method is DeliveryMethod.PICKUP else "shippingOrderPack"
        found.runs.append(Run(verb, step, it.id, _is_skipped(facts, step)))


def _so_ship(facts: Facts, it: ShippingOrderFact, now: datetime, found: Assessment) -> None:
    step = LifecycleStep.SHIPMENT
    if _gate(facts, found, step, it.state_since, now, _SITE, subject_id=it.id):
        found.runs.append(Run("shippingOrderShip", step, it.id, _is_skipped(facts, step)))


def _so_collect(_facts: Facts, it: ShippingOrderFact, _now: datetime, found: Assessment) -> None:
    found.wait(LifecycleStep.SHIPMENT, "PICKUP", it.state_since, "customer", *_names(_SITE), subject_id=it.id)


def _filing(facts: Facts, now: datetime, found: Assessment) -> None:
    if facts.mark(LifecycleStep.CONTINUATION) is None:
        step = LifecycleStep.CONTINUATION
        if _gate(facts, found, step, facts.state_since, now, _DESK):
            found.runs.append(Run("orderContinue", step, facts.id, _is_skipped(facts, step)))
        return
    reason = why_not_filed(facts)
    if reason is not None:
        found.wait(LifecycleStep.FILING, "UNSETTLED", facts.state_since, "system", *_names(_MONEY), detail=reason)
    elif _gate(facts, found, LifecycleStep.FILING, facts.state_since, now, _DESK):
        step = LifecycleStep.FILING
        found.runs.append(Run("orderFile", step, facts.id, _is_skipped(facts, step)))


def why_not_filed(facts: Facts) -> str | None:
    """What is still open of an order whose goods are gone, or None."""
    if any(transaction.is_open for payment in facts.payments for transaction in payment.transactions):
        return "A gateway has not answered yet."
    if standing.capture_due(facts):
        return "Not all that is due has been captured."
    if standing.excess_due(facts):
        return "Money is to be given back."
    if _invoice_due(facts):
        return "The invoice has not been made."
    if facts.open_returns:
        return "A return is open."
    return None


def _money(facts: Facts, now: datetime, found: Assessment) -> None:
    """Captures, invoices, and giving back what is not owed: they go along with the steps, and hold up only filing."""
    _invoices(facts, now, found)
    _captures(facts, now, found)
    if standing.excess_due(facts) and not _open(facts, TransactionKind.REFUND):
        if _last_failed(facts, TransactionKind.REFUND, TransactionPurpose.EXCESS):
            found.wait(LifecycleStep.PAYMENT, "REFUND_FAILED", facts.state_since, *_names(_MONEY))
        else:
            found.runs.append(Run("paymentsRefundExcess", LifecycleStep.PAYMENT, facts.id))
    if standing.to_void(facts):
        found.runs.append(Run("paymentsVoid", LifecycleStep.PAYMENT, facts.id))


def _captures(facts: Facts, now: datetime, found: Assessment) -> None:
    for payment in facts.payments:
        last = payment.last(TransactionKind.CAPTURE)
        if last is not None and last.state is TransactionState.UNCERTAIN:
            found.wait(LifecycleStep.PAYMENT, "PAYMENT_UNCERTAIN", last.at, "gateway", subject_id=payment.id)
    if not standing.capture_due(facts) or facts.state is OrderState.WAITING_PAYMENT:
        return
    failed = [
        p for p in facts.payments if (t := p.last(TransactionKind.CAPTURE)) and t.state is TransactionState.FAILED
    ]
    drawable = [p for p in facts.payments if p.authorized > p.captured and p not in failed]
    if drawable:
        if _gate(facts, found, LifecycleStep.PAYMENT, facts.state_since, now, _MONEY, reason="CAPTURE"):
            found.runs.append(Run("paymentsCapture", LifecycleStep.PAYMENT, facts.id))
    elif failed:
        last = failed[0].last(TransactionKind.CAPTURE)
        assert last is not None
        found.wait(
            LifecycleStep.PAYMENT,
            "CAPTURE_DECLINED",
            last.at,
            *_names(_MONEY),
            "customer",
            subject_id=failed[0].id,
            detail=last.failure,
        )
    elif not _open(facts, TransactionKind.CAPTURE):
        found.wait(LifecycleStep.PAYMENT, "PAYMENT_MISSING", facts.state_since, *_names(_MONEY), "customer")


def _open(facts: Facts, kind: TransactionKind) -> bool:
    return any(t.is_open and t.kind is kind for payment in facts.payments for t in payment.transactions)


def _last_failed(facts: Facts, kind: TransactionKind, purpose: TransactionPurpose) -> bool:
    found = [t for p in facts.payments for t in p.transactions if t.kind is kind and t.purpose is purpose]
    return bool(found) and max(found, key=lambda t: t.at).state is TransactionState.FAILED


def _invoices(facts: Facts, now: datetime, found: Assessment) -> None:
    due = list(_invoice_due(facts))
    if not due or standing.is_cancelled(facts):
        return
    if _gate(facts, found, LifecycleStep.INVOICE, facts.state_since, now, _MONEY):
        found.runs.extend(Run("invoiceIssue", LifecycleStep.INVOICE, subject) for subject in due)


def _invoice_due(facts: Facts) -> list[UUID]:
    """What is to be invoiced by now: shipping orders, or the order itself for what does not ship."""
    if _is_skipped(facts, LifecycleStep.INVOICE):
        return []
    return list(_due_invoices(facts))


def _due_invoices(facts: Facts) -> Iterator[UUID]:
    moment = facts.workflow.invoice_on
    if moment is LifecycleStep.APPROVAL:
        approved = facts.mark(LifecycleStep.COMPLETION) and facts.mark(LifecycleStep.APPROVAL)
        if approved and any(line.invoiced < line.quantity - line.cancelled for line in facts.lines):
            yield facts.id
        return
    for it in facts.shipping_orders:
        gone = it.state in _GONE
        reached = gone or (moment is LifecycleStep.SHIPPING_ORDER_APPROVAL and it.approved and it.state in _INSIDE)
        if reached and not it.invoiced and any(quantity for _, quantity in it.lines):
            yield it.id
    # Lines that do not ship, and all of an order whose goods are handled elsewhere.
    elsewhere = _is_skipped(facts, LifecycleStep.ALLOCATION)
    if any(line.invoiced < line.fulfilled for line in facts.lines if elsewhere or not line.is_physical):
        yield facts.id


_GONE = (ShippingOrderState.SHIPPED, ShippingOrderState.DELIVERED, ShippingOrderState.PICKED_UP)
_INSIDE = SHIPPING_ORDER_VERBS["shippingOrderCancel"].sources


def _nothing(facts: Facts, now: datetime, found: Assessment) -> None:
    """Closed and cancelled orders wait for nothing, but for money that is to be given back."""


_Handler = Callable[[Facts, datetime, Assessment], None]
_STATES: Mapping[OrderState, _Handler] = {
    OrderState.DRAFT: _draft,
    OrderState.WAITING_PAYMENT: _payment,
    OrderState.WAITING_APPROVAL: _approval,
    OrderState.WAITING_ALLOCATION: _allocation,
    OrderState.WAITING_FULFILLMENT: _fulfillment,
    OrderState.WAITING_FILING: _filing,
    OrderState.CLOSED: _nothing,
    OrderState.CANCELLED: _nothing,
}
_SHIPPING_ORDERS: Mapping[ShippingOrderState, Callable[[Facts, ShippingOrderFact, datetime, Assessment], None]] = {
    ShippingOrderState.WAITING_APPROVAL: _so_approval,
    ShippingOrderState.WAITING_ASSIGNMENT: _so_assignment,
    ShippingOrderState.WAITING_PICK: _so_pick,
    ShippingOrderState.WAITING_PACK: _so_pack,
    ShippingOrderState.WAITING_SHIPMENT: _so_ship,
    ShippingOrderState.READY_FOR_PICKUP: _so_collect,
}
_CURRENT: Mapping[OrderState, LifecycleStep] = {
    OrderState.DRAFT: LifecycleStep.ENTRY,
    OrderState.WAITING_PAYMENT: LifecycleStep.PAYMENT,
    OrderState.WAITING_APPROVAL: LifecycleStep.APPROVAL,
    OrderState.WAITING_ALLOCATION: LifecycleStep.ALLOCATION,
    OrderState.WAITING_FULFILLMENT: LifecycleStep.PICK_PACK,
    OrderState.WAITING_FILING: LifecycleStep.FILING,
    OrderState.CLOSED: LifecycleStep.FILING,
    OrderState.CANCELLED: LifecycleStep.FILING,
}


def _current_step(facts: Facts) -> LifecycleStep:
    return _CURRENT[facts.state]


def reasons_against(facts: Facts) -> dict[str, str]:
    """Why verbs that the state allows cannot be done all the same, for `availableActions` and for the actions."""
    against: dict[str, str] = {}
    if not facts.holds:
        against["orderResume"] = "Nothing is held."
    missing = what_is_missing(facts)
    if facts.mark(LifecycleStep.COMPLETION) is not None:
        against["orderComplete"] = "It is complete."
    elif missing:
        against["orderComplete"] = missing
    if facts.mark(LifecycleStep.COMPLETION) is None:
        against["orderApprove"] = "It is to be completed first."
    if facts.mark(LifecycleStep.CONTINUATION) is not None:
        against["orderContinue"] = "It has been continued."
    unfiled = why_not_filed(facts)
    if facts.mark(LifecycleStep.CONTINUATION) is None:
        against["orderFile"] = "It is to be continued first."
    elif unfiled:
        against["orderFile"] = unfiled
    if any(line.allocated or line.fulfilled for line in facts.lines):
        against["orderEdit"] = "Some of it is with a site already."
    if not any(line.unfulfilled for line in facts.lines):
        against["orderCancel"] = "Nothing is left to cancel."
    if not any(line.fulfilled > line.returned for line in facts.lines):
        against["returnCreate"] = "Nothing has been delivered that could come back."
    if not any(payment.captured > payment.refunded for payment in facts.payments):
        against["orderAppease"] = "Nothing has been captured that could be given back."
    return {verb: reason for verb, reason in against.items() if verb in ORDER_VERBS}

"""Which rows an actor sees: a condition over the row `t` of every read. What is out of scope does not exist.

A channel's key sees what belongs to the orders of its channel; a store associate what is at their sites. The rest of
the house sees everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tortoise.models import Model

from backend.models.channels import Channel, Workflow
from backend.models.fulfillment import (
    AllocationDecision,
    AllocationRuleSet,
    Shipment,
    ShipmentLine,
    ShippingOrder,
    ShippingOrderLine,
)
from backend.models.inventory import (
    InventoryLevel,
    InventoryMovement,
    InventorySite,
    Product,
    Reservation,
    ReservationLine,
)
from backend.models.jobs import Job, JobItem
from backend.models.log import Alert, AlertRule, Event
from backend.models.orders import Order, OrderClaim, OrderHold, OrderLine, OrderNote
from backend.models.payments import Invoice, Payment, PaymentTransaction
from backend.models.people import ApiKey, Customer, SavedSearch, User
from backend.models.receipts import ExpectedReceipt, ExpectedReceiptLine
from backend.models.recurring import RecurringOrder, RecurringRun
from backend.models.returns import Return, ReturnLine, ReturnReceipt
from backend.models.webhooks import Webhook, WebhookDelivery
from backend.queries.sql import Where
from backend.rules.permissions import LEADS, Actor

_ALL = "TRUE"
_NONE = "FALSE"


def _at_sites(order: str) -> str:
    """The order has work at one of the sites {a}."""
    return (
        f"(EXISTS (SELECT 1 FROM shipping_order s WHERE s.order_id = {order} AND s.site_id = ANY({{a}}))"
        f" OR EXISTS (SELECT 1 FROM return_order r WHERE r.order_id = {order} AND r.site_id = ANY({{a}})))"
    )


_OF_CHANNEL = "EXISTS (SELECT 1 FROM sales_order o WHERE o.id = t.order_id AND o.channel_id = {a})"
_OF_OWN_WORK = "EXISTS (SELECT 1 FROM shipping_order s WHERE s.id = t.shipping_order_id AND s.site_id = ANY({a}))"
_OF_OWN_RETURN = "EXISTS (SELECT 1 FROM return_order r WHERE r.id = t.rma_id AND r.site_id = ANY({a}))"

#: For a channel's key; {a} is the channel. Tables that are not here it does not see.
_CHANNEL: Mapping[type[Model], str] = {
    Channel: "t.id = {a}",
    Order: "t.channel_id = {a}",
    RecurringOrder: "t.channel_id = {a}",
    RecurringRun: "EXISTS (SELECT 1 FROM recurring_order r WHERE r.id = t.recurring_order_id AND r.channel_id = {a})",
    Customer: "EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = t.id AND o.channel_id = {a})",
    Product: _ALL,
    InventorySite: _ALL,
    Reservation: "t.channel_id = {a}",
    ReservationLine: "EXISTS (SELECT 1 FROM reservation r WHERE r.id = t.reservation_id AND r.channel_id = {a})",
    **dict.fromkeys(
        (
            OrderLine,
            OrderHold,
            OrderNote,
            Payment,
            PaymentTransaction,
            Invoice,
            AllocationDecision,
            ShippingOrder,
            ShippingOrderLine,
            Shipment,
            ShipmentLine,
            Return,
            ReturnLine,
            ReturnReceipt,
            Alert,
            Event,
        ),
        _OF_CHANNEL,
    ),
}

#: For a store associate; {a} are their sites, {me} is who they are.
_STORE: Mapping[type[Model], str] = {
    Channel: _ALL,
    Product: _ALL,
    InventorySite: _ALL,
    InventoryLevel: "t.site_id = ANY({a})",
    InventoryMovement: "t.site_id = ANY({a})",
    ExpectedReceipt: "t.site_id = ANY({a})",
    ExpectedReceiptLine: "EXISTS (SELECT 1 FROM expected_receipt r WHERE r.id = t.receipt_id AND r.site_id = ANY({a}))",
    Order: _at_sites("t.id"),
    Customer: f"EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = t.id AND {_at_sites('o.id')})",
    User: "(t.id = {me} OR EXISTS (SELECT 1 FROM app_user_site u WHERE u.user_id = t.id AND u.site_id = ANY({a})))",
    **dict.fromkeys((OrderLine, OrderClaim, OrderHold, OrderNote, AllocationDecision, Event), _at_sites("t.order_id")),
    ShippingOrder: "t.site_id = ANY({a})",
    **dict.fromkeys((ShippingOrderLine, Shipment), _OF_OWN_WORK),
    ShipmentLine: "EXISTS (SELECT 1 FROM shipment p JOIN shipping_order s ON s.id = p.shipping_order_id"
    " WHERE p.id = t.shipment_id AND s.site_id = ANY({a}))",
    Return: "t.site_id = ANY({a})",
    ReturnLine: _OF_OWN_RETURN,
    ReturnReceipt: _OF_OWN_RETURN,
    Invoice: f"CASE WHEN t.rma_id IS NOT NULL THEN {_OF_OWN_RETURN} ELSE {_OF_OWN_WORK} END",
    Alert: f"CASE WHEN t.shipping_order_id IS NOT NULL THEN {_OF_OWN_WORK}"
    f" WHEN t.rma_id IS NOT NULL THEN {_OF_OWN_RETURN} WHEN t.site_id IS NOT NULL THEN t.site_id = ANY({{a}})"
    f" ELSE {_at_sites('t.order_id')} END",
}

#: Of these, only those who lead see any.
_OF_LEADS = (ApiKey, Webhook, WebhookDelivery)
#: Those who lead see all; {me} is the key of whoever asks.
_OF_WHO_ASKED: Mapping[type[Model], str] = {
    Job: "t.requested_by = {me}",
    JobItem: "EXISTS (SELECT 1 FROM job j WHERE j.id = t.job_id AND j.requested_by = {me})",
}
#: The house's own, whoever else is let in.
_OF_THE_HOUSE = (Workflow, AllocationRuleSet, AlertRule)


def scope(where: Where, actor: Actor, model: type[Model]) -> None:
    """Narrow a read of this table, as row `t`, to what the actor sees."""
    if model is SavedSearch:
        mine = f"t.owner = {where.bind(actor.key)}"
        where.add(mine if actor.channel_id is not None else f"({mine} OR t.shared)")
    elif model in _OF_WHO_ASKED:
        where.add(_ALL if actor.has(LEADS) else _filled(where, _OF_WHO_ASKED[model], me=actor.key))
    elif model in _OF_LEADS and not actor.has(LEADS):
        where.add(_NONE)
    elif not actor.sees_all_orders:
        where.add(_own(where, actor, model))


def _own(where: Where, actor: Actor, model: type[Model]) -> str:
    if model in _OF_THE_HOUSE:
        return _NONE
    if actor.channel_id is not None:
        return _filled(where, _CHANNEL.get(model, _NONE), a=actor.channel_id)
    return _filled(where, _STORE.get(model, _NONE), a=list(actor.site_ids), me=actor.user_id)


def _filled(where: Where, condition: str, **values: Any) -> str:
    """Only what the condition names is bound."""
    named = {name: where.bind(value) for name, value in values.items() if f"{{{name}}}" in condition}
    return condition.format(**named)

"""The dashboard: how much work waits in each queue, and what was sold.

A queue is a list with a filter: it counts by the very conditions by which the list finds its records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.models import Model

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.fulfillment import ShippingOrder
from backend.models.orders import Order
from backend.models.payments import Payment
from backend.models.returns import Return
from backend.queries import fulfillment, orders, payments, returns
from backend.queries.scope import scope
from backend.queries.sql import Where, table_of
from backend.rules.criteria import OrderCriteria, PaymentCriteria, ReturnCriteria, ShippingOrderCriteria
from backend.rules.permissions import OFFICE, Actor
from backend.rules.vocabulary import (
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    QueuePriority,
    ReturnState,
    Role,
    ShippingOrderState,
)

MAX_DAYS = 366
#: An authorization is told of this long before it lapses.
EXPIRY_WARNING = timedelta(hours=24)

_LOW, _MEDIUM, _HIGH = QueuePriority


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    title: str
    priority: QueuePriority
    criteria: Any


@dataclass(frozen=True, slots=True)
class QueueCount:
    """`filter` is the filter argument of the API's list, as JSON; `oldest_at` is when its oldest record was made."""

    name: str
    title: str
    count: int
    priority: QueuePriority
    oldest_at: datetime | None
    list: str
    filter: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sales:
    """One day in UTC and one currency; `revenue` in minor units."""

    start: datetime
    end: datetime
    orders: int
    units: int
    revenue: int
    currency: str


def _order(name: str, title: str, priority: QueuePriority, **criteria: Any) -> Queue:
    return Queue(f"orders.{name}", title, priority, OrderCriteria(**criteria))


def _shipping(name: str, title: str, priority: QueuePriority, **criteria: Any) -> Queue:
    return Queue(f"shippingOrders.{name}", title, priority, ShippingOrderCriteria(**criteria))


def _return(name: str, title: str, priority: QueuePriority, state: ReturnState) -> Queue:
    return Queue(f"returns.{name}", title, priority, ReturnCriteria(state=[state]))


_S = ShippingOrderState
_ORDERS = (
    _order("incomplete", "Incomplete orders", _LOW, state=[OrderState.DRAFT]),
    _order("alerted", "Orders with an alert", _HIGH, has_alert=True),
    _order("suspended", "Suspended orders", _HIGH, suspended=True),
    _order("waitingPayment", "Orders waiting for payment", _MEDIUM, state=[OrderState.WAITING_PAYMENT]),
    _order("waitingApproval", "Orders waiting for approval", _HIGH, state=[OrderState.WAITING_APPROVAL]),
    _order("waitingAllocation", "Orders waiting for allocation", _MEDIUM, state=[OrderState.WAITING_ALLOCATION]),
    _order("backordered", "Backordered", _MEDIUM, fulfillment_status=[FulfillmentStatus.BACKORDERED]),
    _order("waitingFulfillment", "Orders waiting for fulfillment", _LOW, state=[OrderState.WAITING_FULFILLMENT]),
    _order("waitingFiling", "Orders waiting for filing", _LOW, state=[OrderState.WAITING_FILING]),
)
_SHIPPING_ORDERS = (
    _shipping("alerted", "Shipping orders with an alert", _HIGH, has_alert=True),
    _shipping("waitingApproval", "Shipping orders waiting for approval", _MEDIUM, state=[_S.WAITING_APPROVAL]),
    _shipping("waitingAssignment", "Unclaimed shipping orders", _HIGH, state=[_S.WAITING_ASSIGNMENT]),
    _shipping("waitingPick", "To pick", _MEDIUM, state=[_S.WAITING_PICK]),
    _shipping("waitingPack", "To pack", _MEDIUM, state=[_S.WAITING_PACK]),
    _shipping("waitingShipment", "To ship", _MEDIUM, state=[_S.WAITING_SHIPMENT]),
    _shipping("readyForPickup", "Ready for pick-up", _LOW, state=[_S.READY_FOR_PICKUP]),
    _shipping("late", "Late shipping orders", _HIGH, late=True),
)
_RETURNS = (
    _return("waitingApproval", "Returns waiting for approval", _MEDIUM, ReturnState.WAITING_APPROVAL),
    _return("waitingReceipt", "Returns waiting for receipt", _LOW, ReturnState.WAITING_RECEIPT),
    _return("waitingRefund", "Returns waiting for refund", _HIGH, ReturnState.WAITING_REFUND),
)


def _payments(now: datetime) -> Sequence[Queue]:
    soon = now.replace(second=0, microsecond=0) + EXPIRY_WARNING
    return (
        Queue("payments.failed", "Failed payments", _HIGH, PaymentCriteria(status=[PaymentStatus.FAILED])),
        Queue("payments.uncertain", "Payments without an answer", _HIGH, PaymentCriteria(uncertain=True)),
        Queue("payments.expiring", "Authorizations that expire", _MEDIUM, PaymentCriteria(expiring_before=soon)),
    )


@dataclass(frozen=True, slots=True)
class _List:
    """A table whose queues are counted together; `since` is when a record was made."""

    name: str
    model: type[Model]
    since: str
    conditions: Callable[[Where, Any], list[str]]


_LISTS: Mapping[str, _List] = {
    "orders": _List("orders", Order, "placed_at", orders.conditions),
    "shippingOrders": _List("shippingOrders", ShippingOrder, "created_at", fulfillment.conditions),
    "returns": _List("returns", Return, "created_at", returns.conditions),
    "payments": _List("payments", Payment, "created_at", payments.conditions),
}


async def queues(actor: Actor, now: datetime) -> list[QueueCount]:
    """All queues that the actor may open, counted by one statement for each table."""
    listed: list[tuple[str, Sequence[Queue]]] = [
        ("orders", _ORDERS),
        ("shippingOrders", _SHIPPING_ORDERS),
        ("returns", _RETURNS),
    ]
    if actor.has(OFFICE | {Role.CHANNEL}):
        listed.append(("payments", _payments(now)))
    return [count for name, of in listed for count in await _count(actor, _LISTS[name], of)]


async def _count(actor: Actor, of: _List, listed: Sequence[Queue]) -> list[QueueCount]:
    where = Where()
    scope(where, actor, of.model)
    each = [" AND ".join(of.conditions(where, queue.criteria)) for queue in listed]
    selected = ", ".join(
        f"count(*) FILTER (WHERE q{place}) AS n{place}, min(since) FILTER (WHERE q{place}) AS o{place}"
        for place in range(len(each))
    )
    marks = ", ".join(f"{condition} AS q{place}" for place, condition in enumerate(each))
    sql = (
        f"SELECT {selected} FROM (SELECT t.{of.since} AS since, {marks} FROM {table_of(of.model)} t"
        f" WHERE {where} AND ({' OR '.join(f'({condition})' for condition in each)})) found"
    )
    row = await db.fetchrow(sql, *where.args)
    assert row is not None
    return [
        QueueCount(
            name=queue.name,
            title=queue.title,
            count=row[f"n{place}"],
            priority=queue.priority,
            oldest_at=row[f"o{place}"],
            list=of.name,
            filter=as_filter(queue.criteria),
        )
        for place, queue in enumerate(listed)
    ]


def as_filter(criteria: Any) -> dict[str, Any]:
    """Criteria as the JSON of the API's filter argument."""
    assert is_dataclass(criteria)
    given = {field.name: getattr(criteria, field.name) for field in fields(criteria)}
    return {_camel(name): _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return [str(item) for item in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


_SOLD = """
SELECT day, coalesce(s.currency, m.currency, 'USD') AS currency,
       coalesce(s.orders, 0) AS orders, coalesce(s.units, 0) AS units, coalesce(s.revenue, 0) AS revenue
  FROM generate_series(0, $1::int - 1) AS back
 CROSS JOIN LATERAL (SELECT date_trunc('day', now(), 'UTC') - back * interval '24 hours' AS day) d
  LEFT JOIN LATERAL (
      SELECT t.currency, count(*) AS orders, sum(t.total)::bigint AS revenue,
             sum((SELECT coalesce(sum(l.quantity - l.cancelled), 0) FROM order_line l WHERE l.order_id = t.id))::bigint
             AS units
        FROM sales_order t
       WHERE t.placed_at >= day AND t.placed_at < day + interval '24 hours' AND t.state NOT IN ('DRAFT', 'CANCELLED')
         AND {scope}
       GROUP BY t.currency) s ON TRUE
  LEFT JOIN LATERAL (SELECT c.currency FROM channel c GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) m ON TRUE
 ORDER BY day, currency
"""


async def sales(actor: Actor, days: int) -> list[Sales]:
    """Orders placed on each of the last days, drafts and cancelled ones apart; an entry for a day without any."""
    if not 1 <= days <= MAX_DAYS:
        raise refused(ErrorCode.INVALID, f"days is 1 to {MAX_DAYS}.", "days")
    where = Where()
    where.bind(days)
    scope(where, actor, Order)
    found = await db.fetch(_SOLD.format(scope=where), *where.args)
    return [
        Sales(
            start=row["day"],
            end=row["day"] + timedelta(days=1),
            orders=row["orders"],
            units=row["units"],
            revenue=row["revenue"],
            currency=row["currency"],
        )
        for row in found
    ]

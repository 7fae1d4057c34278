"""The queues of the dashboard: what stands in each, and how much an actor sees of it.

A queue is a list with a filter: its records are found by the very conditions by which the list finds them. How many
there are is kept by the log's follower (reactions/fold_dashboard.py); what happened since it last looked is added when
they are read, so that whoever reads after a change sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tortoise.models import Model

from backend.events import find_position
from backend.models import db
from backend.models.fulfillment import ShippingOrder
from backend.models.orders import Order
from backend.models.payments import Payment
from backend.models.returns import Return
from backend.queries import fulfillment, orders, payments, returns
from backend.queries.sql import Where, table_of
from backend.rules.criteria import OrderCriteria, OrderSearch, PaymentCriteria, ReturnCriteria, ShippingOrderCriteria
from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS
from backend.rules.names import camel
from backend.rules.permissions import OFFICE, Actor
from backend.rules.search_text import shown
from backend.rules.vocabulary import (
    FulfillmentStatus,
    OrderState,
    PaymentStatus,
    QueuePriority,
    ReturnState,
    Role,
    ShippingOrderState,
)

#: The follower's position in the log (events.load_position).
FOLLOWER = "dashboard"
#: An authorization is told of this long before it lapses.
EXPIRY_WARNING = timedelta(hours=24)
#: So many events that the follower has not seen yet are added; whoever is further behind is told what it has.
_AHEAD = 5_000

_LOW, _MEDIUM, _HIGH = QueuePriority


@dataclass(frozen=True, slots=True)
class Queue:
    """`waits` and `from_at`, in SQL over the row `t`: a record stands in the queue from a moment on, by the clock."""

    name: str
    title: str
    priority: QueuePriority
    criteria: Any
    waits: str | None = None
    from_at: str = "NULL::timestamptz"

    @property
    def list(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class QueueCount:
    """`filter` is the filter argument of the API's list, as JSON; `query` is the same in the language of searches.

    `oldest_at` is when its oldest record was made.
    """

    name: str
    title: str
    count: int
    priority: QueuePriority
    oldest_at: datetime | None
    list: str
    filter: dict[str, Any]
    query: str | None


def _order(name: str, title: str, priority: QueuePriority, **criteria: Any) -> Queue:
    return Queue(f"orders.{name}", title, priority, OrderCriteria(**criteria))


def _shipping(name: str, title: str, priority: QueuePriority, **criteria: Any) -> Queue:
    return Queue(f"shippingOrders.{name}", title, priority, ShippingOrderCriteria(**criteria))


def _return(name: str, title: str, priority: QueuePriority, state: ReturnState) -> Queue:
    return Queue(f"returns.{name}", title, priority, ReturnCriteria(state=[state]))


_S = ShippingOrderState
_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_SHIPPING_ORDERS))
#: The minute from which the list that is asked for, whose filter has whole minutes, shows the payment.
_EXPIRES = (
    f"date_trunc('minute', t.authorization_expires_at - interval '{EXPIRY_WARNING // timedelta(hours=1)} hours')"
    " + interval '1 minute'"
)
_QUEUES = (
    _order("incomplete", "Incomplete orders", _LOW, state=[OrderState.DRAFT]),
    _order("alerted", "Orders with an alert", _HIGH, has_alert=True),
    _order("suspended", "Suspended orders", _HIGH, suspended=True),
    _order("waitingPayment", "Orders waiting for payment", _MEDIUM, state=[OrderState.WAITING_PAYMENT]),
    _order("waitingApproval", "Orders waiting for approval", _HIGH, state=[OrderState.WAITING_APPROVAL]),
    _order("waitingAllocation", "Orders waiting for allocation", _MEDIUM, state=[OrderState.WAITING_ALLOCATION]),
    _order("backordered", "Backordered", _MEDIUM, fulfillment_status=[FulfillmentStatus.BACKORDERED]),
    _order("waitingFulfillment", "Orders waiting for fulfillment", _LOW, state=[OrderState.WAITING_FULFILLMENT]),
    _order("waitingFiling", "Orders waiting for filing", _LOW, state=[OrderState.WAITING_FILING]),
    _shipping("alerted", "Shipping orders with an alert", _HIGH, has_alert=True),
    _shipping("waitingApproval", "Shipping orders waiting for approval", _MEDIUM, state=[_S.WAITING_APPROVAL]),
    _shipping("waitingAssignment", "Unclaimed shipping orders", _HIGH, state=[_S.WAITING_ASSIGNMENT]),
    _shipping("waitingPick", "To pick", _MEDIUM, state=[_S.WAITING_PICK]),
    _shipping("waitingPack", "To pack", _MEDIUM, state=[_S.WAITING_PACK]),
    _shipping("waitingShipment", "To ship", _MEDIUM, state=[_S.WAITING_SHIPMENT]),
    _shipping("readyForPickup", "Ready for pick-up", _LOW, state=[_S.READY_FOR_PICKUP]),
    Queue(
        "shippingOrders.late",
        "Late shipping orders",
        _HIGH,
        ShippingOrderCriteria(late=True),
        waits=f"t.state IN ({_OPEN}) AND t.ship_by IS NOT NULL",
        from_at="t.ship_by",
    ),
    _return("waitingApproval", "Returns waiting for approval", _MEDIUM, ReturnState.WAITING_APPROVAL),
    _return("waitingReceipt", "Returns waiting for receipt", _LOW, ReturnState.WAITING_RECEIPT),
    _return("waitingRefund", "Returns waiting for refund", _HIGH, ReturnState.WAITING_REFUND),
    Queue("payments.failed", "Failed payments", _HIGH, PaymentCriteria(status=[PaymentStatus.FAILED])),
    Queue("payments.uncertain", "Payments without an answer", _HIGH, PaymentCriteria(uncertain=True)),
    Queue(
        "payments.expiring",
        "Authorizations that expire",
        _MEDIUM,
        PaymentCriteria(),
        waits="t.authorized > t.captured AND t.authorization_expires_at IS NOT NULL",
        from_at=_EXPIRES,
    ),
)


@dataclass(frozen=True, slots=True)
class _List:
    """A table that has queues; `since` is when a record was made, `order` is its order's row."""

    model: type[Model]
    since: str
    conditions: Callable[[Where, Any], list[str]]
    sites: str
    order: str = "o"


_OF_ORDER = (
    "ARRAY(SELECT s.site_id FROM shipping_order s WHERE s.order_id = t.id UNION"
    " SELECT r.site_id FROM return_order r WHERE r.order_id = t.id AND r.site_id IS NOT NULL ORDER BY 1)"
)
_LISTS = {
    "orders": _List(Order, "placed_at", orders.conditions, _OF_ORDER, order="t"),
    "shippingOrders": _List(ShippingOrder, "created_at", fulfillment.conditions, "ARRAY[t.site_id]"),
    "returns": _List(Return, "created_at", returns.conditions, "array_remove(ARRAY[t.site_id], NULL)"),
    "payments": _List(Payment, "created_at", payments.conditions, "'{}'::uuid[]"),
}


class _Written(Where):
    """Values become part of the text: only of what stands in this file."""

    def bind(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).upper()
        assert all(isinstance(word, StrEnum) for word in value)
        return f"'{{{','.join(value)}}}'::text[]"


def records(of: str | None = None) -> str:
    """What stands in queues, or will from `from_at` on, of all orders or of those in an array of the statement.

    Columns: queue, subject_id, order_id, channel_id, sites (sorted), since, from_at.
    """
    return "\nUNION ALL\n".join(_records(name, of) for name in _LISTS)


def _records(name: str, of: str | None) -> str:
    known = _LISTS[name]
    marks = ",\n      ".join(
        f"('{queue.name}', {queue.waits or _all_of(known, queue)}, {queue.from_at})"
        for queue in _QUEUES
        if queue.list == name
    )
    join = "" if known.order == "t" else "JOIN sales_order o ON o.id = t.order_id"
    key = "t.id" if known.order == "t" else "t.order_id"
    return f"""
SELECT q.queue, t.id AS subject_id, {key} AS order_id, {known.order}.channel_id, {known.sites} AS sites,
       t.{known.since} AS since, q.from_at
  FROM {table_of(known.model)} t {join} CROSS JOIN LATERAL (VALUES
      {marks}) AS q(queue, waits, from_at)
 WHERE q.waits{f" AND {key} = ANY({of})" if of else ""}"""


def _all_of(known: _List, queue: Queue) -> str:
    return " AND ".join(known.conditions(_Written(), queue.criteria))


#: Nothing was ever folded: a house that has no worker yet.
_UNFOLDED = """
WITH come AS (
    SELECT queue, count(*) AS count, min(since) AS oldest_at FROM ({records}) t
     WHERE (from_at IS NULL OR from_at <= $1) AND {sees} GROUP BY queue
)
SELECT q.queue, coalesce(c.count, 0) AS count, c.oldest_at
  FROM unnest($2::text[]) WITH ORDINALITY q(queue, place) LEFT JOIN come c ON c.queue = q.queue ORDER BY q.place
"""
#: Of the orders that have moved since, what was counted is taken away, and what stands now is added.
_FOLDED = """
WITH position AS MATERIALIZED (
    SELECT xid, event_id FROM follower_position WHERE name = '{follower}'
), moved AS MATERIALIZED (
    SELECT coalesce(array_agg(DISTINCT order_id), '{{}}') AS orders
      FROM (SELECT e.order_id FROM event e
             WHERE (e.xid, e.id) > ((SELECT xid FROM position), (SELECT event_id FROM position))
             ORDER BY e.xid, e.id LIMIT {ahead}) e WHERE order_id IS NOT NULL
), kept AS (
    SELECT queue, sum(count)::bigint AS count FROM queue_count t WHERE {counts} GROUP BY queue
), gone AS (
    SELECT queue, count(*) AS count FROM queue_entry t WHERE counted AND order_id = ANY({orders}) AND {sees}
     GROUP BY queue
), due AS (
    SELECT queue, count(*) AS count, min(since) AS oldest_at FROM queue_entry t
     WHERE NOT counted AND from_at <= $1 AND order_id <> ALL({orders}) AND {sees} GROUP BY queue
), come AS (
    SELECT queue, count(*) AS count, min(since) AS oldest_at FROM ({records}) t
     WHERE (from_at IS NULL OR from_at <= $1) AND {sees} GROUP BY queue
)
SELECT q.queue, least(due.oldest_at, come.oldest_at, {oldest}) AS oldest_at,
       coalesce(kept.count, 0) - coalesce(gone.count, 0) + coalesce(due.count, 0) + coalesce(come.count, 0) AS count
  FROM unnest($2::text[]) WITH ORDINALITY q(queue, place)
  LEFT JOIN kept ON kept.queue = q.queue LEFT JOIN gone ON gone.queue = q.queue
  LEFT JOIN due ON due.queue = q.queue LEFT JOIN come ON come.queue = q.queue
 ORDER BY q.place
"""
_ORDERS = "(SELECT orders FROM moved)::uuid[]"
_OLDEST = (
    "(SELECT e.since FROM queue_entry e WHERE e.queue = q.queue AND e.counted AND e.order_id <> ALL({orders}){narrow}"
    " ORDER BY e.since LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class _Sight:
    """Conditions that leave what an actor sees: of a record or entry `t`, and of a count `t`; and the oldest of `q`."""

    sees: str = "TRUE"
    counts: str = "t.scope = 'house'"
    oldest: str = _OLDEST.format(orders=_ORDERS, narrow="")


_HOUSE = _Sight()
_CHANNEL = _Sight(
    sees="t.channel_id = $3",
    counts="t.scope = 'channel:' || $3::uuid",
    oldest=_OLDEST.format(orders=_ORDERS, narrow=" AND e.channel_id = $3"),
)
_STORE = _Sight(
    sees="t.sites && $3::uuid[]",
    counts="t.sites && $3::uuid[]",
    oldest="(SELECT min(first) FROM (SELECT "
    + _OLDEST.format(orders=_ORDERS, narrow=" AND e.scope = s.scope")
    + " AS first FROM queue_count s WHERE s.queue = q.queue AND s.count > 0 AND s.sites && $3::uuid[]) firsts)",
)


async def queues(actor: Actor, now: datetime) -> list[QueueCount]:
    """All queues that the actor may open."""
    listed = [queue for queue in _QUEUES if queue.list != "payments" or actor.has(OFFICE | {Role.CHANNEL})]
    args: list[Any] = [now, [queue.name for queue in listed]]
    if actor.sees_all_orders:
        sight = _HOUSE
    elif actor.channel_id is not None:
        sight = _CHANNEL
        args.append(actor.channel_id)
    else:
        sight = _STORE
        args.append(list(actor.site_ids))
    folded = await find_position(FOLLOWER) is not None
    found = await db.fetch(_statement(sight) if folded else _UNFOLDED.format(records=records(), sees=sight.sees), *args)
    return [_told(queue, row, now) for queue, row in zip(listed, found, strict=True)]


def _statement(sight: _Sight) -> str:
    return _FOLDED.format(
        follower=FOLLOWER,
        ahead=_AHEAD,
        orders=_ORDERS,
        records=records(_ORDERS),
        sees=sight.sees,
        counts=sight.counts,
        oldest=sight.oldest,
    )


def _told(queue: Queue, row: db.Row, now: datetime) -> QueueCount:
    criteria = queue.criteria
    if queue.name == "payments.expiring":
        criteria = PaymentCriteria(expiring_before=now.replace(second=0, microsecond=0) + EXPIRY_WARNING)
    return QueueCount(
        name=queue.name,
        title=queue.title,
        count=row["count"],
        priority=queue.priority,
        oldest_at=row["oldest_at"],
        list=queue.list,
        filter=as_filter(criteria),
        query=shown(OrderSearch(criteria=(criteria,))) if queue.list == "orders" else None,
    )


def as_filter(criteria: Any) -> dict[str, Any]:
    """Criteria as the JSON of the API's filter argument."""
    assert is_dataclass(criteria)
    given = {field.name: getattr(criteria, field.name) for field in fields(criteria)}
    return {camel(name): _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return [str(item) for item in value] if isinstance(value, list) else value

"""What belongs to rows that were read: one statement for any number of them, in the actor's scope."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.fulfillment import AllocationDecision, Shipment, ShippingOrder
from backend.models.inventory import InventorySite, ReservationLine
from backend.models.log import Alert
from backend.models.orders import Order, OrderHold, OrderLine, OrderNote
from backend.models.payments import Invoice, Payment, PaymentTransaction
from backend.models.receipts import ExpectedReceiptLine
from backend.models.returns import Return
from backend.queries.scope import scope
from backend.queries.sql import Where, columns_of, row_of, rows, table_of
from backend.rules.names import camel
from backend.rules.permissions import Actor
from backend.rules.vocabulary import OrderState

M = TypeVar("M", bound=Model)

_MAX_ADDRESSES = 20
#: How the children of a row are ordered; by their making where nothing is said.
_ORDER: Mapping[type[Model], str] = {
    OrderLine: "t.position",
    OrderHold: "t.at, t.id",
    OrderNote: "t.at, t.id",
    Payment: "t.position, t.id",
    PaymentTransaction: "t.at, t.id",
    Invoice: "t.issued_at, t.id",
    AllocationDecision: "t.at, t.id",
    ShippingOrder: "t.position",
    Shipment: "t.created_at, t.id",
    Return: "t.position",
    ReservationLine: "t.position, t.id",
    ExpectedReceiptLine: "t.position",
    Alert: "t.raised_at, t.id",
}


async def by_key(actor: Actor, model: type[M], column: str, keys: Sequence[Any]) -> dict[Any, M]:
    """Rows by a unique column, those that the actor sees."""
    where = Where()
    where.add(f"t.{column} = ANY({where.bind(list(keys))})")
    scope(where, actor, model)
    found = await rows(model, f"SELECT {columns_of(model)} FROM {table_of(model)} t WHERE {where}", *where.args)
    return {getattr(row, column): row for row in found}


async def one(actor: Actor, model: type[M], key: UUID | None, **other: str | None) -> M | None:
    """The row of this id or else of this other unique value, if the actor sees it."""
    ((column, value),) = other.items()
    if (key is None) == (value is None):
        raise refused(ErrorCode.INVALID, f"Ask by id or by {camel(column)}.")
    found = await by_key(actor, model, "id", [key]) if value is None else await by_key(actor, model, column, [value])
    return next(iter(found.values()), None)


async def children(actor: Actor, model: type[M], column: str, keys: Sequence[UUID]) -> dict[UUID, list[M]]:
    """Rows by the parent that they point to, in their order; every key has a list."""
    where = Where()
    where.add(f"t.{column} = ANY({where.bind(list(keys))})")
    scope(where, actor, model)
    order = _ORDER.get(model, "t.id")
    sql = f"SELECT {columns_of(model)} FROM {table_of(model)} t WHERE {where} ORDER BY {order}"
    found: dict[UUID, list[M]] = {key: [] for key in keys}
    for row in await rows(model, sql, *where.args):
        found[getattr(row, column)].append(row)
    return found


async def sites_of(actor: Actor, table: str, column: str, keys: Sequence[UUID]) -> dict[UUID, list[InventorySite]]:
    """The sites that users (`app_user_site.user_id`) or API keys (`api_key_site.api_key_id`) work at, by code."""
    del actor
    sql = (
        f"SELECT a.{column} AS key, t.* FROM {table} a JOIN inventory_site t ON t.id = a.site_id"
        f" WHERE a.{column} = ANY($1) ORDER BY t.code"
    )
    found: dict[UUID, list[InventorySite]] = {key: [] for key in keys}
    for record in await db.fetch(sql, list(keys)):
        found[record["key"]].append(row_of(InventorySite, record))
    return found


async def orders_of_workflow(actor: Actor, workflow_ids: Sequence[UUID]) -> dict[UUID, dict[OrderState, int]]:
    """How many open orders were entered with these versions, by state in the order of the lifecycle.

    Kept by the log's follower (reactions/fold_figures.py), of the whole house: for those who may read workflows.
    """
    del actor
    sql = "SELECT workflow_id, state, orders FROM workflow_figure WHERE workflow_id = ANY($1) AND orders > 0"
    counts = {(row["workflow_id"], row["state"]): row["orders"] for row in await db.fetch(sql, list(workflow_ids))}
    return {key: {state: counts[key, state] for state in OrderState if (key, state) in counts} for key in workflow_ids}


async def addresses_of(actor: Actor, customer_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Where the orders of customers went and were billed to, each address once, the newest order's first."""
    where = Where()
    where.add(f"t.customer_id = ANY({where.bind(list(customer_ids))})")
    scope(where, actor, Order)
    sql = (
        "SELECT customer_id, address FROM (SELECT t.customer_id, a.address, max(t.id::text) AS newest, min(a.place)"
        " AS place FROM sales_order t CROSS JOIN LATERAL (VALUES (t.shipping_address, 1), (t.billing_address, 2))"
        f" AS a(address, place) WHERE a.address IS NOT NULL AND {where} GROUP BY 1, 2) found"
        " ORDER BY newest DESC, place"
    )
    found: dict[UUID, list[dict[str, Any]]] = {key: [] for key in customer_ids}
    for record in await db.fetch(sql, *where.args):
        listed = found[record["customer_id"]]
        if len(listed) < _MAX_ADDRESSES:
            listed.append(json.loads(record["address"]))
    return found

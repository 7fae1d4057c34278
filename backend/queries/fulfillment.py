"""Shipping orders and shipments."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from backend.models.fulfillment import Shipment, ShippingOrder
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, conditions_of
from backend.rules.criteria import ShippingOrderCriteria
from backend.rules.lifecycle import OPEN_SHIPPING_ORDERS
from backend.rules.permissions import Actor

#: The oldest work first.
_OLDEST = Sort("created", (("created_at", "timestamptz"), ("id", "uuid")))
_NEWEST = Sort("shipment", (("created_at", "timestamptz"), ("id", "uuid")), descending=True)
_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_SHIPPING_ORDERS))

_CRITERIA: Mapping[str, str] = {
    "site": "t.site_id IN (SELECT i.id FROM inventory_site i WHERE i.code = ANY({0}))",
    "state": "t.state = ANY({0})",
    "delivery_method": "t.delivery_method = ANY({0})",
    "assignee_id": "t.assignee_id = {0}",
    "unassigned": "(t.assignee_id IS NULL) = {0}",
    "has_alert": "EXISTS (SELECT 1 FROM alert a WHERE a.shipping_order_id = t.id AND a.cleared_at IS NULL) = {0}",
    "late": f"(t.state IN ({_OPEN}) AND coalesce(t.ship_by < now(), FALSE)) = {{0}}",
}


def conditions(where: Where, criteria: ShippingOrderCriteria) -> list[str]:
    """Conditions over the shipping order `t`, all of which must hold."""
    return conditions_of(where, criteria, _CRITERIA)


async def shipping_orders(actor: Actor, criteria: ShippingOrderCriteria, window: Window) -> Page[ShippingOrder]:
    where = Where()
    scope(where, actor, ShippingOrder)
    where.add(*conditions(where, criteria))
    return await page(ShippingOrder, where, _OLDEST, window)


async def shipping_order(actor: Actor, key: UUID | None, number: str | None) -> ShippingOrder | None:
    return await related.one(actor, ShippingOrder, key, number=number)


async def shipments(actor: Actor, tracking_number: str | None, window: Window) -> Page[Shipment]:
    """Newest first."""
    where = Where()
    scope(where, actor, Shipment)
    if tracking_number is not None:
        where.add(f"t.tracking_number = {where.bind(tracking_number)}")
    return await page(Shipment, where, _NEWEST, window, selective=tracking_number is not None)

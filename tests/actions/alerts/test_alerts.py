"""Alerts: raised once while open, a critical one holds its order, cleared by those who may, and once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.actions.alerts.clear import clear
from backend.actions.alerts.raise_ import raise_alert
from backend.actions.orders.cancel import cancel
from backend.actions.orders.locking import lock_order
from backend.actions.orders.suspend import suspend
from backend.errors import ErrorCode, Refused
from backend.models.db import transaction
from backend.models.log import Alert, Event
from backend.models.orders import Order, OrderHold
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import AlertSeverity, Role
from tests.actions.orders.conftest import DESK, place, shop

__all__ = ["place", "shop"]
Place = Callable[..., Awaitable[Order]]


async def alarm(order: Order | None, severity: AlertSeverity, **about: Any) -> UUID | None:
    async with transaction() as tx:
        if order is not None:
            about["order_id"] = (await lock_order(tx, SYSTEM, order.id)).id
        return await raise_alert(tx, SYSTEM, "payment.refund_failed", severity, "No way.", key="k", **about)


async def raised(order: Order | None, severity: AlertSeverity = AlertSeverity.CRITICAL, **about: Any) -> UUID:
    alert_id = await alarm(order, severity, **about)
    assert alert_id is not None
    return alert_id


async def refusal_of(action: Awaitable[object]) -> ErrorCode:
    with pytest.raises(Refused) as refusal:
        await action
    return refusal.value.code


async def kinds(order: Order) -> list[str]:
    return [event.kind for event in await Event.filter(order_id=order.id).order_by("sequence")][1:]


async def test_an_alert_is_raised_once_while_it_is_open(place: Place) -> None:
    order = await place()
    results = await asyncio.gather(*(alarm(order, AlertSeverity.WARNING) for _ in range(8)))
    assert len([it for it in results if it is not None]) == 1
    [alert] = await Alert.all()
    assert (alert.kind, alert.message, alert.order_id) == ("payment.refund_failed", "No way.", order.id)
    await clear(DESK, alert.id, "Seen.")
    alert = await Alert.get(id=alert.id)
    assert (alert.cleared_by, alert.note) == ("desk@example.com", "Seen.")
    assert await alarm(order, AlertSeverity.WARNING) is not None
    assert await kinds(order) == ["alert.raised", "alert.cleared", "alert.raised"]
    assert (await Order.get(id=order.id)).suspended is False


async def test_a_critical_alert_holds_its_order_until_it_is_cleared(place: Place) -> None:
    order = await place()
    alert_id = await raised(order)
    [hold] = await OrderHold.filter(order_id=order.id)
    assert ((await Order.get(id=order.id)).suspended, hold.alert_id, hold.note) == (True, alert_id, "No way.")
    await clear(DESK, alert_id)
    assert (await Order.get(id=order.id)).suspended is False
    assert await kinds(order) == ["alert.raised", "order.suspended", "alert.cleared", "order.resumed"]
    assert await refusal_of(clear(DESK, alert_id)) is ErrorCode.INVALID_STATE


async def test_another_hold_keeps_the_order_suspended(place: Place) -> None:
    order = await place()
    alert_id = await raised(order)
    await suspend(DESK, order.id, "Fraud check")
    await clear(DESK, alert_id)
    assert (await Order.get(id=order.id)).suspended is True


async def test_an_order_of_which_nothing_is_left_is_not_held(place: Place) -> None:
    order = await place()
    await cancel(DESK, order.id, "Changed mind")
    await raised(order)
    assert ((await Order.get(id=order.id)).suspended, await OrderHold.all().count()) == (False, 0)


async def test_who_may_clear(place: Place, shop: dict[str, UUID]) -> None:
    order = await place()
    of_order = await raised(order)
    stranger = Actor("key:1", "other shop", frozenset({Role.CHANNEL}), channel_id=uuid4())
    dock = Actor("user:dock", "dock", frozenset({Role.FULFILLMENT}))
    assert await refusal_of(clear(stranger, of_order)) is ErrorCode.NOT_FOUND
    assert await refusal_of(clear(dock, of_order)) is ErrorCode.NOT_PERMITTED
    assert await refusal_of(clear(DESK, uuid4())) is ErrorCode.NOT_FOUND
    assert (await Order.get(id=order.id)).suspended is True
    await clear(DESK, of_order)
    of_site = await raised(None, AlertSeverity.WARNING, site_id=shop["ST"])
    clerk = frozenset({Role.STORE_ASSOCIATE})
    elsewhere = Actor("user:s1", "s1", clerk, site_ids=frozenset({shop["DC"]}))
    assert await refusal_of(clear(elsewhere, of_site)) is ErrorCode.NOT_FOUND
    await clear(Actor("user:s2", "s2", clerk, site_ids=frozenset({shop["ST"]})), of_site)
    assert await Alert.filter(cleared_at=None).count() == 0

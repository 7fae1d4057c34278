"""The tables of verbs."""

import pytest

from backend.errors import ErrorCode, Refused
from backend.rules.lifecycle import ORDER_VERBS, SHIPPING_ORDER_VERBS, available, check_verb, shipping_order_verbs
from backend.rules.permissions import Actor
from backend.rules.vocabulary import DeliveryMethod, OrderState, Role, ShippingOrderState

VIEWER = Actor("user:1", "viewer", frozenset({Role.VIEWER}))
DESK = Actor("user:2", "desk", frozenset({Role.CUSTOMER_SERVICE}))


def test_a_verb_out_of_its_state_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        check_verb(ORDER_VERBS["orderApprove"], state=OrderState.WAITING_PAYMENT)
    assert refusal.value.code is ErrorCode.INVALID_STATE


def test_nothing_advances_a_suspended_order() -> None:
    for name in ("orderApprove", "orderComplete", "orderAllocate", "orderContinue", "orderFile"):
        verb = ORDER_VERBS[name]
        with pytest.raises(Refused):
            check_verb(verb, state=next(iter(verb.sources)), suspended=True)
    for verb in SHIPPING_ORDER_VERBS.values():
        assert verb.while_suspended == (verb.name in {"shipmentTrack", "shippingOrderCancel"})


def test_actions_are_those_of_the_role_each_with_its_reason() -> None:
    assert available(ORDER_VERBS, VIEWER, state=OrderState.WAITING_APPROVAL) == []
    listed = {
        entry.action: entry
        for entry in available(
            ORDER_VERBS, DESK, state=OrderState.WAITING_APPROVAL, also={"orderApprove": "It is to be completed first."}
        )
    }
    assert listed["orderComplete"].enabled
    assert (listed["orderApprove"].enabled, listed["orderApprove"].reason) == (False, "It is to be completed first.")
    assert listed["orderFile"].reason == "orderFile is not possible in state WAITING_APPROVAL."


def test_a_shipping_order_leaves_only_once() -> None:
    for state in (ShippingOrderState.SHIPPED, ShippingOrderState.PICKED_UP, ShippingOrderState.CANCELLED):
        for verb in SHIPPING_ORDER_VERBS.values():
            assert verb.name == "shipmentTrack" or state not in verb.sources


def test_pick_ups_are_made_ready_and_the_rest_is_packed_and_shipped() -> None:
    shipped, collected = (set(shipping_order_verbs(method)) for method in (DeliveryMethod.SHIP, DeliveryMethod.PICKUP))
    assert shipped - collected == {"shippingOrderPack", "shippingOrderShip", "shipmentTrack"}
    assert collected - shipped == {"shippingOrderReady", "shippingOrderHandOver"}

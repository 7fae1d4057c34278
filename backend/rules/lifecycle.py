"""The lifecycles as tables of verbs: from which states a verb may be done, by whom, and to which states it may lead.

The API's `availableActions`, the refusals of the actions and the screens' buttons come from these tables. Verbs carry
the names of the API's mutations. The tables are checked at import: every state is reached, and left or final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from backend.errors import ErrorCode, refused
from backend.rules import permissions as who
from backend.rules.permissions import Actor
from backend.rules.vocabulary import (
    DeliveryMethod,
    OrderState,
    RecurringOrderState,
    ReturnState,
    Role,
    ShippingOrderState,
)

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Verb(Generic[S]):
    """`targets` is empty where the verb leaves the state alone."""

    name: str
    sources: frozenset[S]
    targets: frozenset[S]
    roles: frozenset[Role]
    while_suspended: bool = False


def _table(*verbs: Verb[S]) -> dict[str, Verb[S]]:
    return {verb.name: verb for verb in verbs}


def _verb(
    name: str, sources: Iterable[S], targets: Iterable[S], roles: frozenset[Role], *, while_suspended: bool = False
) -> Verb[S]:
    return Verb(name, frozenset(sources), frozenset(targets), roles, while_suspended)


O = OrderState  # noqa: E741 - the table is read by its columns
_OPEN = [state for state in O if state not in (O.CLOSED, O.CANCELLED)]
_ENTERED = [state for state in _OPEN if state is not O.DRAFT]
_BEFORE_ALLOCATION = [O.DRAFT, O.WAITING_PAYMENT, O.WAITING_APPROVAL, O.WAITING_ALLOCATION]
_CANCELLABLE = [state for state in _OPEN if state is not O.WAITING_FILING]
_AFTER_PAYMENT = [O.WAITING_APPROVAL, O.WAITING_ALLOCATION, O.WAITING_FULFILLMENT, O.WAITING_FILING, O.CLOSED]

ORDER_VERBS: Mapping[str, Verb[OrderState]] = _table(
    _verb("orderSubmit", [O.DRAFT], [*_AFTER_PAYMENT, O.WAITING_PAYMENT], who.SELLERS, while_suspended=True),
    _verb("orderEdit", _BEFORE_ALLOCATION, _BEFORE_ALLOCATION, who.SELLERS, while_suspended=True),
    _verb("paymentAdd", _OPEN, [O.WAITING_PAYMENT, *_AFTER_PAYMENT], who.SELLERS | who.MONEY, while_suspended=True),
    _verb("orderComplete", [O.WAITING_APPROVAL], _AFTER_PAYMENT, who.DESK),
    _verb("orderApprove", [O.WAITING_APPROVAL], _AFTER_PAYMENT, who.DESK),
    _verb("orderAllocate", [O.WAITING_ALLOCATION], _AFTER_PAYMENT, who.DESK | who.GOODS),
    _verb("orderContinue", [O.WAITING_FILING], [O.WAITING_FILING, O.CLOSED], who.DESK),
    _verb("orderFile", [O.WAITING_FILING], [O.CLOSED], who.DESK | who.MONEY),
    _verb("orderSuspend", _OPEN, [], who.OFFICE | who.GOODS, while_suspended=True),
    _verb("orderResume", _OPEN, [], who.OFFICE, while_suspended=True),
    _verb("orderCancel", _CANCELLABLE, [O.CANCELLED, *_OPEN], who.SELLERS, while_suspended=True),
    _verb("orderNoteAdd", list(O), [], who.OFFICE | who.GOODS | who.SELLERS, while_suspended=True),
    _verb("orderTagsUpdate", list(O), [], who.OFFICE | who.GOODS | who.SELLERS, while_suspended=True),
    _verb("orderAppease", [*_ENTERED, O.CLOSED], [], who.DESK | who.MONEY, while_suspended=True),
    _verb(
        "returnCreate",
        [O.WAITING_ALLOCATION, O.WAITING_FULFILLMENT, O.WAITING_FILING, O.CLOSED],
        [],
        who.SELLERS | who.GOODS,
        while_suspended=True,
    ),
)

#: What the system itself may do to an order's state, besides the verbs: payment comes, goods leave or come back.
ORDER_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    O.DRAFT: frozenset({O.WAITING_PAYMENT, O.CANCELLED, *_AFTER_PAYMENT}),
    O.WAITING_PAYMENT: frozenset({*_AFTER_PAYMENT, O.CANCELLED}),
    O.WAITING_APPROVAL: frozenset({O.WAITING_PAYMENT, *_AFTER_PAYMENT, O.CANCELLED}),
    O.WAITING_ALLOCATION: frozenset({O.WAITING_PAYMENT, *_AFTER_PAYMENT, O.CANCELLED}),
    O.WAITING_FULFILLMENT: frozenset({O.WAITING_ALLOCATION, O.WAITING_FILING, O.CLOSED, O.CANCELLED}),
    O.WAITING_FILING: frozenset({O.CLOSED}),
    O.CLOSED: frozenset(),
    O.CANCELLED: frozenset(),
}

P = ShippingOrderState
_PACKABLE = [P.WAITING_PICK, P.WAITING_PACK]
_INSIDE = [P.WAITING_APPROVAL, P.WAITING_ASSIGNMENT, *_PACKABLE, P.WAITING_SHIPMENT, P.READY_FOR_PICKUP]
#: Still to be fulfilled: their units are allocated.
OPEN_SHIPPING_ORDERS = frozenset(_INSIDE)
#: Left the building.
FULFILLED_SHIPPING_ORDERS = frozenset({P.SHIPPED, P.DELIVERED, P.PICKED_UP})

SHIPPING_ORDER_VERBS: Mapping[str, Verb[ShippingOrderState]] = _table(
    _verb("shippingOrderApprove", [P.WAITING_APPROVAL], [P.WAITING_ASSIGNMENT], who.DESK | {Role.FULFILLMENT}),
    _verb("shippingOrderAssign", [P.WAITING_ASSIGNMENT, *_PACKABLE], [P.WAITING_PICK, P.WAITING_PACK], who.GOODS),
    _verb("shippingOrderClaim", [P.WAITING_ASSIGNMENT, P.WAITING_PICK], [P.WAITING_PICK], who.GOODS),
    _verb("shippingOrderReject", [P.WAITING_ASSIGNMENT, *_PACKABLE, P.WAITING_SHIPMENT], [P.REJECTED], who.GOODS),
    _verb("shippingOrderPick", [P.WAITING_PICK], [P.WAITING_PACK, P.REJECTED], who.GOODS),
    _verb("shippingOrderPack", [P.WAITING_PACK], [P.WAITING_SHIPMENT, P.WAITING_PACK], who.GOODS),
    _verb("shippingOrderReady", [P.WAITING_PACK], [P.READY_FOR_PICKUP], who.GOODS),
    _verb("shippingOrderShip", [P.WAITING_SHIPMENT], [P.SHIPPED], who.GOODS),
    _verb("shippingOrderHandOver", [P.READY_FOR_PICKUP], [P.PICKED_UP], who.GOODS),
    _verb("shipmentTrack", [P.SHIPPED, P.DELIVERED], [P.DELIVERED], who.GOODS | who.DESK, while_suspended=True),
    # By the system alone, when the order or its lines are cancelled.
    _verb("shippingOrderCancel", _INSIDE, [P.CANCELLED], frozenset(), while_suspended=True),
)

_OF_PICKUPS = frozenset({"shippingOrderReady", "shippingOrderHandOver"})
_OF_SHIPMENTS = frozenset({"shippingOrderPack", "shippingOrderShip", "shipmentTrack"})


def shipping_order_verbs(method: DeliveryMethod) -> Mapping[str, Verb[ShippingOrderState]]:
    """Those that such a shipping order can ever come to: a pick-up is made ready, the others are packed and shipped."""
    others = _OF_SHIPMENTS if method is DeliveryMethod.PICKUP else _OF_PICKUPS
    return {name: verb for name, verb in SHIPPING_ORDER_VERBS.items() if name not in others}


R = ReturnState
RETURN_VERBS: Mapping[str, Verb[ReturnState]] = _table(
    _verb("returnApprove", [R.WAITING_APPROVAL], [R.WAITING_RECEIPT], who.DESK, while_suspended=True),
    _verb("returnReject", [R.WAITING_APPROVAL], [R.REJECTED], who.DESK, while_suspended=True),
    _verb(
        "returnReceive",
        [R.WAITING_APPROVAL, R.WAITING_RECEIPT, R.WAITING_REFUND],
        [R.WAITING_RECEIPT, R.WAITING_REFUND],
        who.GOODS | who.DESK,
        while_suspended=True,
    ),
    _verb(
        "returnRefund",
        [R.WAITING_RECEIPT, R.WAITING_REFUND],
        [R.CLOSED],
        who.DESK | who.MONEY,
        while_suspended=True,
    ),
    _verb("returnCancel", [R.WAITING_APPROVAL, R.WAITING_RECEIPT], [R.CANCELLED], who.SELLERS, while_suspended=True),
)

C = RecurringOrderState
#: An end is reached by the schedule itself, too.
RECURRING_ORDER_VERBS: Mapping[str, Verb[RecurringOrderState]] = _table(
    _verb("recurringOrderEdit", [C.ACTIVE, C.PAUSED], [C.ACTIVE, C.PAUSED, C.ENDED], who.SELLERS),
    _verb("recurringOrderPause", [C.ACTIVE], [C.PAUSED], who.SELLERS),
    _verb("recurringOrderResume", [C.PAUSED], [C.ACTIVE, C.ENDED], who.SELLERS),
    _verb("recurringOrderSkip", [C.ACTIVE], [C.ACTIVE, C.ENDED], who.SELLERS),
    _verb("recurringOrderRunNow", [C.ACTIVE, C.PAUSED], [], who.SELLERS),
    _verb("recurringOrderCancel", [C.ACTIVE, C.PAUSED], [C.CANCELLED], who.SELLERS),
)


def check_verb(verb: Verb[S], *, state: S, suspended: bool = False) -> None:
    """Refuse what the table does not allow now. Roles are asked at the edge."""
    reason = why_not(verb, state=state, suspended=suspended)
    if reason is not None:
        raise refused(ErrorCode.INVALID_STATE, reason)


def why_not(verb: Verb[S], *, state: S, suspended: bool = False) -> str | None:
    """The reason why a verb cannot be done now, or None."""
    if state not in verb.sources:
        return f"{verb.name} is not possible in state {state.value}."
    if suspended and not verb.while_suspended:
        return f"{verb.name} is not possible while the order is suspended."
    return None


@dataclass(frozen=True, slots=True)
class Available:
    """An entry of the API's `availableActions`."""

    action: str
    enabled: bool
    reason: str | None


def available(
    verbs: Mapping[str, Verb[S]],
    actor: Actor,
    *,
    state: S,
    suspended: bool = False,
    also: Mapping[str, str] | None = None,
) -> list[Available]:
    """Every verb of the table that the actor's role has, with why it cannot be done now.

    `also` gives further reasons by verb, for what the state alone does not tell ("Nothing is held.").
    """
    listed = []
    for verb in verbs.values():
        if not actor.has(verb.roles):
            continue
        reason = why_not(verb, state=state, suspended=suspended) or (also or {}).get(verb.name)
        listed.append(Available(verb.name, reason is None, reason))
    return listed


def _check(states: type[S], verbs: Mapping[str, Verb[S]], first: S, final: set[S]) -> None:
    reached, frontier = {first}, [first]
    while frontier:
        state = frontier.pop()
        for verb in verbs.values():
            for target in verb.targets if state in verb.sources else ():
                if target not in reached:
                    reached.add(target)
                    frontier.append(target)
    missing = {state for state in states if state not in reached}
    if missing:
        raise ValueError(f"{states.__name__}: never reached: {sorted(missing)}")
    for state in states:
        leaving = [verb.name for verb in verbs.values() if state in verb.sources and verb.targets - {state}]
        if (state in final) == bool(leaving):
            raise ValueError(f"{states.__name__}.{state}: final states have no way out, others need one: {leaving}")


_check(OrderState, {k: v for k, v in ORDER_VERBS.items() if k != "paymentAdd"}, O.DRAFT, {O.CLOSED, O.CANCELLED})
_check(
    ShippingOrderState,
    SHIPPING_ORDER_VERBS,
    P.WAITING_APPROVAL,
    {P.DELIVERED, P.PICKED_UP, P.REJECTED, P.CANCELLED},
)
_check(RecurringOrderState, RECURRING_ORDER_VERBS, C.ACTIVE, {C.CANCELLED, C.ENDED})
_check(ReturnState, RETURN_VERBS, R.WAITING_APPROVAL, {R.CLOSED, R.REJECTED, R.CANCELLED})

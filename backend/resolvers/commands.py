"""Between the API's inputs and the actions' commands: one translator, and one way to run a mutation.

An input becomes a command by the names of its fields. Ids are decoded, text is trimmed; what is wrong is told with the
path of the input's field. A `Refused` becomes userErrors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import strawberry
from strawberry.types.unset import UNSET

from backend.errors import ErrorCode, Problem, Refused, refused
from backend.resolvers.context import Context
from backend.rules.names import camel
from backend.rules.permissions import Actor
from backend.schema.common import Info, UserError, decode_id

C = TypeVar("C")
P = TypeVar("P")
R = TypeVar("R")

MAX_TEXT = 20_000
_VERBATIM = frozenset({"password", "token"})
_ALLOWED_CONTROLS = frozenset("\n\r\t")
_KINDS = {
    "order_id": "Order",
    "hold_id": "OrderHold",
    "payment_id": "Payment",
    "shipping_order_id": "ShippingOrder",
    "shipment_id": "Shipment",
    "return_id": "Return",
    "rma_id": "Return",
    "order_line_id": "OrderLine",
    "user_id": "User",
    "api_key_id": "ApiKey",
    "webhook_id": "Webhook",
    "delivery_id": "WebhookDelivery",
    "alert_id": "Alert",
    "alert_rule_id": "AlertRule",
    "workflow_id": "Workflow",
    "reservation_id": "Reservation",
    "saved_search_id": "SavedSearch",
    "rule_set_id": "AllocationRuleSet",
    "job_id": "Job",
    "file_id": "File",
    "expected_receipt_id": "ExpectedReceipt",
    "recurring_order_id": "RecurringOrder",
}

Kinds = dict[str, str]


def translate(given: Any, command: type[C], kinds: Kinds | None = None, *path: str) -> C:
    """A command from an input of the same field names. `kinds` says what an id is, where its name does not."""
    values = {}
    kind: Any = command
    known = {**_KINDS, **kinds} if kinds else _KINDS
    for name, annotation in _fields(kind).items():
        value = getattr(given, name, UNSET)
        # A null where there is no room for it means the default.
        if value is UNSET or (value is None and not _is(annotation, NoneType)):
            continue
        values[name] = _value(value, annotation, name, known, (*path, name))
    return command(**values)


def translate_all(given: Sequence[Any] | None, command: type[C], path: str, kinds: Kinds | None = None) -> list[C]:
    return [translate(item, command, kinds, path, str(place)) for place, item in enumerate(given or ())]


def text(value: str, *path: str) -> str:
    """Trimmed; refused where it is endless or holds control characters."""
    if len(value) > MAX_TEXT:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_TEXT} characters.", *path)
    if not value.isprintable() and any(ord(char) < 32 and char not in _ALLOWED_CONTROLS for char in value):
        raise refused(ErrorCode.INVALID, "Control characters are not text.", *path)
    return value.strip()


def maybe_text(value: str | None, *path: str) -> str | None:
    return None if value is None or value is UNSET else text(value, *path)


def texts(values: Sequence[str] | None, name: str) -> list[str] | None:
    if values is None or values is UNSET:
        return None
    return [text(value, name, str(place)) for place, value in enumerate(values)]


def key(value: strawberry.ID, name: str, kind: str | None = None) -> UUID:
    """The key behind an id of the input's field `name`."""
    return decode_id(value, kind or _KINDS[name], name)


def maybe_key(value: strawberry.ID | None, name: str, kind: str | None = None) -> UUID | None:
    return None if value is None or value is UNSET else key(value, name, kind)


async def perform(
    info: Info,
    payload: Callable[..., P],
    act: Callable[[Actor], Awaitable[R]],
    shown: Callable[[R | UUID | None], Awaitable[P]],
) -> P:
    """Do it, and show what was changed; a refusal is a payload too, its objects null and its lists empty.

    `shown` gets what the action gave, or the subject's key where it was all done before (resolvers/idempotency.py).
    """
    context: Context = info.context
    try:
        if context.refusal is not None:
            raise context.refusal
        if context.replay is not None:
            return await shown(context.replay.subject_id)
        done = await act(context.actor)
        context.forget()
        return await shown(done)
    except Refused as refusal:
        return refusal_of(context, payload, refusal)


def refusal_of(context: Context, payload: Callable[..., P], refusal: Refused) -> P:
    context.refused = True
    return payload(user_errors=[_user_error(problem) for problem in refusal.problems])


def _user_error(problem: Problem) -> UserError:
    path = [camel(part) for part in problem.path] or None
    return UserError(code=problem.code, message=problem.message, path=path)


@cache
def _fields(command: Any) -> dict[str, Any]:
    hints = get_type_hints(command)
    return {declared.name: hints[declared.name] for declared in dataclasses.fields(command)}


def _value(value: Any, annotation: Any, name: str, kinds: Kinds, path: tuple[str, ...]) -> Any:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        inner = _element(annotation)
        return [_value(item, inner, name, kinds, (*path, str(place))) for place, item in enumerate(value)]
    nested = _command(annotation)
    if nested is not None:
        return translate(value, nested, kinds, *path)
    if _is(annotation, UUID):
        return decode_id(value, kinds[name], *path)
    if type(value) is str and name not in _VERBATIM:
        return text(value, *path)
    return value


@cache
def _options(annotation: Any) -> tuple[Any, ...]:
    """The members of `X | None`, or the annotation itself."""
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


@cache
def _element(annotation: Any) -> Any:
    for option in (annotation, *_options(annotation)):
        origin = get_origin(option)
        if isinstance(origin, type) and issubclass(origin, Sequence):
            return get_args(option)[0]
    return Any


@cache
def _command(annotation: Any) -> type | None:
    return next((one for one in _options(annotation) if isinstance(one, type) and dataclasses.is_dataclass(one)), None)


def _is(annotation: Any, wanted: type) -> bool:
    return wanted in _options(annotation)

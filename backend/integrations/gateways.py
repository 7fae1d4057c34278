"""Payment gateways: what we ask of them, and what they may answer.

Every call carries the intent's id as its idempotency key: asking again with the same key is the same call. An answer
that did not come is `GatewayTimeout`; what happened there is then found out by `lookup`, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.rules.vocabulary import TransactionKind


class GatewayTimeout(Exception):
    """No answer: it may have been booked, or not."""


class GatewayUnavailable(Exception):
    """It certainly was not booked: the gateway could not be reached, or did not take the call."""


@dataclass(frozen=True, slots=True)
class Call:
    """`amount` in minor units. `authorization` is the gateway's reference of what a capture, void or refund is about.

    For AUTHORIZE it is the reference that the channel's own checkout was given, where there is one.
    """

    key: UUID
    kind: TransactionKind
    amount: int
    currency: str
    token: str | None = None
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`reason` is told to people when it is declined; `expires_at` is the end of an authorization."""

    approved: bool
    reference: str | None = None
    reason: str | None = None
    expires_at: datetime | None = None


class Gateway(Protocol):
    """Raises GatewayTimeout or GatewayUnavailable, and nothing else."""

    name: str
    needs_a_person: bool

    async def authorize(self, call: Call) -> Answer: ...
    async def capture(self, call: Call) -> Answer: ...
    async def void(self, call: Call) -> Answer: ...
    async def refund(self, call: Call) -> Answer: ...

    async def lookup(self, key: UUID, /) -> Answer | None:
        """What was answered to this key; None where nothing was booked under it."""
        ...


@lru_cache(maxsize=1)
def _registry() -> dict[str, Gateway]:
    from backend.integrations.manual_gateway import ManualGateway
    from backend.integrations.sandbox_gateway import SandboxGateway

    gateways: tuple[Gateway, ...] = (SandboxGateway(), ManualGateway())
    return {gateway.name: gateway for gateway in gateways}


def register(gateway: Gateway) -> None:
    """Make a further gateway known under its name, or replace one."""
    _registry()[gateway.name] = gateway


def names() -> list[str]:
    return sorted(_registry())


def gateway_for(name: str, *path: str | int) -> Gateway:
    """Refuses with INVALID where there is none of that name."""
    gateway = _registry().get(name)
    if gateway is None:
        raise refused(ErrorCode.INVALID, f"There is no payment gateway {name!r}: use {', '.join(names())}.", *path)
    return gateway


def needs_a_person(name: str) -> bool:
    """Whether a person says that money is there; an unknown gateway is nobody's to call, so a person sees to it."""
    gateway = _registry().get(name)
    return gateway is None or gateway.needs_a_person


async def ask(gateway: Gateway, call: Call) -> Answer:
    """The call by its kind."""
    if call.kind is TransactionKind.AUTHORIZE:
        return await gateway.authorize(call)
    if call.kind is TransactionKind.CAPTURE:
        return await gateway.capture(call)
    if call.kind is TransactionKind.VOID:
        return await gateway.void(call)
    return await gateway.refund(call)

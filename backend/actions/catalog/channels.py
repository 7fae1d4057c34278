"""Add a channel: a place that orders come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from backend.errors import ErrorCode, Refused, refused
from backend.events import record
from backend.models import db
from backend.models.channels import Channel
from backend.models.db import retried, transaction
from backend.money import exponent
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import ChannelKind

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ChannelCommand:
    """`currency` is an ISO 4217 code: what the channel sells in."""

    code: str
    name: str
    kind: ChannelKind
    currency: str
    active: bool = True


@retried
async def create(actor: Actor, command: ChannelCommand) -> UUID:
    """The channel's id. Refuses a code that is taken with DUPLICATE."""
    _check(command)
    try:
        async with transaction() as tx:
            channel = await Channel.create(
                code=command.code,
                name=command.name,
                kind=command.kind,
                currency=command.currency,
                active=command.active,
            )
            record(
                tx,
                actor,
                "channel.created",
                f"Channel {command.code} added.",
                subject=("Channel", channel.id),
                data={"code": command.code, "kind": command.kind.value, "currency": command.currency},
            )
            return channel.id
    except Exception as error:
        if not db.violates(error, "channel_code_key"):
            raise
        raise refused(ErrorCode.DUPLICATE, f"There is a channel {command.code} already.", "code") from error


def _check(command: ChannelCommand) -> None:
    problems = Problems()
    problems.text(command.name, 200, "name", required=True)
    if not _CODE.fullmatch(command.code):
        problems.add("A code is up to 64 letters, digits, dots, dashes and underscores.", "code")
    try:
        exponent(command.currency)
    except Refused as error:
        problems.found.extend(error.problems)
    problems.check()

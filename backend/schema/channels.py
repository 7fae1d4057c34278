"""Channels."""

from __future__ import annotations

import strawberry

from backend.models.channels import Channel as ChannelRow
from backend.rules.permissions import READERS
from backend.rules.vocabulary import ChannelKind
from backend.schema.access import readable_by
from backend.schema.common import Node, UserError, column, shows


@shows(ChannelRow)
@readable_by(READERS)
@strawberry.type
class Channel(Node):
    code: str = column()
    name: str = column()
    kind: ChannelKind = column()
    currency: str = column()
    active: bool = column()


@strawberry.input
class ChannelInput:
    code: str
    name: str
    kind: ChannelKind
    currency: str
    active: bool | None = True


@readable_by(READERS)
@strawberry.type
class ChannelPayload:
    channel: Channel | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

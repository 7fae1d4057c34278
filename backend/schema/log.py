"""The timeline of an order: its lines of the event log."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from backend.models.log import Event as EventRow
from backend.rules.permissions import READERS
from backend.schema.access import field, readable_by
from backend.schema.common import Connection, Held, column, encode_id, shows


@shows(EventRow)
@readable_by(READERS)
@strawberry.type
class OrderEvent(Held):
    row: strawberry.Private[EventRow]
    sequence: int = column()
    kind: str = column()
    at: datetime = column()
    actor: str = column()
    message: str = column()
    data: JSON | None = column()

    @field(roles=READERS)
    def id(self) -> strawberry.ID:
        return encode_id("OrderEvent", self.row.id)


@readable_by(READERS)
@strawberry.type
class OrderEventEdge:
    cursor: str
    node: OrderEvent


@readable_by(READERS)
@strawberry.type
class OrderEventConnection(Connection):
    edge = OrderEventEdge
    edges: list[OrderEventEdge]
    nodes: list[OrderEvent]

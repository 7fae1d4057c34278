"""Webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.webhooks import Webhook as WebhookRow
from backend.models.webhooks import WebhookDelivery as DeliveryRow
from backend.queries import webhooks as queries
from backend.queries.paging import Window
from backend.rules.permissions import LEADS
from backend.schema.access import field, readable_by
from backend.schema.common import Connection, Held, Info, Node, UserError, column, encode_id, given, shows


@shows(DeliveryRow)
@readable_by(LEADS)
@strawberry.type(description="An event on its way to a webhook.")
class WebhookDelivery(Held):
    row: strawberry.Private[DeliveryRow]
    topic: str = column()
    attempts: int = column(description="Since it was last asked for.")
    response_code: int | None = column(description="The HTTP status of the last answer.")
    failure: str | None = column(description="Why the last attempt failed.")

    @field(roles=LEADS)
    def id(self) -> strawberry.ID:
        return encode_id("WebhookDelivery", self.row.id)

    @field(roles=LEADS, description="PENDING, SENDING, DELIVERED, or DEAD: given up after three days.")
    def status(self) -> str:
        state: str = self.row.state
        return state

    @field(roles=LEADS, description="When it was written down.")
    def at(self) -> datetime:
        return self.row.created_at

    @field(roles=LEADS, description="When it is tried again.")
    def next_at(self) -> datetime | None:
        return None if self.row.settled_at else self.row.next_at


@readable_by(LEADS)
@strawberry.type
class WebhookDeliveryEdge:
    cursor: str
    node: WebhookDelivery


@readable_by(LEADS)
@strawberry.type
class WebhookDeliveryConnection(Connection):
    edge = WebhookDeliveryEdge
    edges: list[WebhookDeliveryEdge]
    nodes: list[WebhookDelivery]


@shows(WebhookRow)
@readable_by(LEADS)
@strawberry.type(description="Is told of events by signed requests (Standard Webhooks), of each at least once.")
class Webhook(Node):
    url: str = column()
    topics: list[str] = column()
    active: bool = column(description="Else what happens waits.")
    created_at: datetime = column()

    @field(roles=LEADS, description="Newest first; those of the last 30 days.")
    async def deliveries(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> WebhookDeliveryConnection:
        window = Window(first=given(first), after=given(after))
        return WebhookDeliveryConnection.of(await queries.deliveries(info.actor, self.row.id, window))


@strawberry.input
class WebhookCreateInput:
    url: str = strawberry.field(description="https, and not in a private network.")
    topics: list[str] = strawberry.field(description="Kinds of events: order.shipped, order.*, or *.")


@strawberry.input
class WebhookUpdateInput:
    webhook_id: strawberry.ID
    url: str | None = strawberry.UNSET
    topics: list[str] | None = strawberry.UNSET
    active: bool | None = strawberry.UNSET


@strawberry.input
class WebhookRedeliverInput:
    webhook_id: strawberry.ID
    delivery_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Without it, all that were given up."
    )


@readable_by(LEADS)
@strawberry.type
class WebhookPayload:
    webhook: Webhook | None = None
    secret: str | None = strawberry.field(default=None, description="whsec_…; shown once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)

"""Reservations: units held for a checkout."""

from __future__ import annotations

from datetime import datetime

import strawberry

from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.inventory import Reservation as ReservationRow
from backend.models.inventory import ReservationLine as ReservationLineRow
from backend.rules.permissions import SELLERS
from backend.schema.access import field, readable_by
from backend.schema.common import Held, Info, Node, UserError, column, show, show_all, shows
from backend.schema.refs import InventorySiteRef


@shows(ReservationLineRow)
@readable_by(SELLERS)
@strawberry.type
class ReservationLine(Held):
    row: strawberry.Private[ReservationLineRow]
    sku: str = column()
    quantity: int = column()

    @field(roles=SELLERS)
    async def site(self, info: Info) -> InventorySiteRef | None:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))


@shows(ReservationRow)
@readable_by(SELLERS)
@strawberry.type(description="Units held for a checkout until it expires, or an order takes it over.")
class Reservation(Node):
    reference: str = column()
    expires_at: datetime = column()

    @field(roles=SELLERS, description="Where the units are held; of what is released, where they were.")
    async def lines(self, info: Info) -> list[ReservationLine]:
        return show_all(await info.loaders.many(ReservationLineRow, "reservation_id", self.row.id))


@strawberry.input
class ReservationLineInput:
    sku: str
    quantity: int
    site: str | None = strawberry.UNSET


@strawberry.input
class ReservationCreateInput:
    reference: str
    channel: str
    lines: list[ReservationLineInput]
    ttl_seconds: int = 900


@strawberry.input
class ReservationIdInput:
    reservation_id: strawberry.ID


@readable_by(SELLERS)
@strawberry.type
class ReservationPayload:
    reservation: Reservation | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

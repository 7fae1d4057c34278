"""Units held for a checkout, and given back."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.reservations.create import ReservationCommand, create
from backend.actions.reservations.release import release
from backend.models.inventory import Reservation as ReservationRow
from backend.resolvers.commands import key, perform, translate
from backend.rules.permissions import SELLERS
from backend.schema.access import mutation
from backend.schema.common import Info, show
from backend.schema.reservations import ReservationCreateInput, ReservationIdInput, ReservationPayload


@strawberry.type
class ReservationMutations:
    @mutation(roles=SELLERS, description="All units are held, or none; orderCreate takes the reservation over.")
    async def reservation_create(self, info: Info, input: ReservationCreateInput) -> ReservationPayload:
        async def shown(made: UUID | None) -> ReservationPayload:
            return ReservationPayload(reservation=show(await info.loaders.one(ReservationRow, made)))

        return await perform(
            info, ReservationPayload, lambda actor: create(actor, translate(input, ReservationCommand)), shown
        )

    @mutation(roles=SELLERS)
    async def reservation_release(self, info: Info, input: ReservationIdInput) -> ReservationPayload:
        async def shown(_: object) -> ReservationPayload:
            row = await info.loaders.one(ReservationRow, key(input.reservation_id, "reservation_id"))
            return ReservationPayload(reservation=show(row))

        return await perform(
            info, ReservationPayload, lambda actor: release(actor, key(input.reservation_id, "reservation_id")), shown
        )

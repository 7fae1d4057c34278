"""Sites and availability, read."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from strawberry import UNSET

from backend.queries import inventory as queries
from backend.queries.availability import promises
from backend.resolvers.arguments import key, window, word
from backend.resolvers.commands import maybe_text, text, texts
from backend.rules.dispatch import Destination
from backend.rules.permissions import READERS
from backend.rules.vocabulary import SiteKind
from backend.schema.access import field
from backend.schema.common import Info, given, show
from backend.schema.inventory import Availability, InventorySite, InventorySiteConnection
from backend.schema.people import AddressInput


@strawberry.type
class InventoryQueries:
    @field(roles=READERS)
    async def inventory_site(
        self, info: Info, id: strawberry.ID | None = UNSET, code: str | None = UNSET
    ) -> InventorySite | None:
        return show(await queries.site(info.actor, key(id, "InventorySite"), word(code, "code")))

    @field(roles=READERS, description="By code.")
    async def inventory_sites(
        self,
        info: Info,
        first: int | None = UNSET,
        after: str | None = UNSET,
        kind: list[SiteKind] | None = UNSET,
    ) -> InventorySiteConnection:
        return InventorySiteConnection.of(await queries.sites(info.actor, given(kind), window(first, after)))

    @field(
        roles=READERS,
        description="What can be promised of each of at most 100 SKUs to a channel, which has nothing of what is kept"
        " for others; with a destination by sites that ship there.",
    )
    async def availability(
        self,
        info: Info,
        skus: list[str],
        channel: str | None = UNSET,
        destination: AddressInput | None = UNSET,
    ) -> list[Availability]:
        found = await promises(
            info.actor,
            texts(skus, "skus") or [],
            datetime.now(UTC),
            channel=word(channel, "channel"),
            destination=_place(destination) if destination else None,
        )
        return Availability.of_all(found)


def _place(given_in: AddressInput) -> Destination:
    return Destination(
        text(given_in.country, "destination", "country"),
        maybe_text(given(given_in.subdivision), "destination", "subdivision"),
        maybe_text(given(given_in.postal_code), "destination", "postal_code"),
    )

"""Sites, what they hold, the ledger, and what can be promised."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import date, datetime

import strawberry

from backend.models.channels import Channel as ChannelRow
from backend.models.inventory import InventoryLevel as InventoryLevelRow
from backend.models.inventory import InventoryMovement as InventoryMovementRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.models.inventory import RingFence as RingFenceRow
from backend.queries.availability import Promise
from backend.rules.expectations import Outlook
from backend.rules.permissions import READERS
from backend.rules.vocabulary import MovementReason, Role, SiteCapability, SiteKind, Weekday
from backend.schema.access import field, readable_by
from backend.schema.common import (
    Connection,
    CountedConnection,
    Held,
    Info,
    Node,
    UserError,
    column,
    encode_id,
    show,
    show_all,
    shows,
)
from backend.schema.dispatch import DispatchArea, SiteDispatch
from backend.schema.people import Address, AddressInput
from backend.schema.refs import ChannelRef, InventorySiteRef

#: Channels are told what is available, not what a site holds.
STOCK_READERS = READERS - {Role.CHANNEL}


@shows(RingFenceRow)
@readable_by(STOCK_READERS)
@strawberry.type(description="Units that are left for one channel: it uses them first, others cannot have them.")
class RingFence(Held):
    row: strawberry.Private[RingFenceRow]
    quantity: int = column()

    @field(roles=STOCK_READERS)
    async def channel(self, info: Info) -> ChannelRef:
        return show(await info.loaders.one(ChannelRow, self.row.channel_id))


@shows(InventoryLevelRow)
@readable_by(STOCK_READERS)
@strawberry.type(description="available = onHand - allocated - reserved - safetyStock, never below zero.")
class InventoryLevel(Held):
    row: strawberry.Private[InventoryLevelRow]
    sku: str = column()
    on_hand: int = column()
    allocated: int = column()
    reserved: int = column()
    safety_stock: int = column()

    @field(roles=STOCK_READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))

    @field(roles=STOCK_READERS)
    def available(self) -> int:
        row = self.row
        return max(0, row.on_hand - row.allocated - row.reserved - row.safety_stock)

    @field(roles=STOCK_READERS, description="Of what is available, units that are kept for one channel.")
    async def ring_fences(self, info: Info) -> list[RingFence]:
        rows: list[RingFenceRow] | None = await info.loaders.known("ring_fences", (self.row.site_id, self.row.sku))
        return show_all(rows or [])

    @field(roles=STOCK_READERS, description="Units of expected receipts.")
    async def incoming(self, info: Info) -> int:
        units: int | None = await info.loaders.known("incoming", (self.row.site_id, self.row.sku))
        return units or 0


@readable_by(STOCK_READERS)
@strawberry.type
class InventoryLevelEdge:
    cursor: str
    node: InventoryLevel


@readable_by(STOCK_READERS)
@strawberry.type
class InventoryLevelConnection(Connection):
    edge = InventoryLevelEdge
    edges: list[InventoryLevelEdge]
    nodes: list[InventoryLevel]


@shows(InventoryMovementRow)
@readable_by(STOCK_READERS)
@strawberry.type
class InventoryMovement(Held):
    row: strawberry.Private[InventoryMovementRow]
    sku: str = column()
    quantity: int = column()
    reason: MovementReason = column()
    at: datetime = column()
    actor: str = column()
    reference: str | None = column()

    @field(roles=STOCK_READERS)
    def id(self) -> strawberry.ID:
        return encode_id("InventoryMovement", self.row.id)

    @field(roles=STOCK_READERS)
    async def site(self, info: Info) -> InventorySiteRef:
        return show(await info.loaders.one(InventorySiteRow, self.row.site_id))


@readable_by(STOCK_READERS)
@strawberry.type
class InventoryMovementEdge:
    cursor: str
    node: InventoryMovement


@readable_by(STOCK_READERS)
@strawberry.type
class InventoryMovementConnection(Connection):
    edge = InventoryMovementEdge
    edges: list[InventoryMovementEdge]
    nodes: list[InventoryMovement]


@shows(InventorySiteRow)
@readable_by(READERS)
@strawberry.type
class InventorySite(Node):
    code: str = column()
    name: str = column()
    kind: SiteKind = column()
    active: bool = column()
    timezone: str = column()
    rank: int = column()
    daily_capacity: int | None = column()
    safety_stock: int = column()

    @field(roles=READERS)
    def address(self) -> Address:
        place = {"latitude": self.row.latitude, "longitude": self.row.longitude}
        return Address.of({**place, **self.row.address})  # type: ignore[return-value]

    @field(roles=READERS)
    def capabilities(self) -> list[SiteCapability]:
        return [SiteCapability(word) for word in self.row.capabilities]

    @field(roles=READERS)
    def dispatch(self) -> SiteDispatch:
        row, minute = self.row, self.row.cut_off_minute
        return SiteDispatch(
            cut_off=None if minute is None else f"{minute // 60:02}:{minute % 60:02}",
            working_days=[Weekday(day) for day in row.working_days or Weekday],
            closed_on=list(row.closed_on or ()),
            handling_days=row.handling_days,
            areas=[DispatchArea(**area) for area in row.areas or ()],
        )

    @field(roles=STOCK_READERS, description="By SKU.")
    async def levels(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        skus: list[str] | None = strawberry.UNSET,
    ) -> InventoryLevelConnection:
        page = await info.loaders.page("levels_of_site", self.row.id, first=first, after=after, skus=skus)
        return InventoryLevelConnection.of(page)

    @field(roles=STOCK_READERS, description="Newest first.")
    async def movements(
        self,
        info: Info,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
        sku: str | None = strawberry.UNSET,
    ) -> InventoryMovementConnection:
        page = await info.loaders.page("movements_of_site", self.row.id, first=first, after=after, sku=sku)
        return InventoryMovementConnection.of(page)


@readable_by(READERS)
@strawberry.type
class InventorySiteEdge:
    cursor: str
    node: InventorySite


@readable_by(READERS)
@strawberry.type
class InventorySiteConnection(CountedConnection):
    edge = InventorySiteEdge
    edges: list[InventorySiteEdge]
    nodes: list[InventorySite]


@readable_by(READERS)
@strawberry.type
class SiteAvailability:
    site: InventorySite
    available: int
    ships_on: date | None = strawberry.field(
        description="The first day on which what is ordered now leaves; null: it is not shipped."
    )
    delivers_on: date | None = strawberry.field(description="At the destination, where the days on the way are known.")


@readable_by(READERS)
@strawberry.type(description="What can be promised to a customer.")
class Availability:
    promise: strawberry.Private[Promise]
    shown: strawberry.Private[Callable[[InventorySiteRow], InventorySite]]
    sku: str
    total: int
    backorderable: bool = strawberry.field(description="The SKU is known: what sites lack is waited for.")

    @field(roles=READERS, description="The first day on which units are expected that nobody waits for.")
    async def expected_at(self, info: Info) -> date | None:
        outlook: Outlook | None = await info.loaders.known("outlook", self.sku)
        return outlook.spare if outlook else None

    @field(roles=READERS)
    def sites(self) -> list[SiteAvailability]:
        return [
            SiteAvailability(site=self.shown(row), available=available, ships_on=leaves, delivers_on=arrives)
            for row, available, leaves, arrives in self.promise.sites
        ]

    @field(roles=READERS, description="The first day on which any of the sites can send it off.")
    def ships_on(self) -> date | None:
        return self.promise.earliest[0]

    @field(roles=READERS, description="The first day on which it can be at the destination.")
    def delivers_on(self) -> date | None:
        return self.promise.earliest[1]

    @classmethod
    def of_all(cls, promises: Sequence[Promise]) -> list[Availability]:
        """Each site is made once, whatever the number of SKUs that it has."""
        shown = functools.cache(show)
        return [cls(promise=it, shown=shown, sku=it.sku, total=it.total, backorderable=it.known) for it in promises]


@strawberry.input
class InventorySiteInput:
    code: str
    name: str
    kind: SiteKind
    address: AddressInput
    timezone: str
    capabilities: list[SiteCapability]
    rank: int | None = 100
    daily_capacity: int | None = strawberry.UNSET
    safety_stock: int | None = 0
    active: bool | None = True


@readable_by(READERS)
@strawberry.type
class InventorySitePayload:
    site: InventorySite | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class InventoryChangeInput:
    site: str
    sku: str
    quantity: int


@strawberry.input
class InventoryAdjustInput:
    reason: MovementReason
    reference: str | None = strawberry.UNSET
    changes: list[InventoryChangeInput]


@strawberry.input
class InventorySetInput:
    reference: str | None = strawberry.UNSET
    counts: list[InventoryChangeInput]


@strawberry.input(description="Units kept from now on, whatever was kept before; 0 lifts the fence.")
class RingFenceInput:
    site: str
    sku: str
    channel: str
    quantity: int


@strawberry.input
class InventoryRingFenceSetInput:
    fences: list[RingFenceInput]


@readable_by(STOCK_READERS)
@strawberry.type
class InventoryPayload:
    levels: list[InventoryLevel] = strawberry.field(default_factory=list)
    user_errors: list[UserError] = strawberry.field(default_factory=list)

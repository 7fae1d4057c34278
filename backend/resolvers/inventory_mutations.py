"""Sites and what they hold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import strawberry

from backend.actions.inventory import sites
from backend.actions.inventory.adjust import AdjustInventory, adjust
from backend.actions.inventory.ring_fences import SetRingFences, set_ring_fences
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.set_dispatch import SetDispatch, set_dispatch
from backend.actions.inventory.sites import SiteCommand
from backend.models.inventory import InventoryLevel as InventoryLevelRow
from backend.models.inventory import InventorySite as InventorySiteRow
from backend.resolvers.commands import perform, translate
from backend.rules.permissions import GOODS, LEADS, Actor
from backend.schema.access import mutation
from backend.schema.common import Info, show, show_all
from backend.schema.dispatch import InventorySiteDispatchInput
from backend.schema.inventory import (
    InventoryAdjustInput,
    InventoryChangeInput,
    InventoryPayload,
    InventoryRingFenceSetInput,
    InventorySetInput,
    InventorySiteInput,
    InventorySitePayload,
    RingFenceInput,
)


async def _levels(changes: Sequence[InventoryChangeInput | RingFenceInput]) -> InventoryPayload:
    """The levels named, each once, as they are now; the action has checked that they are the actor's to change."""
    named = {(change.site.strip(), change.sku.strip()) for change in changes}
    codes = {row.id: row.code for row in await InventorySiteRow.filter(code__in={site for site, _ in named})}
    held: list[Any] = list(await InventoryLevelRow.filter(site_id__in=list(codes), sku__in={sku for _, sku in named}))
    held = [level for level in held if (codes[level.site_id], level.sku) in named]
    held.sort(key=lambda level: (codes[level.site_id], level.sku))
    return InventoryPayload(levels=show_all(held))


async def _on_site(info: Info, act: Callable[[Actor], Awaitable[UUID]]) -> InventorySitePayload:
    async def shown(site_id: UUID | None) -> InventorySitePayload:
        return InventorySitePayload(site=show(await info.loaders.one(InventorySiteRow, site_id)))

    return await perform(info, InventorySitePayload, act, shown)


@strawberry.type
class InventoryMutations:
    @mutation(roles=LEADS)
    async def inventory_site_create(self, info: Info, input: InventorySiteInput) -> InventorySitePayload:
        return await _on_site(info, lambda actor: sites.create(actor, translate(input, SiteCommand)))

    @mutation(roles=LEADS, description="Known by its code, which stays.")
    async def inventory_site_update(self, info: Info, input: InventorySiteInput) -> InventorySitePayload:
        return await _on_site(info, lambda actor: sites.update(actor, translate(input, SiteCommand)))

    @mutation(roles=LEADS, description="Cut-off, working days, handling time, and where the site ships to.")
    async def inventory_site_dispatch_set(self, info: Info, input: InventorySiteDispatchInput) -> InventorySitePayload:
        return await _on_site(info, lambda actor: set_dispatch(actor, translate(input, SetDispatch)))

    @mutation(roles=GOODS, description="Signed changes.")
    async def inventory_adjust(self, info: Info, input: InventoryAdjustInput) -> InventoryPayload:
        async def shown(_: object) -> InventoryPayload:
            return await _levels(input.changes)

        return await perform(
            info, InventoryPayload, lambda actor: adjust(actor, translate(input, AdjustInventory)), shown
        )

    @mutation(roles=GOODS, description="Absolute counts (a stock take, a feed).")
    async def inventory_set(self, info: Info, input: InventorySetInput) -> InventoryPayload:
        async def shown(_: object) -> InventoryPayload:
            return await _levels(input.counts)

        return await perform(
            info, InventoryPayload, lambda actor: set_counts(actor, translate(input, SetInventory)), shown
        )

    @mutation(roles=GOODS, description="Units of a SKU at a site that are kept for one channel.")
    async def inventory_ring_fence_set(self, info: Info, input: InventoryRingFenceSetInput) -> InventoryPayload:
        async def shown(_: object) -> InventoryPayload:
            return await _levels(input.fences)

        return await perform(
            info, InventoryPayload, lambda actor: set_ring_fences(actor, translate(input, SetRingFences)), shown
        )

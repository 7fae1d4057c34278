"""Sites, and what can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.models.inventory import InventorySite, RingFence
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor
from backend.rules.vocabulary import SiteKind

_BY_CODE = Sort("site", (("code", "text"), ("id", "uuid")))


async def sites(actor: Actor, kinds: Sequence[SiteKind] | None, window: Window) -> Page[InventorySite]:
    """By code."""
    where = Where()
    scope(where, actor, InventorySite)
    if kinds is not None:
        where.add(f"t.kind = ANY({where.bind(kinds)})")
    return await page(InventorySite, where, _BY_CODE, window)


async def site(actor: Actor, key: UUID | None, code: str | None) -> InventorySite | None:
    return await related.one(actor, InventorySite, key, code=code)


_RING_FENCES = """
SELECT t.* FROM ring_fence t JOIN channel c ON c.id = t.channel_id
  JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) ON w.site_id = t.site_id AND w.sku = t.sku ORDER BY c.code
"""


async def ring_fences(levels: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], list[RingFence]]:
    """Of levels that the actor has been shown; by channel."""
    found: dict[tuple[UUID, str], list[RingFence]] = {}
    sites, skus = [site_id for site_id, _ in levels], [sku for _, sku in levels]
    for fence in await rows(RingFence, _RING_FENCES, sites, skus):
        found.setdefault((fence.site_id, fence.sku), []).append(fence)
    return found

"""Sites, and what can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.models.inventory import InventorySite
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where
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

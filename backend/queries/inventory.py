"""Sites, and what can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models.inventory import InventorySite
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
    where = Where()
    if (key is None) == (code is None):
        raise refused(ErrorCode.INVALID, "Ask by id or by code.")
    where.add(f"t.id = {where.bind(key)}" if key is not None else f"t.code = {where.bind(code)}")
    scope(where, actor, InventorySite)
    return next(iter(await rows(InventorySite, f"SELECT t.* FROM inventory_site t WHERE {where}", *where.args)), None)

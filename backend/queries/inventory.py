"""Sites, and what can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models import db
from backend.models.inventory import InventorySite
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, rows
from backend.rules.permissions import Actor
from backend.rules.vocabulary import SiteKind

MAX_SKUS = 100
_BY_CODE = Sort("site", (("code", "text"), ("id", "uuid")))


@dataclass(slots=True)
class Promise:
    """What sites that are open can give of a SKU; `known` says that it was ever sold or stocked."""

    sku: str
    known: bool
    sites: list[tuple[InventorySite, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(available for _, available in self.sites)


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


#: Levels come as two arrays for each SKU: rows of 50 SKUs at 500 sites cost more to read than to find.
_AVAILABLE = """
SELECT w.sku, v.site_ids, v.units,
       EXISTS (SELECT 1 FROM product p WHERE p.sku = w.sku AND p.kind = 'PHYSICAL')
       OR EXISTS (SELECT 1 FROM inventory_level k WHERE k.sku = w.sku) AS known
  FROM unnest($1::text[]) AS w(sku)
  CROSS JOIN LATERAL (
      SELECT array_agg(l.site_id) AS site_ids, array_agg(l.on_hand - l.allocated - l.reserved - l.safety_stock) AS units
        FROM inventory_level l
       WHERE l.sku = w.sku AND l.on_hand - l.allocated - l.reserved - l.safety_stock > 0) v
"""
_OPEN_SITES = """
SELECT t.* FROM inventory_site t WHERE t.active AND t.capabilities && '{SHIP,PICKUP}'::text[] ORDER BY t.rank, t.code
"""


async def promises(skus: Sequence[str]) -> list[Promise]:
    """What can be promised of each SKU, in the order asked, the preferred sites first. Everybody may know it."""
    if len(skus) > MAX_SKUS:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_SKUS} SKUs at a time.", "skus")
    wanted = list(dict.fromkeys(skus))
    opened = await rows(InventorySite, _OPEN_SITES)
    found: dict[str, Promise] = {}
    for record in await db.fetch(_AVAILABLE, wanted):
        units = dict(zip(record["site_ids"] or (), record["units"] or (), strict=True))
        sites = [(site, units[site.id]) for site in opened if site.id in units]
        found[record["sku"]] = Promise(record["sku"], record["known"], sites)
    return [found[sku] for sku in wanted]

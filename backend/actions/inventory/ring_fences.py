"""Units of a SKU at a site that are kept for one channel: set, and given back. Others neither see them nor get them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.inventory.stock import (
    StockChange,
    check_rows,
    find_sites,
    lock_levels,
    make_levels,
    tell_of_growth,
)
from backend.errors import ErrorCode
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class RingFence(StockChange):
    """`quantity`: units to be kept from now on, whatever was kept before; 0 lifts the fence. `channel` is a code."""

    channel: str


@dataclass(frozen=True, slots=True)
class SetRingFences:
    fences: Sequence[RingFence]


async def fences_of(tx: Transaction, keys: Iterable[tuple[UUID, str]]) -> list[tuple[UUID, str, str, int]]:
    """(Site, SKU, channel's code, units) of levels that the transaction has locked."""
    wanted = list(keys)
    if not wanted:
        return []
    rows = await tx.fetch(
        "SELECT f.site_id, f.sku, c.code, f.quantity FROM ring_fence f JOIN channel c ON c.id = f.channel_id"
        " JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) ON w.site_id = f.site_id AND w.sku = f.sku",
        [site_id for site_id, _ in wanted],
        [sku for _, sku in wanted],
    )
    return [(row["site_id"], row["sku"], row["code"], row["quantity"]) for row in rows]


_GIVE_BACK = """
WITH back AS (
    SELECT f.id, l.id AS level_id, l.on_hand - l.allocated - l.reserved - l.fenced AS room, b.units,
           (sum(b.units) OVER (PARTITION BY l.id ORDER BY f.id) - b.units)::int AS before
      FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::int[]) AS b(site_id, sku, channel_id, units)
      JOIN ring_fence f ON f.site_id = b.site_id AND f.sku = b.sku AND f.channel_id = b.channel_id
      JOIN inventory_level l ON l.site_id = b.site_id AND l.sku = b.sku
), given AS MATERIALIZED (
    SELECT id, level_id, greatest(0, least(units, room - before)) AS units FROM back
), fence AS (
    UPDATE ring_fence f SET quantity = f.quantity + g.units FROM given g WHERE f.id = g.id
)
UPDATE inventory_level l SET fenced = l.fenced + s.units
  FROM (SELECT level_id, sum(units)::int AS units FROM given GROUP BY 1) s WHERE l.id = s.level_id
"""


async def give_back(tx: Transaction, units: Mapping[tuple[UUID, str, UUID], int]) -> None:
    """Units by (site, SKU, channel) that were taken from a fence and are free again. The levels are locked.

    Where the fence has been lifted, they are everybody's.
    """
    if units:
        await tx.execute(
            _GIVE_BACK,
            [site_id for site_id, _, _ in units],
            [sku for _, sku, _ in units],
            [channel_id for _, _, channel_id in units],
            list(units.values()),
        )


@retried
async def set_ring_fences(actor: Actor, command: SetRingFences) -> None:
    """Refuses INSUFFICIENT_STOCK what is not free: only that can be kept."""
    _check(command)
    async with transaction() as tx:
        sites = await find_sites(tx, actor, command.fences, "fences")
        channels = await _channels(tx, command)
        wanted = {(sites[it.site], it.sku, it.channel): it.quantity for it in command.fences}
        keys = sorted({(site_id, sku) for site_id, sku, _ in wanted})
        await make_levels(tx, keys)
        locked = {(it.site_id, it.sku): it.free for it in await lock_levels(tx, keys)}
        before = {(site_id, sku, code): units for site_id, sku, code, units in await fences_of(tx, keys)}
        changed = {key: units for key, units in wanted.items() if units or key in before}
        _check_free(command, sites, locked, before | wanted)
        await _write(tx, changed, channels)
        _tell(tx, actor, {site_id: code for code, site_id in sites.items()}, before, wanted)


def _check(command: SetRingFences) -> None:
    problems = check_rows(command.fences, None, "fences")
    seen: set[tuple[str, str, str]] = set()
    for index, it in enumerate(command.fences):
        if it.quantity < 0:
            problems.add("0 or more units are kept.", "fences", index, "quantity")
        key = (it.site, it.sku, it.channel)
        if key in seen:
            problems.add("It is set above already.", "fences", index, "channel", code=ErrorCode.DUPLICATE)
        seen.add(key)
    problems.check()


async def _channels(tx: Transaction, command: SetRingFences) -> dict[str, UUID]:
    rows = await tx.fetch("SELECT code, id FROM channel WHERE code = ANY($1)", [it.channel for it in command.fences])
    channels = {row["code"]: row["id"] for row in rows}
    problems = Problems()
    for index, it in enumerate(command.fences):
        if it.channel not in channels:
            problems.add("There is no such channel.", "fences", index, "channel", code=ErrorCode.NOT_FOUND)
    problems.check()
    return channels


def _check_free(
    command: SetRingFences,
    sites: Mapping[str, UUID],
    free: Mapping[tuple[UUID, str], int],
    after: Mapping[tuple[UUID, str, str], int],
) -> None:
    kept: dict[tuple[UUID, str], int] = {}
    for (site_id, sku, _), units in after.items():
        kept[site_id, sku] = kept.get((site_id, sku), 0) + units
    problems = Problems()
    for index, it in enumerate(command.fences):
        key = (sites[it.site], it.sku)
        if it.quantity and kept[key] > free[key]:
            message = f"{free[key]} are free; with this, {kept[key]} would be kept for channels."
            problems.add(message, "fences", index, "quantity", code=ErrorCode.INSUFFICIENT_STOCK)
    problems.check()


_WRITE = """
WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::int[])
        AS w(id, site_id, sku, channel_id, units)
), lifted AS (
    DELETE FROM ring_fence f USING wanted w
     WHERE f.site_id = w.site_id AND f.sku = w.sku AND f.channel_id = w.channel_id AND w.units = 0
), kept AS (
    INSERT INTO ring_fence (id, site_id, sku, channel_id, quantity)
    SELECT id, site_id, sku, channel_id, units FROM wanted WHERE units > 0
    ON CONFLICT (site_id, sku, channel_id) DO UPDATE SET quantity = excluded.quantity
), change AS (
    SELECT w.site_id, w.sku, sum(w.units - coalesce(f.quantity, 0))::int AS units
      FROM wanted w LEFT JOIN ring_fence f USING (site_id, sku, channel_id) GROUP BY 1, 2
)
UPDATE inventory_level l SET fenced = l.fenced + c.units FROM change c WHERE l.site_id = c.site_id AND l.sku = c.sku
"""


async def _write(tx: Transaction, changed: Mapping[tuple[UUID, str, str], int], channels: Mapping[str, UUID]) -> None:
    await tx.execute(
        _WRITE,
        [uuid7() for _ in changed],
        [site_id for site_id, _, _ in changed],
        [sku for _, sku, _ in changed],
        [channels[code] for _, _, code in changed],
        list(changed.values()),
    )


def _tell(
    tx: Transaction,
    actor: Actor,
    codes: Mapping[UUID, str],
    before: Mapping[tuple[UUID, str, str], int],
    wanted: Mapping[tuple[UUID, str, str], int],
) -> None:
    """One event for each site; others may get what is kept no more."""
    by_site: dict[UUID, list[dict[str, object]]] = {}
    grown = set()
    for (site_id, sku, channel), units in wanted.items():
        was = before.get((site_id, sku, channel), 0)
        if units != was:
            by_site.setdefault(site_id, []).append({"sku": sku, "channel": channel, "before": was, "after": units})
        if units < was:
            grown.add((site_id, sku))
    for site_id, changes in by_site.items():
        first = changes[0]
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        message = f"{codes[site_id]}: {first['after']} × {first['sku']} kept for {first['channel']}{more}."
        data = {"fences": changes}
        record(tx, actor, "inventory.ring_fenced", message, subject=("InventorySite", site_id), data=data)
    tell_of_growth(tx, actor, sorted(grown))

"""The one way in which stock changes: levels and ledger together, set-based, rows locked in (site, SKU) order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import MovementReason

#: SKUs that an `inventory.changed` event names at most.
MAX_NAMED = 1000
MAX_UNITS = 1_000_000_000
MAX_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class StockChange:
    """`site` is a code. `quantity` is signed in an adjustment, absolute in a count."""

    site: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of one level. Where `on_hand` changes, `reason` says why, in the ledger."""

    site_id: UUID
    sku: str
    on_hand: int = 0
    allocated: int = 0
    reason: MovementReason | None = None


_LOCK = """
SELECT l.site_id, l.sku, l.on_hand - l.allocated - l.reserved AS free, l.safety_stock, l.fenced
  FROM inventory_level l JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) USING (site_id, sku)
 ORDER BY l.site_id, l.sku FOR NO KEY UPDATE OF l
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A level that nobody else changes now. `fenced` of what is free is kept for channels."""

    site_id: UUID
    sku: str
    free: int
    safety_stock: int
    fenced: int


async def lock_levels(tx: Transaction, keys: Iterable[tuple[UUID, str]]) -> list[Locked]:
    """Lock levels in (site, SKU) order, so that what the next statement sees of them stays so.

    Each as it is once it is locked. A statement that locks and does more may do it by what it saw before it had to
    wait.
    """
    wanted = list(keys)
    if not wanted:
        return []
    rows = await tx.fetch(_LOCK, [site_id for site_id, _ in wanted], [sku for _, sku in wanted])
    return [Locked(*row) for row in rows]


async def lock_skus(tx: Transaction, skus: Iterable[str]) -> None:
    """The same for these SKUs wherever they are."""
    await tx.execute(
        "SELECT 1 FROM inventory_level WHERE sku = ANY($1) ORDER BY site_id, sku FOR NO KEY UPDATE", list(skus)
    )


_APPLY = """
WITH change AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::int[]) AS c(site_id, sku, on_hand, allocated)
), locked AS MATERIALIZED (
    SELECT l.id, c.on_hand, c.allocated FROM inventory_level l JOIN change c USING (site_id, sku)
     ORDER BY l.site_id, l.sku FOR NO KEY UPDATE OF l
), moved AS (
    INSERT INTO inventory_movement (id, site_id, sku, quantity, reason, at, actor, reference, order_id)
    SELECT m.id, m.site_id, m.sku, m.quantity, m.reason, $5, $6, $7, $8
      FROM unnest($9::uuid[], $10::uuid[], $11::text[], $12::int[], $13::text[])
        AS m(id, site_id, sku, quantity, reason)
)
UPDATE inventory_level l SET on_hand = l.on_hand + k.on_hand, allocated = l.allocated + k.allocated
  FROM locked k WHERE l.id = k.id
"""


async def apply(
    tx: Transaction,
    actor: Actor,
    deltas: Sequence[Delta],
    *,
    order_id: UUID | None = None,
    reference: str | None = None,
) -> None:
    """Change levels that exist, in one statement, with the ledger's lines; tell of SKUs of which more is available.

    What the constraints forbid (more allocated than on hand) raises: callers know what they take away.
    """
    sums = _sums(deltas)
    if not sums:
        return
    moves = [delta for delta in deltas if delta.on_hand]
    changed = await tx.execute(
        _APPLY,
        [site_id for site_id, _ in sums],
        [sku for _, sku in sums],
        [on_hand for on_hand, _ in sums.values()],
        [allocated for _, allocated in sums.values()],
        tx.now,
        actor.label,
        reference,
        order_id,
        [uuid7() for _ in moves],
        [delta.site_id for delta in moves],
        [delta.sku for delta in moves],
        [delta.on_hand for delta in moves],
        [(delta.reason or MovementReason.ADJUSTMENT).value for delta in moves],
    )
    if changed != len(sums):
        raise RuntimeError("Stock was changed of a SKU that the site has no level of.")
    tell_of_growth(tx, actor, [key for key, (on_hand, allocated) in sums.items() if on_hand > allocated])


def _sums(deltas: Sequence[Delta]) -> dict[tuple[UUID, str], tuple[int, int]]:
    sums: dict[tuple[UUID, str], tuple[int, int]] = {}
    for delta in deltas:
        on_hand, allocated = sums.get((delta.site_id, delta.sku), (0, 0))
        sums[delta.site_id, delta.sku] = (on_hand + delta.on_hand, allocated + delta.allocated)
    return {key: change for key, change in sums.items() if change != (0, 0)}


def tell_of_growth(tx: Transaction, actor: Actor, grown: Iterable[tuple[UUID, str]]) -> None:
    """`inventory.changed` for each site that has more to give than before: orders may be waiting for it."""
    by_site: dict[UUID, list[str]] = {}
    for site_id, sku in grown:
        by_site.setdefault(site_id, []).append(sku)
    for site_id, skus in by_site.items():
        more = f" and {len(skus) - 3} more" if len(skus) > 3 else ""
        record(
            tx,
            actor,
            "inventory.changed",
            f"More is available of {', '.join(sorted(skus)[:3])}{more}.",
            subject=("InventorySite", site_id),
            data={"skus": sorted(skus)[:MAX_NAMED]},
        )


async def make_levels(tx: Transaction, keys: Iterable[tuple[UUID, str]]) -> None:
    """Levels of 0 for what a site has not held before, with the site's safety stock."""
    wanted = sorted(set(keys))
    await tx.execute(
        "INSERT INTO inventory_level (site_id, sku, safety_stock)"
        " SELECT w.site_id, w.sku, s.safety_stock FROM unnest($1::uuid[], $2::text[]) AS w(site_id, sku)"
        " JOIN inventory_site s ON s.id = w.site_id"
        " WHERE NOT EXISTS (SELECT 1 FROM inventory_level l WHERE l.site_id = w.site_id AND l.sku = w.sku)"
        " ORDER BY w.site_id, w.sku ON CONFLICT (site_id, sku) DO NOTHING",
        [site_id for site_id, _ in wanted],
        [sku for _, sku in wanted],
    )


async def check_enough(tx: Transaction, deltas: Sequence[Delta], path: str) -> None:
    """Locks the levels, in order, and refuses with the first row of each that would fall below what is promised."""
    sums: dict[tuple[UUID, str], int] = {}
    first: dict[tuple[UUID, str], int] = {}
    for index, delta in enumerate(deltas):
        key = (delta.site_id, delta.sku)
        sums[key] = sums.get(key, 0) + delta.on_hand
        first.setdefault(key, index)
    await lock_levels(tx, sums)
    rows = await tx.fetch(
        "SELECT l.site_id, l.sku, l.on_hand, l.allocated + l.reserved AS promised, l.fenced FROM inventory_level l"
        " JOIN unnest($1::uuid[], $2::text[]) AS w(site_id, sku) USING (site_id, sku) ORDER BY l.site_id, l.sku",
        [site_id for site_id, _ in sums],
        [sku for _, sku in sums],
    )
    problems = Problems()
    for row in rows:
        key = (UUID(str(row["site_id"])), row["sku"])
        after = row["on_hand"] + sums[key]
        if after > MAX_UNITS:
            raise refused(ErrorCode.INVALID, "The quantity is out of range.", path, first[key], "quantity")
        if sums[key] < 0 and after < row["promised"] + row["fenced"]:
            kept = f", {row['fenced']} kept for channels" if row["fenced"] else ""
            problems.add(
                f"{row['on_hand']} are there, {row['promised']} of them promised{kept}.",
                *(path, first[key], "quantity"),
                code=ErrorCode.INSUFFICIENT_STOCK,
            )
    problems.check()


async def find_sites(tx: Transaction, actor: Actor, changes: Sequence[StockChange], path: str) -> dict[str, UUID]:
    """Site ids by code; NOT_FOUND for a site that is not there, or is none of the store associate's."""
    rows = await tx.fetch(
        "SELECT code, id FROM inventory_site WHERE code = ANY($1)", sorted({change.site for change in changes})
    )
    sites = {row["code"]: UUID(str(row["id"])) for row in rows if may_handle(actor, UUID(str(row["id"])))}
    problems = Problems()
    for index, change in enumerate(changes):
        if change.site not in sites:
            problems.add("There is no such site.", path, index, "site", code=ErrorCode.NOT_FOUND)
    problems.check()
    return sites


def may_handle(actor: Actor, site_id: UUID) -> bool:
    """Store associates handle the goods of their own sites alone."""
    return actor.sees_all_orders or site_id in actor.site_ids


def check_rows(changes: Sequence[StockChange], reference: str | None, path: str) -> Problems:
    """What is wrong with the rows themselves, so far."""
    if not changes:
        raise refused(ErrorCode.INVALID, "Give at least one row.", path)
    if len(changes) > MAX_ROWS:
        raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_ROWS} rows at once.", path)
    problems = Problems()
    problems.text(reference, 200, "reference")
    for index, change in enumerate(changes):
        problems.text(change.sku, 100, path, index, "sku", required=True)
        if abs(change.quantity) > MAX_UNITS:
            problems.add("The quantity is out of range.", path, index, "quantity")
    return problems

"""Hold units for a channel's checkout: all of them, or none. They are nobody else's until they expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.actions.inventory.stock import lock_levels, lock_skus
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, jsonb, retried, transaction, violates
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.reservations import Held, Wanted, hold

MAX_LINES = 200
MAX_UNITS = 1_000_000
MAX_TTL_SECONDS = 24 * 3600
#: Looks at stock that somebody else may take, before the last, which locks it.
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class ReservationLineCommand:
    """`site` is a code; without one the preferred sites that ship are looked at."""

    sku: str
    quantity: int
    site: str | None = None


@dataclass(frozen=True, slots=True)
class ReservationCommand:
    reference: str
    channel: str
    lines: Sequence[ReservationLineCommand]
    ttl_seconds: int = 900


async def create(actor: Actor, command: ReservationCommand) -> UUID:
    """Refuses INSUFFICIENT_STOCK with the lines that cannot be held, DUPLICATE a reference that is open."""
    _check(command)
    try:
        return await _create(actor, command)
    except Exception as error:
        if not violates(error, "uq_reservation_open"):
            raise
        raise refused(ErrorCode.DUPLICATE, "There is an open reservation of this reference.", "reference") from error


def _check(command: ReservationCommand) -> None:
    problems = Problems()
    problems.text(command.reference, 200, "reference", required=True)
    if not 1 <= command.ttl_seconds <= MAX_TTL_SECONDS:
        problems.add(f"Between 1 and {MAX_TTL_SECONDS} seconds.", "ttl_seconds")
    if not command.lines:
        problems.add("Give at least one line.", "lines")
    if len(command.lines) > MAX_LINES:
        problems.add(f"At most {MAX_LINES} lines.", "lines", code=ErrorCode.LIMIT_EXCEEDED)
    for index, line in enumerate(command.lines[:MAX_LINES]):
        problems.text(line.sku, 100, "lines", index, "sku", required=True)
        if not 1 <= line.quantity <= MAX_UNITS:
            problems.add(f"Between 1 and {MAX_UNITS} units.", "lines", index, "quantity")
    problems.check()


@retried
async def _create(actor: Actor, command: ReservationCommand) -> UUID:
    async with transaction() as tx:
        channel_id = await tx.fetchval("SELECT id FROM channel WHERE code = $1 AND active", command.channel)
        if channel_id is None or (actor.channel_id is not None and channel_id != actor.channel_id):
            raise not_found("channel", "channel")
        reservation_id = uuid7()
        for look in range(_LOOKS + 1):
            held = await _choose(tx, command, channel_id)
            if await _take(tx, command, reservation_id, channel_id, held):
                break
            if look == _LOOKS - 1:
                await lock_skus(tx, sorted({line.sku for line in command.lines}))
        else:
            raise RuntimeError("Stock that was locked could not be reserved.")
        record(
            tx,
            actor,
            "reservation.created",
            f"Reserved for {command.reference}.",
            subject=("Reservation", reservation_id),
            data={"reference": command.reference, "units": sum(it.quantity for it in held)},
        )
        return reservation_id


_STOCK = """
SELECT l.site_id, l.sku,
       l.on_hand - l.allocated - l.reserved - l.safety_stock - l.fenced + coalesce(f.quantity, 0) AS available
  FROM inventory_level l
  LEFT JOIN ring_fence f ON l.fenced > 0 AND f.site_id = l.site_id AND f.sku = l.sku AND f.channel_id = $2
 WHERE l.sku = ANY($1) AND l.on_hand - l.allocated - l.reserved - l.safety_stock > 0
"""


async def _choose(tx: Transaction, command: ReservationCommand, channel_id: UUID) -> list[Held]:
    sites = await tx.fetch(
        "SELECT id, code, capabilities FROM inventory_site WHERE active"
        " AND capabilities && '{SHIP,PICKUP}'::text[] ORDER BY rank, code"
    )
    by_code = {row["code"]: row["id"] for row in sites}
    shipping = [row["id"] for row in sites if "SHIP" in row["capabilities"]]
    problems = Problems()
    for index, line in enumerate(command.lines):
        if line.site is not None and line.site not in by_code:
            problems.add("There is no such site that gives goods.", "lines", index, "site", code=ErrorCode.NOT_FOUND)
    problems.check()
    rows = await tx.fetch(_STOCK, sorted({line.sku for line in command.lines}), channel_id)
    wanted = [
        Wanted(line.sku, line.quantity, shipping if line.site is None else [by_code[line.site]])
        for line in command.lines
    ]
    held, missing = hold(wanted, {(row["site_id"], row["sku"]): row["available"] for row in rows})
    for index, units in missing.items():
        message = f"{units} of {command.lines[index].quantity} are not there."
        problems.add(message, "lines", index, "quantity", code=ErrorCode.INSUFFICIENT_STOCK)
    problems.check()
    return held


_TAKE = """
WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[]) AS w(site_id, sku, units)
), level AS MATERIALIZED (
    SELECT l.id, l.site_id, l.sku, w.units, f.id AS fence_id, least(w.units, coalesce(f.quantity, 0)) AS drawn,
           l.on_hand - l.allocated - l.reserved - l.safety_stock - l.fenced + coalesce(f.quantity, 0) >= w.units
               AS enough
      FROM inventory_level l JOIN wanted w USING (site_id, sku)
      LEFT JOIN ring_fence f ON l.fenced > 0 AND f.site_id = l.site_id AND f.sku = l.sku AND f.channel_id = $6
), verdict AS MATERIALIZED (
    SELECT bool_and(enough) AND count(*) = cardinality($1::uuid[]) AS ok FROM level
), taken AS (
    UPDATE inventory_level l SET reserved = l.reserved + k.units, fenced = l.fenced - k.drawn
      FROM level k WHERE l.id = k.id AND (SELECT ok FROM verdict)
), used AS (
    UPDATE ring_fence f SET quantity = f.quantity - k.drawn
      FROM level k WHERE f.id = k.fence_id AND (SELECT ok FROM verdict)
), made AS (
    INSERT INTO reservation (id, reference, channel_id, created_at, expires_at)
    SELECT $4, $5, $6, $7, $8 WHERE (SELECT ok FROM verdict)
), line AS (
    INSERT INTO reservation_line (id, reservation_id, position, site_id, sku, quantity, fenced)
    SELECT n.id, n.reservation_id, n.position, n.site_id, n.sku, n.quantity, greatest(0, least(n.quantity,
           k.drawn + n.quantity - sum(n.quantity) OVER (PARTITION BY n.site_id, n.sku ORDER BY n.position, n.id)))
      FROM jsonb_populate_recordset(NULL::reservation_line, $9::jsonb) n JOIN level k USING (site_id, sku)
     WHERE (SELECT ok FROM verdict)
)
SELECT ok FROM verdict
"""


async def _take(
    tx: Transaction, command: ReservationCommand, reservation_id: UUID, channel_id: UUID, held: Sequence[Held]
) -> bool:
    sums: dict[tuple[UUID, str], int] = {}
    for it in held:
        sums[it.site_id, it.sku] = sums.get((it.site_id, it.sku), 0) + it.quantity
    lines = [
        {
            "id": uuid7(),
            "reservation_id": reservation_id,
            "position": it.line + 1,
            "site_id": it.site_id,
            "sku": it.sku,
            "quantity": it.quantity,
        }
        for it in held
    ]
    await lock_levels(tx, sums)
    return bool(
        await tx.fetchval(
            _TAKE,
            [site_id for site_id, _ in sums],
            [sku for _, sku in sums],
            list(sums.values()),
            reservation_id,
            command.reference,
            channel_id,
            tx.now,
            tx.now + timedelta(seconds=command.ttl_seconds),
            jsonb(lines),
        )
    )

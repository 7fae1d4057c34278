"""What becomes of rows of each kind: the same actions as the API's, told apart into created, changed and unchanged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.catalog.products import MAX_PRODUCTS, ProductCommand, upsert
from backend.actions.inventory import sites
from backend.actions.inventory.set_counts import SetInventory, set_counts
from backend.actions.inventory.sites import SiteCommand
from backend.actions.inventory.stock import StockChange
from backend.actions.orders.create import create as create_order
from backend.errors import ErrorCode, Refused, refused
from backend.models import db
from backend.rules.order_input import CreateOrder
from backend.rules.permissions import Actor


class Kind(StrEnum):
    SITES = "sites"
    CHANNELS = "channels"
    PRODUCTS = "products"
    INVENTORY = "inventory"
    ORDERS = "orders"


class Result(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Loader:
    """`load` takes up to `batch` commands, which it takes all or refuses all; `path` is how it names them in problems.

    Kinds of which a later row may speak of the same thing as an earlier one keep their order (`ordered`).
    """

    command: type[Any]
    load: Callable[[Actor, Sequence[Any]], Awaitable[list[Result]]]
    path: str = ""
    batch: int = 1
    ordered: bool = True


async def _order(actor: Actor, commands: Sequence[CreateOrder]) -> list[Result]:
    created = await create_order(actor, commands[0])
    return [Result.UNCHANGED if created.duplicate else Result.CREATED]


async def _site(actor: Actor, commands: Sequence[SiteCommand]) -> list[Result]:
    command = commands[0]
    before = await _site_row(command.code)
    if before is None:
        try:
            await sites.create(actor, command)
        except Refused as refusal:
            if refusal.code is not ErrorCode.DUPLICATE:
                raise
        else:
            return [Result.CREATED]
    await sites.update(actor, command)
    return [Result.UNCHANGED if await _site_row(command.code) == before else Result.CHANGED]


async def _site_row(code: str) -> str | None:
    row: str | None = await db.fetchval("SELECT to_jsonb(s)::text FROM inventory_site s WHERE code = $1", code)
    return row


async def _channel(actor: Actor, commands: Sequence[ChannelCommand]) -> list[Result]:
    command = commands[0]
    try:
        await channels.create(actor, command)
    except Refused as refusal:
        if refusal.code is not ErrorCode.DUPLICATE:
            raise
    else:
        return [Result.CREATED]
    known = await db.fetchrow("SELECT name, kind, currency, active FROM channel WHERE code = $1", command.code)
    if known is None or tuple(known) != (command.name, command.kind, command.currency, command.active):
        raise refused(ErrorCode.DUPLICATE, f"There is another channel {command.code} already.", "code")
    return [Result.UNCHANGED]


async def _products(actor: Actor, commands: Sequence[ProductCommand]) -> list[Result]:
    before = await _touched(commands)
    await upsert(actor, commands)
    after = await _touched(commands)
    return [_compared(before.get(product.sku), after[product.sku]) for product in commands]


async def _touched(commands: Sequence[ProductCommand]) -> dict[str, Any]:
    rows = await db.fetch(
        "SELECT sku, updated_at FROM product WHERE sku = ANY($1)", [product.sku for product in commands]
    )
    return {row["sku"]: row["updated_at"] for row in rows}


async def _counts(actor: Actor, commands: Sequence[StockChange]) -> list[Result]:
    before = await _on_hand(commands)
    await set_counts(actor, SetInventory(counts=commands, reference="import"))
    return [_compared(before.get((count.site, count.sku)), count.quantity) for count in commands]


async def _on_hand(commands: Sequence[StockChange]) -> dict[tuple[str, str], int]:
    rows = await db.fetch(
        "SELECT s.code, l.sku, l.on_hand FROM unnest($1::text[], $2::text[]) AS c(code, sku)"
        " JOIN inventory_site s ON s.code = c.code JOIN inventory_level l ON l.site_id = s.id AND l.sku = c.sku",
        [count.site for count in commands],
        [count.sku for count in commands],
    )
    return {(row["code"], row["sku"]): row["on_hand"] for row in rows}


def _compared(before: Any, after: Any) -> Result:
    if before is None:
        return Result.CREATED
    return Result.UNCHANGED if before == after else Result.CHANGED


LOADERS: dict[Kind, Loader] = {
    Kind.SITES: Loader(SiteCommand, _site),
    Kind.CHANNELS: Loader(ChannelCommand, _channel),
    Kind.PRODUCTS: Loader(ProductCommand, _products, "products", MAX_PRODUCTS),
    Kind.INVENTORY: Loader(StockChange, _counts, "counts", 1000),
    Kind.ORDERS: Loader(CreateOrder, _order, ordered=False),
}

"""Bring products up to date: those that are new are added, those that differ are changed, the rest is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.errors import ErrorCode
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Row, Transaction, retried, transaction
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import LineKind

MAX_PRODUCTS = 1_000
MAX_BARCODES = 50
MAX_WEIGHT_GRAMS = 100_000_000


@dataclass(frozen=True, slots=True)
class ProductCommand:
    """A product, whole: what is left out is emptied."""

    sku: str
    name: str
    kind: LineKind = LineKind.PHYSICAL
    barcodes: Sequence[str] | None = None
    weight_grams: int | None = None
    image_url: str | None = None

    def row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind.value,
            "barcodes": list(self.barcodes or ()),
            "weight_grams": self.weight_grams,
            "image_url": self.image_url,
        }


_KNOWN = """
SELECT id, sku, name, kind, barcodes, weight_grams, image_url FROM product WHERE sku = ANY($1) ORDER BY sku FOR UPDATE
"""
_UPSERT = """
INSERT INTO product (id, sku, name, kind, barcodes, weight_grams, image_url, updated_at)
SELECT p.id, p.sku, p.name, p.kind, coalesce(string_to_array(nullif(p.barcodes, ''), chr(10)), '{}'), p.weight_grams,
       p.image_url, $8
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[])
       AS p(id, sku, name, kind, barcodes, weight_grams, image_url)
 ORDER BY p.sku
    ON CONFLICT (sku) DO UPDATE
   SET name = excluded.name, kind = excluded.kind, barcodes = excluded.barcodes,
       weight_grams = excluded.weight_grams, image_url = excluded.image_url, updated_at = excluded.updated_at
RETURNING id, sku, xmax = 0 AS created
"""


@retried
async def upsert(actor: Actor, products: Sequence[ProductCommand]) -> list[UUID]:
    """Their ids in the order given. Refused as a whole, each problem with its path; two statements however many."""
    _check(products)
    async with transaction() as tx:
        known = {row["sku"]: row for row in await tx.fetch(_KNOWN, [product.sku for product in products])}
        ids: dict[str, UUID] = {sku: row["id"] for sku, row in known.items()}
        changed = [product for product in products if _differs(product, known.get(product.sku))]
        if changed:
            ids |= await _write(tx, actor, changed, known)
        return [ids[product.sku] for product in products]


def _differs(product: ProductCommand, row: Row | None) -> bool:
    return row is None or any(row[name] != value for name, value in product.row().items())


async def _write(
    tx: Transaction, actor: Actor, changed: Sequence[ProductCommand], known: dict[str, Row]
) -> dict[str, UUID]:
    written = await tx.fetch(
        _UPSERT,
        [uuid7() for _ in changed],
        [product.sku for product in changed],
        [product.name for product in changed],
        [product.kind.value for product in changed],
        ["\n".join(product.barcodes or ()) for product in changed],
        [product.weight_grams for product in changed],
        [product.image_url for product in changed],
        tx.now,
    )
    by_sku = {product.sku: product for product in changed}
    for row in written:
        before = known.get(row["sku"])
        after = by_sku[row["sku"]].row()
        record(
            tx,
            actor,
            "product.created" if row["created"] else "product.updated",
            f"Product {row['sku']} {'added' if row['created'] else 'changed'}.",
            subject=("Product", row["id"]),
            data={
                "sku": row["sku"],
                "from": {name: before[name] for name in after if before[name] != after[name]} if before else None,
                "to": {name: value for name, value in after.items() if before is None or before[name] != value},
            },
        )
    return {row["sku"]: row["id"] for row in written}


def _check(products: Sequence[ProductCommand]) -> None:
    problems = Problems()
    if len(products) > MAX_PRODUCTS:
        problems.add(f"At most {MAX_PRODUCTS} products at once.", "products", code=ErrorCode.LIMIT_EXCEEDED)
        problems.check()
    seen: set[str] = set()
    for index, product in enumerate(products):
        _check_product(problems, product, index)
        if product.sku in seen:
            problems.add(f"{product.sku} is given twice.", "products", index, "sku", code=ErrorCode.DUPLICATE)
        seen.add(product.sku)
    problems.check()


def _check_product(problems: Problems, product: ProductCommand, index: int) -> None:
    problems.text(product.sku, 100, "products", index, "sku", required=True)
    problems.text(product.name, 500, "products", index, "name", required=True)
    problems.text(product.image_url, 2_000, "products", index, "image_url")
    if product.image_url and not product.image_url.startswith(("https://", "http://")):
        problems.add("An image is named by its http(s) address.", "products", index, "image_url")
    if product.weight_grams is not None and not 0 <= product.weight_grams <= MAX_WEIGHT_GRAMS:
        problems.add("A weight is 0 to 100,000,000 grams.", "products", index, "weight_grams")
    barcodes = product.barcodes or ()
    if len(barcodes) > MAX_BARCODES:
        problems.add(f"At most {MAX_BARCODES} barcodes.", "products", index, "barcodes", code=ErrorCode.LIMIT_EXCEEDED)
        return
    for place, barcode in enumerate(barcodes):
        problems.text(barcode, 64, "products", index, "barcodes", place, required=True)
        if "\n" in barcode:
            problems.add("A barcode is one line.", "products", index, "barcodes", place)
        if barcode in barcodes[:place]:
            problems.add("Given twice.", "products", index, "barcodes", place, code=ErrorCode.DUPLICATE)

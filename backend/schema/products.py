"""Products."""

from __future__ import annotations

import strawberry

from backend.models.inventory import Product as ProductRow
from backend.rules.permissions import READERS
from backend.rules.vocabulary import LineKind
from backend.schema.access import readable_by
from backend.schema.common import Node, UserError, column, shows


@shows(ProductRow)
@readable_by(READERS)
@strawberry.type
class Product(Node):
    sku: str = column()
    name: str = column()
    kind: LineKind = column()
    barcodes: list[str] = column()
    weight_grams: int | None = column()
    image_url: str | None = column()


@strawberry.input
class ProductInput:
    sku: str
    name: str
    kind: LineKind = LineKind.PHYSICAL
    barcodes: list[str] | None = strawberry.UNSET
    weight_grams: int | None = strawberry.UNSET
    image_url: str | None = strawberry.UNSET


@strawberry.input
class ProductsUpsertInput:
    products: list[ProductInput]


@readable_by(READERS)
@strawberry.type
class ProductsPayload:
    products: list[Product] = strawberry.field(default_factory=list)
    user_errors: list[UserError] = strawberry.field(default_factory=list)

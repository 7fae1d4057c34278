"""What every noun shares: ids, nodes, pages, money, refusals."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar, Protocol, Self, TypeVar
from uuid import UUID

import strawberry
from tortoise.models import Model

from backend.errors import ErrorCode, refused
from backend.money import to_decimal
from backend.queries.paging import Page
from backend.rules.names import opaque_id
from backend.rules.permissions import READERS, Actor
from backend.schema.access import field, readable_by

M = TypeVar("M", bound=Model)
K = TypeVar("K", bound=type)
strawberry.enum(ErrorCode)


def encode_id(kind: str, key: UUID | int) -> strawberry.ID:
    """The opaque id of a thing, for clients: encode_id("Order", uuid)."""
    return strawberry.ID(opaque_id(kind, key))


def split_id(gid: str, *path: str) -> tuple[str, UUID]:
    """The type and key that an id names; refuses what is not one of our ids."""
    try:
        text = base64.urlsafe_b64decode(gid.encode("ascii") + b"=" * (-len(gid) % 4)).decode("ascii")
        kind, _, key = text.partition(":")
        return kind, UUID(key)
    except (ValueError, binascii.Error):
        raise refused(ErrorCode.INVALID, "This is not an id.", *path) from None


def decode_id(gid: str, kind: str, *path: str) -> UUID:
    """The key of a thing of this type; refuses the id of another type. `path` is in snake_case: "order_id"."""
    found, key = split_id(gid, *path)
    if found != kind:
        raise refused(ErrorCode.INVALID, f"This is not the id of a {kind}.", *path)
    return key


class Loaders(Protocol):
    """Batches of one operation, in the actor's scope (resolvers/loaders.py)."""

    async def one(self, model: type[M], key: UUID | None, *, column: str = "id") -> M | None: ...
    async def many(self, model: type[M], column: str, key: UUID) -> list[M]: ...
    async def known(self, name: str, key: Any) -> Any: ...
    async def page(self, name: str, key: UUID, **arguments: Any) -> Any: ...


class Info(strawberry.Info[Any, None]):
    """What the resolver side adds: who asks, and what is loaded in batches."""

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @property
    def loaders(self) -> Loaders:
        raise TypeError("The schema is built with resolvers.schema.RequestInfo.")


def given(value: Any) -> Any:
    """An argument that was left out is None, like one that is null."""
    return None if value is strawberry.UNSET else value


def column(**options: Any) -> Any:
    """A field that is the attribute of the row that its type holds; the executor reads it without a resolver."""
    made: Any = strawberry.field(**options)
    made.init = False
    return made


class Held:
    """A type over a row: attributes that it does not declare are the row's."""

    row: Any

    def __getattr__(self, name: str) -> Any:
        if name == "row" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.row, name)


@readable_by(READERS)
@strawberry.interface
class Node(Held):
    row: strawberry.Private[Any]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return encode_id(type(self).__name__, self.row.id)


#: Table → GraphQL type, and GraphQL type → table, of everything that is shown.
_TYPES: dict[type[Model], Callable[..., Any]] = {}
NODES: dict[str, type[Model]] = {}


def shows(model: type[Model]) -> Callable[[K], K]:
    """Above a type: it shows the rows of this table."""

    def mark(cls: K) -> K:
        _TYPES[model] = cls
        if issubclass(cls, Node):
            NODES[cls.__name__] = model
        return cls

    return mark


def show(row: Model | None) -> Any:
    """The GraphQL object of a row; None stays None."""
    return None if row is None else _TYPES[type(row)](row=row)


async def of_order(info: Info, model: type[M], order_id: UUID, key: UUID | None) -> M | None:
    """A row of the order by its id. Loaded with all of the order's, so that whoever asks first asks for everyone."""
    rows = await info.loaders.many(model, "order_id", order_id) if key is not None else []
    return next((row for row in rows if row.pk == key), None)


def show_all(rows: Sequence[Model]) -> list[Any]:
    return [_TYPES[type(row)](row=row) for row in rows]


@readable_by(READERS)
@strawberry.type
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def of(cls, minor: int, currency: str) -> Money:
        return cls(amount=to_decimal(minor, currency), currency=currency)


@readable_by(READERS)
@strawberry.type
class UserError:
    code: ErrorCode
    message: str
    path: list[str] | None = None


@readable_by(READERS)
@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@readable_by(READERS)
@strawberry.type
class Connection:
    """What all connections share; a subclass names its edge and its nodes."""

    edge: ClassVar[Callable[..., Any]]
    page: strawberry.Private[Page[Any]]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[Any], **more: Any) -> Self:
        nodes = show_all(page.rows)
        edges = [cls.edge(cursor=cursor, node=node) for cursor, node in zip(page.cursors, nodes, strict=True)]
        ends = (page.cursors[0], page.cursors[-1]) if page.cursors else (None, None)
        info = PageInfo(
            has_next_page=page.has_next, has_previous_page=page.has_previous, start_cursor=ends[0], end_cursor=ends[1]
        )
        return cls(page=page, page_info=info, edges=edges, nodes=nodes, **more)  # type: ignore[call-arg]


@readable_by(READERS)
@strawberry.type
class CountedConnection(Connection):
    @field(roles=READERS, description="Counted only when asked for.")
    async def total_count(self) -> int:
        return await self.page.count()

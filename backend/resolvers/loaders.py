"""Batches of one operation: what rows belong to rows, in the actor's scope, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from backend.models.facts import load_facts
from backend.models.returns import expected_units
from backend.queries import inventory, nested, receipts, related
from backend.resolvers.batches import Batches
from backend.resolvers.context import Context
from backend.rules.permissions import Actor
from backend.schema.common import given

M = TypeVar("M", bound=Model)
Found = Callable[[Actor, Sequence[Any]], Awaitable[Mapping[Any, Any]]]


async def _facts(actor: Actor, order_ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    del actor
    return await load_facts(order_ids)


async def _sites_of_user(actor: Actor, user_ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return await related.sites_of(actor, "app_user_site", "user_id", user_ids)


async def _sites_of_api_key(actor: Actor, key_ids: Sequence[UUID]) -> Mapping[UUID, Any]:
    return await related.sites_of(actor, "api_key_site", "api_key_id", key_ids)


async def _expected_units(actor: Actor, order_line_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    del actor
    return await expected_units(order_line_ids)


async def _incoming(actor: Actor, levels: Sequence[tuple[UUID, str]]) -> Mapping[tuple[UUID, str], Any]:
    del actor
    return await receipts.incoming(levels)


async def _ring_fences(actor: Actor, levels: Sequence[tuple[UUID, str]]) -> Mapping[tuple[UUID, str], Any]:
    del actor
    return await inventory.ring_fences(levels)


async def _outlook(actor: Actor, skus: Sequence[str]) -> Mapping[str, Any]:
    del actor
    return await receipts.outlooks(skus)


#: Of rows that the actor has been shown already.
_KNOWN: Mapping[str, Found] = {
    "facts": _facts,
    "incoming": _incoming,
    "outlook": _outlook,
    "ring_fences": _ring_fences,
    "expected_units": _expected_units,
    "sites_of_user": _sites_of_user,
    "sites_of_api_key": _sites_of_api_key,
    "orders_of_workflow": related.orders_of_workflow,
    "addresses_of_customer": related.addresses_of,
}


class Loaders:
    """Made for one operation, forgotten after a change (Context.forget)."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._batches = Batches(kept=True)

    async def one(self, model: type[M], key: Any, *, column: str = "id") -> M | None:
        """The row with this key; None where there is no key, no row, or nothing to be seen."""
        if key is None:
            return None
        loader = self._batches.of((model, column), partial(related.by_key, self.actor, model, column))
        found: M | None = await loader.load(key)
        return found

    async def many(self, model: type[M], column: str, key: UUID) -> list[M]:
        """The rows whose `column` points to `key`, in their order."""
        loader = self._batches.of((model, column, "all"), partial(related.children, self.actor, model, column))
        found: list[M] = await loader.load(key)
        return found

    async def known(self, name: str, key: Any) -> Any:
        return await self._batches.of(name, partial(_KNOWN[name], self.actor)).load(key)

    async def page(self, name: str, key: UUID, **arguments: Any) -> Any:
        """A page of a list within a row: queries/nested.py has the names and their arguments."""
        asked = {argument: given(value) for argument, value in arguments.items()}
        same = tuple(tuple(value) if isinstance(value, list) else value for value in asked.values())
        count = self._batches.of((name, same, "count"), partial(self._counts, name, asked))
        return await self._batches.of((name, same), partial(self._pages, name, asked, count.load)).load(key)

    def prime(self, rows: Iterable[Model]) -> None:
        """These rows are in scope and need not be asked for again."""
        for row in rows:
            model = type(row)
            self._batches.of((model, "id"), partial(related.by_key, self.actor, model, "id")).prime(row.pk, row)

    async def _pages(
        self, name: str, asked: nested.Arguments, count: nested.Counter, keys: Sequence[UUID]
    ) -> Mapping[UUID, Any]:
        return await nested.pages(self.actor, name, keys, asked, count)

    async def _counts(self, name: str, asked: nested.Arguments, keys: Sequence[UUID]) -> Mapping[UUID, int]:
        return await nested.counts(self.actor, name, keys, asked)


def loaders_of(context: Context) -> Loaders:
    """Those of the operation under way."""
    made: Loaders | None = context.cache.get("loaders")
    if made is None:
        made = context.cache["loaders"] = Loaders(context.actor)
    return made

"""Those who watch over sockets: what a thousand of them ask at the same moment is asked of the database once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from backend.actions.people.authenticate import Credential, still_actors
from backend.queries import related
from backend.queries.live import LiveLog
from backend.rules.permissions import Actor

M = TypeVar("M", bound=Model)


class Feeds(LiveLog):
    """One per process. A change wakes all who watch it together, so their questions meet and go as one statement.

    Nothing is kept: whoever asks a moment later is answered anew.
    """

    def __init__(self, url: str, statement_cache_size: int = 100) -> None:
        super().__init__(url, statement_cache_size)
        self._asked: dict[Hashable, DataLoader[Any, Any]] = {}

    async def still(self, credential: Credential) -> Actor | None:
        """Who that is now; None where they may not stay."""
        actor: Actor | None = await self._together("still", still_actors).load(credential)
        return actor

    async def seen(self, actor: Actor, model: type[M], ids: Sequence[UUID]) -> dict[UUID, M]:
        """Those of these rows that the actor sees. Actors of the same roles, channel and sites see the same."""
        scope = (model, actor.roles, actor.channel_id, actor.site_ids)
        rows = await self._together(scope, partial(related.by_key, actor, model, "id")).load_many(ids)
        return {row.pk: row for row in rows if row is not None}

    def _together(
        self, name: Hashable, find: Callable[[Sequence[Any]], Awaitable[Mapping[Any, Any]]]
    ) -> DataLoader[Any, Any]:
        if name not in self._asked:

            async def load(keys: list[Any]) -> list[Any]:
                found = await find(list(dict.fromkeys(keys)))
                return [found.get(key) for key in keys]

            self._asked[name] = DataLoader(load_fn=load, cache=False)
        return self._asked[name]

"""Those who watch over sockets: what a thousand of them ask at the same moment is asked of the database once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from tortoise.models import Model

from backend.actions.people.authenticate import Credential, still_actors
from backend.queries import related
from backend.queries.live import LiveLog
from backend.resolvers.batches import Batches
from backend.resolvers.presence import Presence
from backend.rules.permissions import Actor

M = TypeVar("M", bound=Model)


class Feeds(LiveLog):
    """One per process. A change wakes all who watch it together, so their questions meet and go as one statement.

    Nothing is kept: whoever asks a moment later is answered anew.
    """

    def __init__(self, url: str, statement_cache_size: int = 100) -> None:
        super().__init__(url, statement_cache_size)
        self.presence = Presence()
        self._asked = Batches(kept=False)

    async def close(self) -> None:
        await self.presence.close()
        await super().close()

    async def still(self, credential: Credential) -> Actor | None:
        """Who that is now; None where they may not stay."""
        actor: Actor | None = await self._asked.of("still", still_actors).load(credential)
        return actor

    async def seen(self, actor: Actor, model: type[M], ids: Sequence[UUID]) -> dict[UUID, M]:
        """Those of these rows that the actor sees. Actors of the same roles, channel and sites see the same."""
        scope = (model, actor.roles, actor.channel_id, actor.site_ids)
        asked = self._asked.of(scope, partial(related.by_key, actor, model, "id"))
        rows = [await asked.load(ids[0])] if len(ids) == 1 else await asked.load_many(ids)
        return {row.pk: row for row in rows if row is not None}

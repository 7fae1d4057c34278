"""Saved searches: one's own and those that are shared."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import strawberry

from backend.actions.people.saved_searches import SavedSearchCommand, create, delete, update
from backend.models.people import SavedSearch as SavedSearchRow
from backend.queries import people as queries
from backend.resolvers.commands import key, perform, translate
from backend.resolvers.filters import order_filter
from backend.rules.permissions import READERS
from backend.schema.access import field, mutation
from backend.schema.common import Info, show, show_all
from backend.schema.searches import (
    SavedSearch,
    SavedSearchIdInput,
    SavedSearchInput,
    SavedSearchPayload,
    SavedSearchUpdateInput,
)


@strawberry.type
class SearchQueries:
    @field(roles=READERS, description="One's own and the shared ones, by name.")
    async def saved_searches(self, info: Info) -> list[SavedSearch]:
        return show_all(await queries.saved_searches(info.actor))


@strawberry.type
class SearchMutations:
    @mutation(roles=READERS)
    async def saved_search_create(self, info: Info, input: SavedSearchInput) -> SavedSearchPayload:
        return await perform(
            info, SavedSearchPayload, lambda actor: create(actor, _command(info, input)), partial(_shown, info)
        )

    @mutation(roles=READERS)
    async def saved_search_update(self, info: Info, input: SavedSearchUpdateInput) -> SavedSearchPayload:
        return await perform(
            info,
            SavedSearchPayload,
            lambda actor: update(actor, key(input.saved_search_id, "saved_search_id"), _command(info, input)),
            partial(_shown, info),
        )

    @mutation(roles=READERS)
    async def saved_search_delete(self, info: Info, input: SavedSearchIdInput) -> SavedSearchPayload:
        async def gone(_: object) -> SavedSearchPayload:
            return SavedSearchPayload()

        return await perform(
            info, SavedSearchPayload, lambda actor: delete(actor, key(input.saved_search_id, "saved_search_id")), gone
        )


async def _shown(info: Info, saved_search_id: UUID | None) -> SavedSearchPayload:
    return SavedSearchPayload(saved_search=show(await info.loaders.one(SavedSearchRow, saved_search_id)))


def _command(info: Info, given: SavedSearchInput | SavedSearchUpdateInput) -> SavedSearchCommand:
    order_filter(info.schema, given.filter, "filter")
    return translate(given, SavedSearchCommand)

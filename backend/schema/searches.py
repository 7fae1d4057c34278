"""Searches that are kept."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from backend.models.people import SavedSearch as SavedSearchRow
from backend.rules.criteria import OrderSort
from backend.rules.permissions import READERS, Actor
from backend.schema.access import field, readable_by
from backend.schema.common import Info, Node, UserError, column, shows


@shows(SavedSearchRow)
@readable_by(READERS)
@strawberry.type
class SavedSearch(Node):
    name: str = column()
    query: str | None = column(description="The free text.")
    columns: list[str] = column(description="Of the list, in order; empty for the usual ones.")
    sort: OrderSort | None = column(description="Null for the usual one.")
    shared: bool = column()

    @field(roles=READERS, description="An OrderFilter.")
    def filter(self) -> JSON:
        return self.row.criteria

    @field(roles=READERS, description="Whether the one who asks has saved it.")
    def own(self, info: Info) -> bool:
        actor: Actor = info.actor
        return bool(self.row.owner == actor.key)


@strawberry.input(description="`filter` is an OrderFilter.")
class SavedSearchInput:
    name: str
    filter: JSON
    shared: bool = False
    query: str | None = strawberry.UNSET
    columns: list[str] | None = strawberry.UNSET
    sort: OrderSort | None = strawberry.UNSET


@strawberry.input(description="The search is replaced as a whole.")
class SavedSearchUpdateInput:
    saved_search_id: strawberry.ID
    name: str
    filter: JSON
    shared: bool = False
    query: str | None = strawberry.UNSET
    columns: list[str] | None = strawberry.UNSET
    sort: OrderSort | None = strawberry.UNSET


@strawberry.input
class SavedSearchIdInput:
    saved_search_id: strawberry.ID


@readable_by(READERS)
@strawberry.type
class SavedSearchPayload:
    saved_search: SavedSearch | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)

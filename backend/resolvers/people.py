"""Who is asking, users, keys and customers, read."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from backend.queries import people as queries
from backend.resolvers.arguments import key, window, word
from backend.rules.permissions import LEADS, READERS
from backend.schema.access import field
from backend.schema.common import Info, show, show_all
from backend.schema.people import ApiKey, Customer, CustomerConnection, User


@strawberry.type
class PeopleQueries:
    @field(roles=READERS, description="The person who is logged in; null for an API key.")
    async def me(self, info: Info) -> User | None:
        return show(await queries.me(info.actor))

    @field(roles=READERS)
    async def customer(
        self, info: Info, id: strawberry.ID | None = UNSET, external_id: str | None = UNSET
    ) -> Customer | None:
        return show(await queries.customer(info.actor, key(id, "Customer"), word(external_id, "external_id")))

    @field(roles=READERS, description="By name.")
    async def customers(
        self, info: Info, query: str | None = UNSET, first: int | None = UNSET, after: str | None = UNSET
    ) -> CustomerConnection:
        return CustomerConnection.of(await queries.customers(info.actor, word(query, "query"), window(first, after)))

    @field(roles=LEADS)
    async def users(self, info: Info) -> list[User]:
        return show_all(await queries.users(info.actor))

    @field(roles=LEADS, description="Revoked ones too.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        return show_all(await queries.api_keys(info.actor))

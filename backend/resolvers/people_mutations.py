"""Users and API keys."""

from __future__ import annotations

from uuid import UUID

import strawberry

from backend.actions.people import api_keys, users
from backend.actions.people.api_keys import ApiKeyCommand, NewApiKey
from backend.actions.people.users import UserCommand
from backend.models.people import ApiKey as ApiKeyRow
from backend.models.people import User as UserRow
from backend.resolvers.commands import key, perform, translate
from backend.rules.permissions import ADMINS
from backend.schema.access import mutation
from backend.schema.common import Info, show
from backend.schema.people import ApiKeyCreateInput, ApiKeyPayload, ApiKeyRevokeInput, UserInput, UserPayload


@strawberry.type
class PeopleMutations:
    @mutation(roles=ADMINS)
    async def user_create(self, info: Info, input: UserInput) -> UserPayload:
        async def shown(made: UUID | None) -> UserPayload:
            return UserPayload(user=show(await UserRow.get_or_none(id=made)))

        return await perform(info, UserPayload, lambda actor: users.create(actor, translate(input, UserCommand)), shown)

    @mutation(roles=ADMINS, description="Known by the e-mail address. Sites and password stay where they are left out.")
    async def user_update(self, info: Info, input: UserInput) -> UserPayload:
        async def shown(made: UUID | None) -> UserPayload:
            return UserPayload(user=show(await UserRow.get_or_none(id=made)))

        return await perform(info, UserPayload, lambda actor: users.update(actor, translate(input, UserCommand)), shown)

    @mutation(roles=ADMINS)
    async def api_key_create(self, info: Info, input: ApiKeyCreateInput) -> ApiKeyPayload:
        async def shown(made: NewApiKey | UUID | None) -> ApiKeyPayload:
            new = made if isinstance(made, NewApiKey) else None
            row = await ApiKeyRow.get_or_none(id=new.api_key_id if new else made)
            return ApiKeyPayload(api_key=show(row), secret=new.secret if new else None)

        return await perform(
            info, ApiKeyPayload, lambda actor: api_keys.create(actor, translate(input, ApiKeyCommand)), shown
        )

    @mutation(roles=ADMINS)
    async def api_key_revoke(self, info: Info, input: ApiKeyRevokeInput) -> ApiKeyPayload:
        async def shown(_: object) -> ApiKeyPayload:
            return ApiKeyPayload(api_key=show(await ApiKeyRow.get_or_none(id=key(input.api_key_id, "api_key_id"))))

        return await perform(
            info, ApiKeyPayload, lambda actor: api_keys.revoke(actor, key(input.api_key_id, "api_key_id")), shown
        )

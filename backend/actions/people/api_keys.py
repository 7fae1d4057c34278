"""Make and revoke API keys: `cd_<prefix>_<secret>`, shown once; we keep the SHA-256 of the secret."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.people.authenticate import digest
from backend.actions.people.sites import set_sites, site_ids
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.people import ApiKey
from backend.rules.order_input import Problems
from backend.rules.permissions import Actor
from backend.rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class ApiKeyCommand:
    """`channel` and `sites` are codes: a channel's key sees its orders alone, a store associate's its sites alone."""

    name: str
    role: Role
    channel: str | None = None
    sites: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    api_key_id: UUID
    secret: str
    """What the client sends as its Bearer token."""


@retried
async def create(actor: Actor, command: ApiKeyCommand) -> NewApiKey:
    problems = Problems()
    problems.text(command.name, 200, "name", required=True)
    if (command.role is Role.CHANNEL) != (command.channel is not None):
        problems.add("A channel's key names its channel, and no other does.", "channel")
    if command.role is Role.STORE_ASSOCIATE and not command.sites:
        problems.add("A store associate works at one site at least.", "sites")
    problems.check()
    key_id, prefix, secret = uuid7(), secrets.token_hex(4), secrets.token_urlsafe(32)
    async with transaction() as tx:
        sites = await site_ids(tx, command.sites)
        made = ApiKey(
            id=key_id,
            name=command.name.strip(),
            prefix=prefix,
            secret_hash=digest(secret),
            role=command.role,
            channel_id=await _channel_id(tx, command.channel),
            created_at=tx.now,
        )
        await made.save(force_create=True)
        await set_sites(tx, "api_key_site", "api_key_id", key_id, sites)
        record(
            tx,
            actor,
            "api_key.created",
            "API key created.",
            subject=("ApiKey", key_id),
            data={"name": command.name.strip(), "role": command.role.value, "channel": command.channel},
        )
    return NewApiKey(key_id, f"cd_{prefix}_{secret}")


@retried
async def revoke(actor: Actor, api_key_id: UUID) -> None:
    """Refused from this moment on; revoking it again changes nothing."""
    async with transaction() as tx:
        key = await tx.fetchrow("SELECT revoked_at FROM api_key WHERE id = $1 FOR UPDATE", api_key_id)
        if key is None:
            raise not_found("API key", "api_key_id")
        if key["revoked_at"] is not None:
            return
        await tx.execute("UPDATE api_key SET revoked_at = $2 WHERE id = $1", api_key_id, tx.now)
        record(tx, actor, "api_key.revoked", "API key revoked.", subject=("ApiKey", api_key_id))


async def _channel_id(tx: Transaction, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = await tx.fetchval("SELECT id FROM channel WHERE code = $1", code)
    if found is None:
        raise refused(ErrorCode.NOT_FOUND, "There is no such channel.", "channel")
    return found

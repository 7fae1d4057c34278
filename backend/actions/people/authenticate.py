"""Who is it? One statement for a session or an API key, which also notes when the key was last used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.models import db
from backend.rules.permissions import SYSTEM, Actor
from backend.rules.vocabulary import Role

_SITES_OF_USER = "ARRAY(SELECT s.site_id FROM app_user_site s WHERE s.user_id = u.id) AS site_ids"
_LIVE_SESSION = f"""
SELECT t.token_hash, u.id, u.email, u.roles, {_SITES_OF_USER}
  FROM app_session t JOIN app_user u ON u.id = t.user_id
 WHERE t.expires_at > now() AND u.active"""
_SESSION = f"{_LIVE_SESSION} AND t.token_hash = $1"
_SESSIONS = f"{_LIVE_SESSION} AND t.token_hash = ANY($1)"
_USER = f"SELECT u.id, u.email, u.roles, {_SITES_OF_USER} FROM app_user u WHERE u.id = $1 AND u.active"

_LIVE_KEY = """
    SELECT k.id, k.secret_hash, k.name, k.role, k.channel_id, k.last_used_at,
           ARRAY(SELECT s.site_id FROM api_key_site s WHERE s.api_key_id = k.id) AS site_ids
      FROM api_key k LEFT JOIN channel c ON c.id = k.channel_id
     WHERE k.revoked_at IS NULL AND c.active IS NOT FALSE"""
_KEYS = f"{_LIVE_KEY} AND k.secret_hash = ANY($1)"
_API_KEY = f"""
WITH found AS ({_LIVE_KEY} AND k.secret_hash = $1 AND k.prefix = $2
), noted AS (
    UPDATE api_key k SET last_used_at = now() FROM found f
     WHERE k.id = f.id AND (f.last_used_at IS NULL OR f.last_used_at < now() - interval '1 minute')
)
SELECT * FROM found
"""


@dataclass(frozen=True, slots=True)
class Credential:
    """An API key, or else a session's token, as it was given."""

    api_key: str | None
    session_token: str | None = None


async def authenticate(*, api_key: str | None = None, session_token: str | None = None) -> Actor | None:
    """The actor that a key (`cd_<prefix>_<secret>`) or a session's token stands for; None where it is nobody's."""
    if api_key is not None:
        prefix, secret = _parts(api_key)
        row = await db.fetchrow(_API_KEY, digest(secret), prefix) if secret else None
        return _machine(row) if row else None
    if not session_token:
        return None
    row = await db.fetchrow(_SESSION, digest(session_token))
    return _person(row) if row else None


def _parts(api_key: str) -> tuple[str, str]:
    """Prefix and secret; both empty for what is no key."""
    start, _, rest = api_key.partition("_")
    prefix, _, secret = rest.partition("_")
    if start != "cd" or not secret or len(prefix) > 16 or not prefix.isalnum():
        return "", ""
    return prefix, secret


async def still_actors(credentials: Sequence[Credential]) -> dict[Credential, Actor]:
    """Who they are now, by two statements for all of them, which note nothing; nobody's are left out."""
    hashes: dict[str, Credential] = {}
    for credential in credentials:
        secret = _parts(credential.api_key)[1] if credential.api_key is not None else credential.session_token
        if secret:
            hashes[digest(secret)] = credential
    keys = [known for known, credential in hashes.items() if credential.api_key is not None]
    tokens = [known for known, credential in hashes.items() if credential.api_key is None]
    machines = await db.fetch(_KEYS, keys) if keys else []
    people = await db.fetch(_SESSIONS, tokens) if tokens else []
    return {hashes[row["secret_hash"]]: _machine(row) for row in machines} | {
        hashes[row["token_hash"]]: _person(row) for row in people
    }


async def actor_of(key: str) -> Actor | None:
    """Who is behind an actor's key, as they are now; None where they may not act any more."""
    kind, _, rest = key.partition(":")
    if kind == "user":
        row = await db.fetchrow(_USER, UUID(rest))
        return _person(row) if row else None
    if kind == "api_key":
        row = await db.fetchrow(f"{_LIVE_KEY} AND k.id = $1", UUID(rest))
        return _machine(row) if row else None
    return SYSTEM if key == SYSTEM.key else None


def digest(secret: str) -> str:
    """SHA-256, hex: enough for 256 random bits, and quick."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _person(row: Any) -> Actor:
    return Actor(
        key=f"user:{row['id']}",
        label=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        via="admin",
        user_id=row["id"],
        site_ids=frozenset(row["site_ids"]),
    )


def _machine(row: Any) -> Actor:
    return Actor(
        key=f"api_key:{row['id']}",
        label=f"key: {row['name']}",
        roles=frozenset({Role(row["role"])}),
        via="api",
        channel_id=row["channel_id"],
        site_ids=frozenset(row["site_ids"]),
    )

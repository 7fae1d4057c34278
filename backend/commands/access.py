"""Who gets into a development server: an administrator and a key for each role and channel, kept in demo.json."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.actions.people import api_keys, users
from backend.actions.people.api_keys import ApiKeyCommand
from backend.actions.people.authenticate import authenticate
from backend.actions.people.users import UserCommand
from backend.models import db
from backend.rules.permissions import Actor
from backend.rules.vocabulary import Role

#: Whoever may start a command may do everything.
CLI = Actor(key="cli", label="command line", roles=frozenset({Role.ADMIN}), via="cli")
FILE = "demo.json"
EMAIL = "admin@crossdock.example"


@dataclass(frozen=True, slots=True)
class Access:
    path: Path
    email: str
    password: str


async def ensure_access(data_dir: Path, url: str) -> Access:
    """What demo.json says, where the database still knows it; what is missing is made. Readable by its owner alone."""
    path = data_dir / FILE
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    admin = known.get("admin") or {}
    if not admin.get("password") or not await db.fetchval("SELECT 1 FROM app_user WHERE email = $1", EMAIL):
        admin = {"email": EMAIL, "password": secrets.token_urlsafe(12)}
        await set_admin(admin["password"])
    kept = {
        "url": url,
        "graphql": f"{url}/graphql",
        "admin": admin,
        "apiKeys": await _role_keys(known.get("apiKeys") or {}),
        "channelKeys": await _channel_keys(known.get("channelKeys") or {}),
    }
    _write(path, json.dumps(kept, indent=2) + "\n")
    return Access(path, admin["email"], admin["password"])


async def set_admin(password: str) -> None:
    """Make the administrator, or give the one there is this password."""
    command = UserCommand(EMAIL, "Demo administrator", [Role.ADMIN], password=password)
    exists = await db.fetchval("SELECT 1 FROM app_user WHERE email = $1", EMAIL)
    await (users.update(CLI, command) if exists else users.create(CLI, command))


async def _role_keys(known: dict[str, str]) -> dict[str, str]:
    keys = {}
    stores = await db.fetch("SELECT code FROM inventory_site WHERE kind = 'STORE' AND active ORDER BY code LIMIT 1")
    for role in Role:
        sites = [row["code"] for row in stores] if role is Role.STORE_ASSOCIATE else None
        if role is Role.CHANNEL or sites == []:
            continue
        keys[role.value] = await _key(known.get(role.value), ApiKeyCommand(f"Demo: {role.value}", role, sites=sites))
    return keys


async def _channel_keys(known: dict[str, str]) -> dict[str, str]:
    channels = await db.fetch("SELECT code FROM channel WHERE active ORDER BY code")
    return {
        code: await _key(known.get(code), ApiKeyCommand(f"Demo: {code}", Role.CHANNEL, channel=code))
        for code in (row["code"] for row in channels)
    }


async def _key(known: str | None, command: ApiKeyCommand) -> str:
    if known is not None and await authenticate(api_key=known) is not None:
        return known
    return (await api_keys.create(CLI, command)).secret


def _write(path: Path, text: str) -> None:
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)

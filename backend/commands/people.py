"""Users and keys from the command line."""

from __future__ import annotations

from uuid import UUID

from backend.actions.people import api_keys, users
from backend.actions.people.users import UserCommand
from backend.commands.access import CLI
from backend.errors import not_found
from backend.models import db
from backend.rules.vocabulary import Role


async def set_password(email: str, password: str) -> None:
    """Ends the user's sessions; everything else about them stays."""
    row = await db.fetchrow("SELECT email, name, roles, active FROM app_user WHERE email = $1", email.strip().lower())
    if row is None:
        raise not_found("user", "email")
    roles = [Role(role) for role in row["roles"]]
    await users.update(CLI, UserCommand(row["email"], row["name"], roles, password=password, active=row["active"]))


async def revoke_key(prefix_or_id: str) -> None:
    """By its id, or by the eight letters after `cd_`."""
    found = await db.fetch(
        "SELECT id FROM api_key WHERE id::text = $1 OR prefix = $2",
        prefix_or_id.lower(),
        prefix_or_id.removeprefix("cd_").partition("_")[0],
    )
    if not found:
        raise not_found("API key", "api_key_id")
    for row in found:
        await api_keys.revoke(CLI, UUID(str(row["id"])))

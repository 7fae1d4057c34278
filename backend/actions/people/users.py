"""Make and change users. The address is who they are; somebody always remains who can do everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.actions.people.passwords import MAX_LENGTH, MIN_LENGTH, hashed
from backend.actions.people.sites import set_sites, site_ids
from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Row, Transaction, retried, transaction
from backend.models.people import User
from backend.rules.order_input import Problems, check_email
from backend.rules.permissions import Actor
from backend.rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class UserCommand:
    """`sites` are codes; None leaves sites and password of a known user as they are."""

    email: str
    name: str
    roles: Sequence[Role]
    sites: Sequence[str] | None = None
    password: str | None = None
    active: bool = True


async def create(actor: Actor, command: UserCommand) -> UUID:
    """Without a password they cannot log in until one is set."""
    _check(command)
    password_hash = await hashed(command.password) if command.password is not None else None
    try:
        return await _create(actor, command, password_hash)
    except Exception as error:
        if not db.violates(error, "app_user_email_key"):
            raise
        raise refused(ErrorCode.DUPLICATE, "There is a user with this address.", "email") from error


@retried
async def _create(actor: Actor, command: UserCommand, password_hash: str | None) -> UUID:
    user_id = uuid7()
    email = command.email.strip().lower()
    async with transaction() as tx:
        sites = await site_ids(tx, command.sites)
        _check_sites(command.roles, len(sites))
        if await tx.fetchval("SELECT 1 FROM app_user WHERE email = $1", email):
            raise refused(ErrorCode.DUPLICATE, "There is a user with this address.", "email")
        made = User(
            id=user_id,
            email=email,
            name=command.name.strip(),
            password_hash=password_hash,
            roles=_roles(command),
            active=command.active,
            created_at=tx.now,
        )
        await made.save(force_create=True)
        await set_sites(tx, "app_user_site", "user_id", user_id, sites)
        record(
            tx,
            actor,
            "user.created",
            "User created.",
            subject=("User", user_id),
            data={"roles": _roles(command), "sites": list(command.sites or ())},
        )
    return user_id


async def update(actor: Actor, command: UserCommand) -> UUID:
    _check(command)
    password_hash = await hashed(command.password) if command.password is not None else None
    return await _update(actor, command, password_hash)


@retried
async def _update(actor: Actor, command: UserCommand, password_hash: str | None) -> UUID:
    async with transaction() as tx:
        user = await _lock(tx, command.email.strip().lower())
        sites = None if command.sites is None else await site_ids(tx, command.sites)
        held = await tx.fetchval("SELECT count(*) FROM app_user_site WHERE user_id = $1", user["id"])
        _check_sites(command.roles, held if sites is None else len(sites))
        await tx.execute(
            "UPDATE app_user SET name = $2, roles = $3, active = $4, password_hash = coalesce($5, password_hash)"
            " WHERE id = $1",
            user["id"],
            command.name.strip(),
            _roles(command),
            command.active,
            password_hash,
        )
        if sites is not None:
            await set_sites(tx, "app_user_site", "user_id", user["id"], sites)
        if password_hash is not None or not command.active:
            await tx.execute("DELETE FROM app_session WHERE user_id = $1", user["id"])
        await _check_admins(tx)
        record(
            tx,
            actor,
            "user.updated",
            "User changed.",
            subject=("User", user["id"]),
            data={
                "roles": {"from": list(user["roles"]), "to": _roles(command)},
                "active": {"from": user["active"], "to": command.active},
                "password": password_hash is not None,
            },
        )
    return user["id"]


async def _lock(tx: Transaction, email: str) -> Row:
    """The user, with every administrator: two of them cannot remove each other at the same moment."""
    rows = await tx.fetch(
        "SELECT id, email, roles, active FROM app_user WHERE email = $1 OR 'ADMIN' = ANY(roles) ORDER BY id FOR UPDATE",
        email,
    )
    for row in rows:
        if row["email"] == email:
            return row
    raise not_found("user", "email")


async def _check_admins(tx: Transaction) -> None:
    left = await tx.fetchval("SELECT count(*) FROM app_user WHERE active AND 'ADMIN' = ANY(roles)")
    if not left:
        raise refused(ErrorCode.INVALID_STATE, "At least one active administrator remains.", "roles")


def _check(command: UserCommand) -> None:
    problems = Problems()
    problems.text(command.email, 254, "email", required=True)
    check_email(problems, command.email.strip(), "email")
    problems.text(command.name, 200, "name", required=True)
    if not command.roles:
        problems.add("A user has at least one role.", "roles")
    if Role.CHANNEL in command.roles:
        problems.add("CHANNEL is a role of API keys.", "roles")
    if command.password is not None and not MIN_LENGTH <= len(command.password) <= MAX_LENGTH:
        problems.add(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.", "password")
    problems.check()


def _check_sites(roles: Sequence[Role], sites: int) -> None:
    if Role.STORE_ASSOCIATE in roles and not sites:
        raise refused(ErrorCode.INVALID, "A store associate works at one site at least.", "sites")


def _roles(command: UserCommand) -> list[str]:
    return sorted({role.value for role in command.roles})

"""Customers, users, API keys."""

from __future__ import annotations

from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.models.people import ApiKey, Customer, SavedSearch, User
from backend.queries import related
from backend.queries.paging import Page, Sort, Window, page
from backend.queries.scope import scope
from backend.queries.sql import Where, begins, contains, rows
from backend.rules.permissions import Actor

_BY_NAME = Sort("customer", (("name", "text"), ("id", "uuid")))
_MAX_WORDS = 8


async def customers(actor: Actor, query: str | None, window: Window) -> Page[Customer]:
    """By name. Every word of the query begins an email address or id, or stands in the name or phone number."""
    where = Where()
    scope(where, actor, Customer)
    words = (query or "").split()
    if len(words) > _MAX_WORDS:
        raise refused(ErrorCode.INVALID, f"A query has at most {_MAX_WORDS} words.", "query")
    for word in words:
        start, anywhere = where.bind(begins(word)), where.bind(contains(word))
        where.add(
            f"(t.name ILIKE {anywhere} OR t.phone ILIKE {anywhere} OR t.email ILIKE {start}"
            f" OR t.external_id ILIKE {start})"
        )
    return await page(Customer, where, _BY_NAME, window)


async def customer(actor: Actor, key: UUID | None, external_id: str | None) -> Customer | None:
    return await related.one(actor, Customer, key, external_id=external_id)


async def saved_searches(actor: Actor) -> list[SavedSearch]:
    """By name."""
    where = Where()
    scope(where, actor, SavedSearch)
    return await rows(SavedSearch, f"SELECT t.* FROM saved_search t WHERE {where} ORDER BY t.name, t.id", *where.args)


async def users(actor: Actor) -> list[User]:
    """All, by email address."""
    where = Where()
    scope(where, actor, User)
    return await rows(User, f"SELECT t.* FROM app_user t WHERE {where} ORDER BY t.email", *where.args)


async def api_keys(actor: Actor) -> list[ApiKey]:
    """All, newest first; revoked ones too."""
    where = Where()
    scope(where, actor, ApiKey)
    return await rows(ApiKey, f"SELECT t.* FROM api_key t WHERE {where} ORDER BY t.id DESC", *where.args)


async def me(actor: Actor) -> User | None:
    """The person who is logged in; None for an API key."""
    if actor.user_id is None:
        return None
    return next(iter(await rows(User, "SELECT t.* FROM app_user t WHERE t.id = $1", actor.user_id)), None)

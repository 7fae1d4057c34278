"""Keep a search over orders, change it, let it go. One's own; a shared one is seen by all of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.errors import ErrorCode, not_found, refused
from backend.events import record
from backend.models import db
from backend.models.base import uuid7
from backend.models.db import Transaction, retried, transaction
from backend.models.people import SavedSearch
from backend.rules.criteria import OrderSort
from backend.rules.order_input import Problems
from backend.rules.permissions import LEADS, Actor, require

MAX_SEARCHES = 200
_MAX_COLUMNS = 50


@dataclass(frozen=True, slots=True)
class SavedSearchCommand:
    """`filter` has been found to be an OrderFilter; `columns` are the names of the list's columns, in order."""

    name: str
    filter: Mapping[str, Any]
    query: str | None = None
    columns: Sequence[str] = ()
    sort: OrderSort | None = None
    shared: bool = False


@retried
async def create(actor: Actor, command: SavedSearchCommand) -> UUID:
    """Refuses DUPLICATE where one of the actor's has the name, LIMIT_EXCEEDED above 200 of them."""
    _check(actor, command)
    async with transaction() as tx:
        if await SavedSearch.filter(owner=actor.key).count() >= MAX_SEARCHES:
            raise refused(ErrorCode.LIMIT_EXCEEDED, f"At most {MAX_SEARCHES} saved searches.")
        made = SavedSearch(id=uuid7(), owner=actor.key, created_at=tx.now)
        return await _write(tx, actor, made, command, "created")


@retried
async def update(actor: Actor, saved_search_id: UUID, command: SavedSearchCommand) -> UUID:
    """As a whole. One's own, or a shared one for those who lead."""
    _check(actor, command)
    async with transaction() as tx:
        return await _write(tx, actor, await _own(actor, saved_search_id), command, "updated")


@retried
async def delete(actor: Actor, saved_search_id: UUID) -> None:
    async with transaction() as tx:
        row = await _own(actor, saved_search_id)
        await row.delete()
        _tell(tx, actor, row.id, "deleted", row.name, row.shared)


def _check(actor: Actor, command: SavedSearchCommand) -> None:
    problems = Problems()
    problems.text(command.name, 100, "name", required=True)
    problems.text(command.query, 1_000, "query")
    if len(command.columns) > _MAX_COLUMNS:
        problems.add(f"At most {_MAX_COLUMNS} columns.", "columns")
    for place, column in enumerate(command.columns):
        problems.text(column, 64, "columns", place, required=True)
    if command.shared and actor.channel_id is not None:
        problems.add("A channel keeps its searches to itself.", "shared")
    problems.check()


async def _own(actor: Actor, saved_search_id: UUID) -> SavedSearch:
    found = await SavedSearch.filter(id=saved_search_id).select_for_update().first()
    if found is None or not (found.owner == actor.key or (found.shared and actor.channel_id is None)):
        raise not_found("saved search", "saved_search_id")
    if found.owner != actor.key:
        require(actor, LEADS, "It is somebody else's: save it under a name of your own.", "saved_search_id")
    return found


async def _write(tx: Transaction, actor: Actor, row: SavedSearch, command: SavedSearchCommand, kind: str) -> UUID:
    try:
        await tx.execute(
            "INSERT INTO saved_search (id, owner, created_at, name, query, criteria, columns, sort, shared)"
            " VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " query = excluded.query, criteria = excluded.criteria, columns = excluded.columns,"
            " sort = excluded.sort, shared = excluded.shared",
            row.id,
            row.owner,
            row.created_at,
            command.name.strip(),
            command.query,
            db.jsonb(command.filter),
            list(command.columns),
            command.sort,
            command.shared,
        )
    except Exception as error:
        if db.violates(error, "uq_saved_search"):
            raise refused(ErrorCode.DUPLICATE, "You have a search of this name already.", "name") from error
        raise
    _tell(tx, actor, row.id, kind, command.name.strip(), command.shared)
    return row.id


def _tell(tx: Transaction, actor: Actor, saved_search_id: UUID, kind: str, name: str, shared: bool) -> None:
    message, data = f"Search {kind}: {name}.", {"name": name, "shared": shared}
    record(tx, actor, f"saved_search.{kind}", message, subject=("SavedSearch", saved_search_id), data=data)

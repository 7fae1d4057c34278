"""How errors are shown: those of the client as they are, those of ours masked with an id and logged once."""

from __future__ import annotations

import re
from typing import Any

import structlog
from graphql import GraphQLError

from backend.errors import Forbidden, Refused, Unauthenticated
from backend.models import db
from backend.models.base import uuid7

BAD_USER_INPUT = "BAD_USER_INPUT"
UNAUTHENTICATED = "UNAUTHENTICATED"
FORBIDDEN = "FORBIDDEN"
INTERNAL = "INTERNAL"
UNAVAILABLE = "UNAVAILABLE"

AWAY = "The database does not answer; ask again, with the same Idempotency-Key."
RETRY = {"Retry-After": "1"}

log = structlog.get_logger(__name__)
_SUGGESTION = re.compile(r" Did you mean .*", re.DOTALL)


def present(error: GraphQLError, *, suggestions: bool) -> dict[str, Any]:
    """An entry of `errors`, always with a code. `suggestions` tell names of the schema: for those who are logged in."""
    cause = _cause(error)
    if isinstance(cause, Unauthenticated):
        return _entry(error, "Log in first.", UNAUTHENTICATED)
    if isinstance(cause, Forbidden):
        return _entry(error, str(cause) or "Your role may not do this.", FORBIDDEN)
    if isinstance(cause, Refused):
        return _entry(error, str(cause), BAD_USER_INPUT) | {
            "extensions": {"code": BAD_USER_INPUT, "reason": cause.code.value}
        }
    if cause is not None and db.is_away(cause):
        return _entry(error, AWAY, UNAVAILABLE)
    if not _is_the_clients(error, cause):
        return masked(cause or error, error)
    message = error.message if suggestions else _SUGGESTION.sub("", error.message)
    return _entry(error, message, (error.extensions or {}).get("code", BAD_USER_INPUT))


def response(error: Exception) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The entry, the status and the headers for what was raised outside of GraphQL."""
    if db.is_away(error):
        return {"message": AWAY, "extensions": {"code": UNAVAILABLE}}, 503, RETRY
    return masked(error), 500, {}


def masked(cause: BaseException, error: GraphQLError | None = None) -> dict[str, Any]:
    """Logged here, once; the answer carries only the id by which the log line is found."""
    fault = uuid7().hex
    path = ".".join(str(part) for part in error.path or ()) if error else ""
    log.error("Internal error", fault_id=fault, path=path, exc_info=(type(cause), cause, cause.__traceback__))
    entry: dict[str, Any] = {"message": "Internal error", "extensions": {"code": INTERNAL, "id": fault}}
    if error is not None and error.path:
        entry["path"] = error.path
    return entry


def _cause(error: GraphQLError) -> BaseException | None:
    """What was raised, below however many GraphQL errors wrap it."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _is_the_clients(error: GraphQLError, cause: BaseException | None) -> bool:
    """Syntax, validation, coercion: nothing was raised, or a scalar refused a literal or a variable (no path yet)."""
    return cause is None or (error.path is None and bool(error.nodes))


def _entry(error: GraphQLError, message: str, code: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"message": message}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path:
        entry["path"] = error.path
    entry["extensions"] = {"code": code}
    return entry

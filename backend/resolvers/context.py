"""What a resolver knows of the request under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.config import Settings
from backend.errors import Refused, Unauthenticated
from backend.resolvers.watching import Feeds
from backend.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Cookie:
    """To be set with the answer; an empty value takes it away."""

    value: str
    max_age: int


@dataclass(slots=True)
class Replay:
    """The command took effect before and its answer was lost: show what it changed, do nothing again."""

    subject_type: str | None
    subject_id: UUID | None


@dataclass(slots=True)
class Context:
    """One per operation. `identity` is None for those who are not logged in; sessionCreate fills it in."""

    settings: Settings
    live: Feeds
    request_id: str = ""
    identity: Actor | None = None
    address: str = ""
    session_token: str | None = None
    api_key: str | None = None
    cookie: Cookie | None = None
    idempotency_key: str | None = None
    #: Why the command is not to be done at all, or that it was done before; see resolvers/idempotency.py.
    refusal: Refused | None = None
    replay: Replay | None = None
    #: Whether a mutation of this operation was answered with userErrors.
    refused: bool = False
    #: The query text with its parsed and examined form, so that both are made once.
    prepared: tuple[str, Any] | None = None
    #: Limits and roles were checked before the operation was handed to the schema.
    admitted: bool = False
    #: What the log calls it: the operation's name, or its first root fields.
    operation: str | None = None
    #: Batches of this operation (resolvers/loaders.py), made on first use.
    cache: dict[str, Any] = field(default_factory=dict)
    connection_params: dict[str, object] | None = None

    def forget(self) -> None:
        """What was loaded so far is stale: something was changed."""
        self.cache.clear()

    @property
    def actor(self) -> Actor:
        if self.identity is None:
            raise Unauthenticated
        return self.identity

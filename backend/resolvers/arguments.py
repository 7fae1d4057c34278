"""What a query's arguments say."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.queries.paging import Window
from backend.resolvers.commands import maybe_text
from backend.schema.common import decode_id, given


def window(first: Any = None, after: Any = None, last: Any = None, before: Any = None) -> Window:
    return Window(first=given(first), after=given(after), last=given(last), before=given(before))


def word(value: Any, name: str) -> str | None:
    """Trimmed text, or None where nothing was said."""
    return maybe_text(value, name)


def key(value: Any, kind: str, name: str = "id") -> UUID | None:
    """The key that an id names, or None where none was given; refuses the id of another type."""
    return None if given(value) is None else decode_id(value, kind, name)

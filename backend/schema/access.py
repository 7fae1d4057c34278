"""Which roles may ask for a field: static metadata, checked once per operation by resolvers/guard.py.

Deny by default: a field with neither metadata of its own nor a type that is `readable_by` somebody is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import strawberry

from backend.rules.vocabulary import Role

T = TypeVar("T", bound=type)

#: The key of a field's metadata; its value is a frozenset of roles.
ROLES = "crossdock.roles"
#: The attribute of a type that holds for those of its fields that say nothing themselves.
TYPE_ROLES = "__crossdock_roles__"


def allow(roles: frozenset[Role]) -> Mapping[str, Any]:
    """For `strawberry.field(metadata=allow(READERS))`."""
    return {ROLES: roles}


def field(resolver: Any = None, *, roles: frozenset[Role], **options: Any) -> Any:
    """`strawberry.field` with the roles that may ask for it."""
    return strawberry.field(resolver, metadata=allow(roles), **options)  # type: ignore[call-overload]


def mutation(resolver: Any = None, *, roles: frozenset[Role], **options: Any) -> Any:
    """`strawberry.mutation` with the roles that may call it."""
    return strawberry.mutation(resolver, metadata=allow(roles), **options)  # type: ignore[call-overload]


def readable_by(roles: frozenset[Role]) -> Callable[[T], T]:
    """Above `@strawberry.type`: every field of this type that says nothing itself may be read by these roles."""

    def mark(cls: T) -> T:
        setattr(cls, TYPE_ROLES, roles)
        return cls

    return mark

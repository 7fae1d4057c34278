"""Which roles may ask for a field: static metadata, checked once per operation by resolvers/guard.py.

Deny by default: a field with neither metadata of its own nor a type that is `readable_by` somebody is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import strawberry

from backend.rules.vocabulary import Role

T = TypeVar("T", bound=type)
F = TypeVar("F", bound=Callable[..., Any])

#: The key of a field's metadata; its value is a frozenset of roles.
ROLES = "crossdock.roles"
#: The attribute of a type that holds for those of its fields that say nothing themselves.
TYPE_ROLES = "__crossdock_roles__"


def allow(roles: frozenset[Role]) -> Mapping[str, Any]:
    """For `strawberry.field(metadata=allow(READERS))`."""
    return {ROLES: roles}


def field(*, roles: frozenset[Role], **options: Any) -> Callable[[F], F]:
    """Above a resolver: `strawberry.field` with the roles that may ask for it."""
    return strawberry.field(metadata=allow(roles), **options)


def mutation(*, roles: frozenset[Role], **options: Any) -> Callable[[F], F]:
    """Above a resolver: `strawberry.mutation` with the roles that may call it."""
    return strawberry.mutation(metadata=allow(roles), **options)


def subscription(*, roles: frozenset[Role], **options: Any) -> Callable[[F], F]:
    """Above a resolver: `strawberry.subscription` with the roles that may watch it."""
    return strawberry.subscription(metadata=allow(roles), **options)


def readable_by(roles: frozenset[Role]) -> Callable[[T], T]:
    """Above `@strawberry.type`: every field of this type that says nothing itself may be read by these roles."""

    def mark(cls: T) -> T:
        setattr(cls, TYPE_ROLES, roles)
        return cls

    return mark

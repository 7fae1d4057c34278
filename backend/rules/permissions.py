"""Who acts, and what a role may ask. Which rows an actor sees is part of every query (queries/), not decided here."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from backend.errors import ErrorCode, refused
from backend.rules.vocabulary import Role

#: Those who work on any order, whatever its channel or site.
OFFICE = frozenset({Role.ADMIN, Role.MANAGER, Role.CUSTOMER_SERVICE, Role.FINANCE})
#: Those who handle goods.
GOODS = frozenset({Role.ADMIN, Role.MANAGER, Role.FULFILLMENT, Role.STORE_ASSOCIATE})
#: Everyone who looks at orders; channels and store associates in their own scope.
READERS = frozenset(Role)
#: Everyone but those outside of it.
STAFF = READERS - {Role.CHANNEL}
SELLERS = frozenset({Role.ADMIN, Role.MANAGER, Role.CUSTOMER_SERVICE, Role.CHANNEL})
DESK = frozenset({Role.ADMIN, Role.MANAGER, Role.CUSTOMER_SERVICE})
MONEY = frozenset({Role.ADMIN, Role.MANAGER, Role.FINANCE})
LEADS = frozenset({Role.ADMIN, Role.MANAGER})
ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something and through what. `label` is what the log shows; `key` scopes idempotency keys."""

    key: str
    label: str
    roles: frozenset[Role]
    via: str = "api"
    user_id: UUID | None = None
    channel_id: UUID | None = None
    site_ids: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def is_system(self) -> bool:
        return self.key == "system"

    @property
    def sees_all_orders(self) -> bool:
        """Else only those of `channel_id`, or those with work at `site_ids`."""
        return bool(self.roles - {Role.CHANNEL, Role.STORE_ASSOCIATE})

    def has(self, roles: frozenset[Role]) -> bool:
        return bool(self.roles & roles)


#: The worker, acting by itself. It sees everything and may do what the workflow says.
SYSTEM = Actor(key="system", label="system", roles=frozenset({Role.ADMIN}), via="worker")


def require(actor: Actor, roles: frozenset[Role], message: str, *path: str) -> None:
    """A rule of the domain that depends on who asks, beyond what the role may ask at all."""
    if not actor.has(roles):
        raise refused(ErrorCode.NOT_PERMITTED, message, *path)

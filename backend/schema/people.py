"""Users, API keys, customers and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from backend.models.channels import Channel as ChannelRow
from backend.models.people import ApiKey as ApiKeyRow
from backend.models.people import Customer as CustomerRow
from backend.models.people import User as UserRow
from backend.rules.permissions import LEADS, READERS
from backend.rules.vocabulary import Role
from backend.schema.access import field, readable_by
from backend.schema.common import CountedConnection, Info, Node, UserError, column, show, show_all, shows
from backend.schema.refs import ChannelRef, InventorySiteRef, OrderConnectionRef


@shows(UserRow)
@readable_by(READERS)
@strawberry.type
class User(Node):
    email: str = column()
    name: str = column()
    active: bool = column(description="One who is not active cannot log in.")

    @field(roles=READERS)
    def roles(self) -> list[Role]:
        return [Role(role) for role in self.row.roles]

    @field(roles=READERS)
    async def sites(self, info: Info) -> list[InventorySiteRef]:
        found = await info.loaders.known("sites_of_user", self.row.id)
        return show_all(found)


@readable_by(READERS)
@strawberry.type
class Address:
    name: str | None = None
    company: str | None = None
    line1: str
    line2: str | None = None
    city: str
    subdivision: str | None = None
    postal_code: str | None = None
    country: str
    phone: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Address | None:
        """From JSON with the API's names, as orders and sites keep it."""
        if stored is None:
            return None
        return cls(
            name=stored.get("name"),
            company=stored.get("company"),
            line1=stored.get("line1") or "",
            line2=stored.get("line2"),
            city=stored.get("city") or "",
            subdivision=stored.get("subdivision"),
            postal_code=stored.get("postalCode"),
            country=stored.get("country") or "",
            phone=stored.get("phone"),
            latitude=stored.get("latitude"),
            longitude=stored.get("longitude"),
        )


@shows(CustomerRow)
@readable_by(READERS)
@strawberry.type
class Customer(Node):
    external_id: str | None = column()
    name: str = column()
    email: str | None = column()
    phone: str | None = column()

    @field(roles=READERS, description="Where their orders went, each address once.")
    async def addresses(self, info: Info) -> list[Address]:
        found = await info.loaders.known("addresses_of_customer", self.row.id)
        return [Address.of(stored) for stored in found]  # type: ignore[misc]

    @field(roles=READERS, description="Newest first.")
    async def orders(
        self, info: Info, first: int | None = strawberry.UNSET, after: str | None = strawberry.UNSET
    ) -> OrderConnectionRef:
        from backend.schema.orders import OrderConnection

        page = await info.loaders.page("orders_of_customer", self.row.id, first=first, after=after)
        return OrderConnection.of(page)


@readable_by(READERS)
@strawberry.type
class CustomerEdge:
    cursor: str
    node: Customer


@readable_by(READERS)
@strawberry.type
class CustomerConnection(CountedConnection):
    edge = CustomerEdge
    edges: list[CustomerEdge]
    nodes: list[Customer]


@shows(ApiKeyRow)
@readable_by(LEADS)
@strawberry.type
class ApiKey(Node):
    name: str = column()
    prefix: str = column()
    role: Role = column()
    created_at: datetime = column()
    last_used_at: datetime | None = column()
    revoked_at: datetime | None = column()

    @field(roles=LEADS)
    async def channel(self, info: Info) -> ChannelRef | None:
        return show(await info.loaders.one(ChannelRow, self.row.channel_id))

    @field(roles=LEADS, description="What a store associate's key is for.")
    async def sites(self, info: Info) -> list[InventorySiteRef]:
        return show_all(await info.loaders.known("sites_of_api_key", self.row.id))


@strawberry.input
class AddressInput:
    name: str | None = strawberry.UNSET
    company: str | None = strawberry.UNSET
    line1: str
    line2: str | None = strawberry.UNSET
    city: str
    subdivision: str | None = strawberry.UNSET
    postal_code: str | None = strawberry.UNSET
    country: str
    phone: str | None = strawberry.UNSET
    latitude: float | None = strawberry.UNSET
    longitude: float | None = strawberry.UNSET


@strawberry.input
class CustomerInput:
    external_id: str | None = strawberry.UNSET
    name: str
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET


@strawberry.input
class UserInput:
    email: str
    name: str
    roles: list[Role]
    sites: list[str] | None = strawberry.UNSET
    password: str | None = strawberry.UNSET
    active: bool | None = True


@readable_by(READERS)
@strawberry.type
class UserPayload:
    user: User | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class SessionCreateInput:
    email: str
    password: str


@readable_by(READERS)
@strawberry.type
class SessionPayload:
    user: User | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ApiKeyCreateInput:
    name: str
    role: Role
    channel: str | None = strawberry.UNSET
    sites: list[str] | None = strawberry.UNSET


@readable_by(LEADS)
@strawberry.type
class ApiKeyPayload:
    api_key: ApiKey | None = None
    secret: str | None = strawberry.field(default=None, description="Shown once.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.input
class ApiKeyRevokeInput:
    api_key_id: strawberry.ID

"""Who acts: users, their sessions, API keys; and the customers who order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, one_of
from backend.rules.criteria import OrderSort
from backend.rules.vocabulary import Role


class User(Identified):
    email = fields.CharField(max_length=254, unique=True, description="lower case")
    name = fields.CharField(max_length=200)
    password_hash = fields.CharField(max_length=200, null=True, description="argon2id; NULL cannot log in")
    roles = ArrayField(element_type="text")
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "app_user"
        constraints = (check("app_user", "email_lower", "email = lower(email)"),)


class UserSite(Identified):
    """A store associate sees the work of these sites alone."""

    user: Any = link("User")
    user_id: UUID
    site: Any = link("InventorySite")
    site_id: UUID

    class Meta:
        table = "app_user_site"
        constraints = (UniqueConstraint(fields=("user_id", "site_id"), name="uq_app_user_site"),)


class Session(Identified):
    user: Any = link("User", db_index=True)
    user_id: UUID
    token_hash = fields.CharField(max_length=64, unique=True, description="SHA-256, hex")
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "app_session"


class ApiKey(Identified):
    name = fields.CharField(max_length=200)
    prefix = fields.CharField(max_length=16)
    secret_hash = fields.CharField(max_length=64, unique=True, description="SHA-256 of 256 random bits, hex")
    role = fields.CharEnumField(Role, max_length=20)
    channel: Any = link("Channel", null=True)
    channel_id: UUID | None
    created_at = fields.DatetimeField(auto_now_add=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"
        constraints = (
            one_of("api_key", "role", Role),
            check("api_key", "channel", "(role = 'CHANNEL') = (channel_id IS NOT NULL)"),
        )


class ApiKeySite(Identified):
    api_key: Any = link("ApiKey")
    api_key_id: UUID
    site: Any = link("InventorySite")
    site_id: UUID

    class Meta:
        table = "api_key_site"
        constraints = (UniqueConstraint(fields=("api_key_id", "site_id"), name="uq_api_key_site"),)


class Customer(Identified):
    external_id = fields.CharField(max_length=200, null=True, unique=True)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254, null=True)
    phone = fields.CharField(max_length=40, null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "customer"


class SavedSearch(Identified):
    """A search over orders that somebody keeps, for themselves or for all of the house."""

    owner = fields.CharField(max_length=254, description="the actor's key")
    name = fields.CharField(max_length=100)
    query = fields.TextField(null=True, description="the free text")
    criteria: Any = fields.JSONField(description="an OrderFilter")
    columns = ArrayField(element_type="text", description="of the list, in order")
    sort = fields.CharEnumField(OrderSort, max_length=16, null=True)
    shared = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "saved_search"
        constraints = (
            UniqueConstraint(fields=("owner", "name"), name="uq_saved_search"),
            one_of("saved_search", "sort", OrderSort),
        )

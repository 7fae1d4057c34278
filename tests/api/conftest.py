"""The whole server in this process, over ASGI, with one person or key of every role."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest
from starlette.applications import Starlette

from backend.actions.catalog import channels
from backend.actions.catalog.channels import ChannelCommand
from backend.actions.inventory import sites
from backend.actions.inventory.sites import SiteCommand
from backend.actions.people import api_keys, users
from backend.actions.people.api_keys import ApiKeyCommand
from backend.actions.people.users import UserCommand
from backend.actions.workflows.install import install_ready
from backend.app import create_app
from backend.config import Settings
from backend.integrations import meilisearch
from backend.integrations.meilisearch import Meilisearch
from backend.queries import order_search
from backend.reactions import search_rows
from backend.rules.order_input import Address
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import ChannelKind, Role, SiteCapability, SiteKind
from tests.api.searching import enter_orders, indexed

PASSWORD = "correct horse battery"


@dataclass
class Api:
    """A client of the server. `key` goes along as the Bearer token."""

    app: Starlette
    settings: Settings
    http: httpx.AsyncClient
    keys: dict[Role, str] = field(default_factory=dict)
    channel_id: UUID | None = None
    site_id: UUID | None = None

    async def post(self, body: bytes | str, **headers: str) -> httpx.Response:
        return await self.http.post("/graphql", content=body, headers={"content-type": "application/json", **headers})

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, role: Role | None = Role.ADMIN, **headers: str
    ) -> dict[str, Any]:
        if role is not None:
            headers["authorization"] = f"Bearer {self.keys[role]}"
        response = await self.post(json.dumps({"query": query, "variables": variables}), **headers)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def do(self, query: str, variables: dict[str, Any] | None = None, **options: Any) -> Any:
        """The data of an operation that succeeds."""
        answer = await self.ask(query, variables, **options)
        assert "errors" not in answer, answer
        return answer["data"]


def code_of(answer: dict[str, Any]) -> str:
    (error,) = answer["errors"]
    return str(error["extensions"]["code"])


@pytest.fixture
async def api(database: str) -> AsyncIterator[Api]:
    await install_ready()
    settings = Settings(environment="development", database_url=database)
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://crossdock.test") as http:
        made = Api(app, settings, http)
        await _people(made)
        yield made


async def _people(api: Api) -> None:
    api.channel_id = await channels.create(SYSTEM, ChannelCommand("web", "Web shop", ChannelKind.WEB, "USD"))
    api.site_id = await sites.create(
        SYSTEM,
        SiteCommand(
            "S1", "Store one", SiteKind.STORE, Address("1 Main St", "Reno", "US"), "America/Los_Angeles",
            [SiteCapability.SHIP, SiteCapability.PICKUP, SiteCapability.RETURNS],
        ),
    )  # fmt: skip
    for role in Role:
        channel = "web" if role is Role.CHANNEL else None
        store = ["S1"] if role is Role.STORE_ASSOCIATE else None
        made = await api_keys.create(SYSTEM, ApiKeyCommand(role.value.lower(), role, channel, store))
        api.keys[role] = made.secret
    await users.create(SYSTEM, UserCommand("Ann@Example.com", "Ann", [Role.ADMIN], password=PASSWORD))


@pytest.fixture
async def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meilisearch | None]:
    """The search engine of the test, asked from here on; None is PostgreSQL alone."""
    kind = getattr(request, "param", "postgresql")
    if kind != "meilisearch":
        if kind == "behind":
            monkeypatch.setattr(search_rows, "follow", _nothing)
        if kind == "walking":
            monkeypatch.setattr(order_search, "_MOST", 0)
        yield None
        return
    made = Meilisearch(request.getfixturevalue("search_server"))
    meilisearch.use(made)
    yield made
    meilisearch.use(None)


async def _nothing() -> None:
    pass


@pytest.fixture
async def searched(api: Api, engine: Meilisearch | None) -> dict[str, str]:
    """External id → number of the orders of tests/api/searching.py, which `engine` finds."""
    made = await enter_orders()
    await indexed()
    return made

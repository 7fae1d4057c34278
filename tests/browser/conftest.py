"""A demo world behind a real server and worker, and a Chromium to look at it with.

Where there is no Chromium, or the apps have not been built, the tests say so in a line and end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

import backend.reactions  # noqa: F401 - fills the table of reactions
from backend.actions.alert_rules.install import install_alert_rules
from backend.actions.people import api_keys, users
from backend.actions.people.api_keys import ApiKeyCommand
from backend.actions.people.users import UserCommand
from backend.actions.rule_sets.install import install_rule_sets
from backend.actions.workflows.install import install_ready
from backend.commands.demo.world import make_world
from backend.integrations.postgres import create_database
from backend.models import db
from backend.resolvers.screens import APPS, BUILT
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from tests.conftest import drop_database
from tests.smtp import MailServer, mail_server
from tests.stack import Stack, free_port

CHROMIUM = os.environ.get("CROSSDOCK_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PASSWORD = "correct horse battery"
SITES = ["ST-HAMBURG", "WH-BRNO", "WH-VENLO"]
OUTPUT = Path(__file__).with_name("output")
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


#: Nothing moves while it is looked at.
SETTINGS: Any = {"locale": "en-GB", "reduced_motion": "reduce"}


@dataclass
class World:
    """The running server, and a client with an administrator's key; the database is for what no mutation makes.

    `mail` has what was sent.
    """

    url: str
    key: str
    database: str
    mail: MailServer

    def ask(self, document: str, **variables: Any) -> Any:
        """The one root field's answer."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/graphql", body, headers), timeout=30) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return next(iter(found["data"].values()))


@dataclass
class Visit:
    """One person's browser: what went wrong in it, and whether it asked anybody but us."""

    page: Page
    world: World
    troubles: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "ERR_INTERNET_DISCONNECTED" not in message.text:
            self.troubles.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.world.url, "blob:", "data:")):
            self.troubles.append(f"a request to {request.url}")

    async def log_in(self, app: str, email: str) -> None:
        await self.page.goto(f"{self.world.url}/{app}/")
        await self.page.get_by_label("E-mail").fill(email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.locator("h1", has_text=re.compile("Dashboard|Work")).wait_for()

    async def find(self, number: str) -> None:
        """The order's page, by way of the command palette."""
        await self.page.keyboard.press("Control+k")
        await expect(self.page.get_by_role("combobox", name="Find an order")).to_be_focused()
        await self.page.keyboard.type(number)
        await expect(self.page.get_by_role("option", name=f"{number} · Ada Abel")).to_be_visible()
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(number)

    async def look(self, name: str) -> None:
        """A picture of the screen, and what axe has to say about it, in both colour schemes."""
        for scheme, rules in (("dark", ["color-contrast"]), ("light", None)):  # Only colours differ.
            await self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await self.page.screenshot(path=OUTPUT / f"{name}-{scheme}.png")
            found = await self.page.evaluate(
                "async (rules) => (await axe.run(document, rules ? {runOnly: rules} : {})).violations"
                ".map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' ')}`)",
                rules,
            )
            assert found == [], (name, scheme)


@pytest.fixture(scope="session")
async def world(database_server: str, template_database: str, open_dir: Path) -> AsyncIterator[World]:
    missing = [app for app in APPS if not (BUILT / app / "index.html").exists()]
    if missing or not AXE.exists():
        pytest.skip("The apps have not been built: `make screens`.")
    if CHROMIUM is None:
        pytest.skip("There is no Chromium: install one, or name it in CROSSDOCK_TEST_CHROMIUM.")
    name = f"crossdock_browser_{os.getpid()}"
    url = await create_database(database_server, name, template_database)
    await db.connect(url)
    await install_ready()
    await install_rule_sets()
    await install_alert_rules()
    await make_world(24)
    await users.create(SYSTEM, UserCommand("ada@example.com", "Ada Abel", [Role.ADMIN], password=PASSWORD))
    await users.create(SYSTEM, UserCommand("ben@example.com", "Ben Berg", [Role.MANAGER], password=PASSWORD))
    associate = UserCommand("mia@example.com", "Mia Maier", [Role.STORE_ASSOCIATE], sites=SITES, password=PASSWORD)
    await users.create(SYSTEM, associate)
    key = (await api_keys.create(SYSTEM, ApiKeyCommand("browser tests", Role.ADMIN))).secret
    await db.disconnect()
    folder = open_dir / "browser"
    folder.mkdir()
    async with mail_server() as mail:
        settings = {"CROSSDOCK_ENVIRONMENT": "development", "CROSSDOCK_SMTP_URL": mail.url}
        with Stack(url, folder, settings) as stack:
            port = free_port()
            stack.worker()
            stack.serve(port)
            yield World(f"http://127.0.0.1:{port}", key, url, mail)
    await drop_database(database_server, name)


@pytest.fixture(scope="session")
async def chromium(world: World) -> AsyncIterator[Browser]:
    OUTPUT.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(world: World, chromium: Browser) -> AsyncIterator[Visit]:
    """At a desk."""
    context = await chromium.new_context(viewport={"width": 1360, "height": 860}, **SETTINGS)
    yield await _visit(context, world)
    await context.close()


@pytest.fixture
async def colleague(world: World, chromium: Browser) -> AsyncIterator[Visit]:
    """At the next desk."""
    context = await chromium.new_context(viewport={"width": 1360, "height": 860}, **SETTINGS)
    yield await _visit(context, world)
    await context.close()


@pytest.fixture
async def phone(world: World, chromium: Browser) -> AsyncIterator[Visit]:
    """In one hand."""
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, **SETTINGS)
    yield await _visit(context, world)
    await context.close()


async def _visit(context: BrowserContext, world: World) -> Visit:
    # What axe is made of comes from the test, not from the page: the page's policy lets no other script in.
    await context.add_init_script(path=AXE)
    visit = Visit(await context.new_page(), world)
    visit.watch()
    return visit

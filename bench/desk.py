"""How long people at the desk wait: `python -m bench.desk ORDERS [FOLDER]`, in a real Chromium.

The files of FOLDER (tests/data without one) go through `crossdock import` and a worker, and are multiplied to ORDERS
(bench/orders.py). Then one person logs in to the built admin app, opens the palette, and narrows the list of orders and
widens it again; each time ends with the frame in which the browser has drawn the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
from collections.abc import Sequence
from pathlib import Path

import uvloop
from playwright.async_api import Page, async_playwright

from backend.actions.people import users
from backend.actions.people.users import UserCommand
from backend.models import db
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import Role
from bench import databases
from bench.import_trial import SAMPLE
from bench.orders import bring_in, make_searchable, multiply
from bench.table import show
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.stack import Stack, free_port

_EMAIL, _PASSWORD = "ada@example.com", "correct horse battery"
_TIMES = 5
#: Acts, and tells the milliseconds until `there` has been drawn; `text` is what the list says now.
_UNTIL_DRAWN = """async ([act, there]) => {
  const text = () => document.querySelector('tbody')?.innerText;
  const before = text(), begun = performance.now(), met = new Function('text', 'before', `return ${there}`);
  const acted = new Function(act);
  acted();
  const frame = () => new Promise(requestAnimationFrame);
  do await frame(); while (!met(text, before) && performance.now() - begun < 30000);
  await frame();
  return performance.now() - begun;
}"""
_KEY = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', ctrlKey: true, bubbles: true}))"
_ENTER = "document.querySelector('form button[type=submit]').click()"
_TICK = "document.querySelectorAll('.facets details')[%d].querySelector('input').click()"
#: Which of the facets is ticked first.
_FACETS = {"state": 0, "payment": 1, "fulfilment": 2, "channel": 3}


async def measure(orders: int, folder: Path) -> None:
    with contextlib.ExitStack() as held:
        kept = held.enter_context(databases.folder())
        url = held.enter_context(databases.server(kept))
        stack = held.enter_context(Stack(url, kept, {"CROSSDOCK_ENVIRONMENT": "development"}))
        await asyncio.to_thread(stack.run, "migrate")
        await db.connect(url)
        try:
            await bring_in(stack, folder)
            made = await multiply(orders)
            await make_searchable()
            await users.create(SYSTEM, UserCommand(_EMAIL, "Ada Abel", [Role.ADMIN], password=_PASSWORD))
        finally:
            await db.disconnect()
        port = free_port()
        await asyncio.to_thread(stack.serve, port)
        rows = await _at_the_desk(f"http://127.0.0.1:{port}/admin")
        print(f"{made:,} orders\n\n" + show(["from … to drawn, ms", "times", "median", "most"], rows), flush=True)


async def _at_the_desk(url: str) -> list[list[object]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await browser.new_context(viewport={"width": 1600, "height": 900}, reduced_motion="reduce")
        page = await context.new_page()
        first = await _logged_in(page, url)
        rows = [_row("log-in to the first screen", [first]), _row("Ctrl K to the palette", await _palettes(page))]
        await page.goto(f"{url}/orders")
        await page.locator(".facets details input").first.wait_for()
        for name, place in _FACETS.items():
            rows.append(_row(f"a tick at {name} to the list", await _ticks(page, place)))
        await browser.close()
    return rows


async def _logged_in(page: Page, url: str) -> float:
    await page.goto(f"{url}/")
    await page.get_by_label("E-mail").fill(_EMAIL)
    await page.get_by_label("Password", exact=True).fill(_PASSWORD)
    return await _drawn(page, _ENTER, "document.querySelector('.queue')")


async def _palettes(page: Page) -> list[float]:
    await page.wait_for_load_state("networkidle")
    found = []
    for _ in range(_TIMES):
        found.append(await _drawn(page, _KEY % "k", "document.querySelector('[role=combobox]')"))
        await page.keyboard.press("Escape")
        await page.locator("[role=combobox]").wait_for(state="detached")
    return found


async def _ticks(page: Page, place: int) -> list[float]:
    """Narrower each time, from the whole list."""
    found = []
    for _ in range(_TIMES):
        found.append(await _drawn(page, _TICK % place, "text() !== before"))
        await page.wait_for_load_state("networkidle")
        await page.goto(page.url.partition("?")[0])
        await page.locator(".facets details input").first.wait_for()
    return found


async def _drawn(page: Page, act: str, there: str) -> float:
    return float(await page.evaluate(_UNTIL_DRAWN, [act, there]))


def _row(name: str, times: list[float]) -> list[object]:
    return [name, len(times), statistics.median(times), max(times)]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.desk")
    parser.add_argument("orders", type=int)
    parser.add_argument("folder", type=Path, nargs="?", default=SAMPLE)
    given = parser.parse_args(arguments)
    uvloop.run(measure(given.orders, given.folder))


if __name__ == "__main__":
    main()

"""The pictures of the documentation, of a demo world that `crossdock dev` serves: `make pictures`."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
#: Name, width, height, address; {order} is an order with a decision worth looking at, {job} a shipping order to pick.
SHOTS = (
    ("dashboard", 1280, 800, "/admin/"),
    ("orders", 1280, 800, "/admin/orders"),
    ("order", 1280, 800, "/admin/orders/{order}"),
    ("allocation", 1280, 800, "/admin/orders/{order}?tab=allocation"),
    ("fulfilment", 1280, 800, "/admin/fulfillment"),
    ("store-work", 390, 760, "/store/"),
    ("store-pick", 390, 760, "/store/job/{job}"),
)


async def main(folder: Path) -> None:
    access = json.loads((folder / "demo.json").read_text())
    known = _known(access)
    PICTURES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await (await browser.new_context(locale="en-GB", color_scheme="light")).new_page()
        await page.goto(access["url"] + "/admin/")
        await page.get_by_label("E-mail").fill(access["admin"]["email"])
        await page.get_by_label("Password", exact=True).fill(access["admin"]["password"])
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Dashboard").wait_for()
        await page.evaluate("site => localStorage.setItem('crossdock.store.site', JSON.stringify(site))", known["site"])
        for name, width, height, path in SHOTS:
            await page.set_viewport_size({"width": width, "height": height})
            await _shoot(page, access["url"] + path.format(**known), PICTURES / f"{name}.jpg")
        await browser.close()


async def _shoot(page: Page, url: str, file: Path) -> None:
    await page.goto(url)
    await page.get_by_role("heading", level=1).wait_for()
    await page.wait_for_load_state("networkidle")
    await page.screenshot(path=file, type="jpeg", quality=72)


def _known(access: dict[str, Any]) -> dict[str, Any]:
    query = (
        "{ shippingOrders(filter: {state: [WAITING_PICK]}, first: 50) { nodes {"
        " number assignee { id } site { id code name } order { number suspended } lines { id } } } }"
    )
    headers = {"content-type": "application/json", "authorization": f"Bearer {access['apiKeys']['ADMIN']}"}
    request = urllib.request.Request(access["graphql"], json.dumps({"query": query}).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)["data"]["shippingOrders"]["nodes"]
    free = [one for one in found if not one["order"]["suspended"] and one["assignee"] is None]
    chosen = max(free, key=lambda one: len(one["lines"]))
    return {"order": chosen["order"]["number"], "job": chosen["number"], "site": chosen["site"]}


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".crossdock")))

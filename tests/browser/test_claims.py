"""Two people at one order: that both have it open, and who claims it, is seen by the other as it happens."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_an_order_is_claimed_taken_over_and_released(world: World, visit: Visit, colleague: Visit) -> None:
    number = await waiting(world, "TR-1000-XL")
    ben, ada = visit.page, colleague.page
    await visit.log_in("admin", "ben@example.com")
    await colleague.log_in("admin", "ada@example.com")
    for page in (ben, ada):
        await page.goto(f"{world.url}/admin/orders/{number}")
        await expect(page.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    await ben.get_by_role("button", name="Claim", exact=True).click()
    await expect(ben.get_by_text("Claimed by you")).to_be_visible()
    await expect(ada.get_by_text("Claimed by ben@example.com")).to_be_visible(timeout=10_000)
    await visit.look("admin-order-claimed")
    await colleague.look("admin-order-claimed-by-another")

    await ben.goto(f"{world.url}/admin/")
    tile = ben.get_by_role("link", name="My claimed orders")
    await expect(tile.locator(".queue-count")).to_have_text("1")
    await visit.look("admin-dashboard-claimed")
    await tile.click()
    await expect(ben.get_by_role("group", name="Filters in use").get_by_text("Claimed: by me")).to_be_visible()
    await expect(ben.get_by_role("row")).to_have_count(2)
    await expect(ben.get_by_role("row", name=number)).to_be_visible()
    if await ben.get_by_label("Claimed", exact=True).count() == 0:
        await ben.get_by_role("button", name="Filter", exact=True).click()
    await visit.look("admin-orders-claimed")
    await ben.get_by_label("Claimed", exact=True).select_option("NOBODY")
    await expect(ben.get_by_role("row", name=number)).to_have_count(0)
    await ben.goto(f"{world.url}/admin/orders/{number}")

    await ada.get_by_role("button", name="Take over").click()
    await expect(ada.get_by_text("Claimed by you")).to_be_visible()
    await expect(ben.get_by_text("Claimed by ada@example.com")).to_be_visible(timeout=10_000)
    await expect(ben.get_by_role("button", name="Release")).to_have_count(0)

    await ada.get_by_role("button", name="Release").click()
    await expect(ben.get_by_role("button", name="Claim", exact=True)).to_be_visible(timeout=10_000)
    assert visit.troubles == []
    assert colleague.troubles == []


async def test_two_people_at_one_order_know_of_each_other(world: World, visit: Visit, colleague: Visit) -> None:
    number = await waiting(world, "TR-1000-XL")
    ben, ada = visit.page, colleague.page
    await visit.log_in("admin", "ben@example.com")
    await colleague.log_in("admin", "ada@example.com")
    await ben.goto(f"{world.url}/admin/orders/{number}")
    await expect(ben.get_by_role("button", name="Claim", exact=True)).to_be_visible()
    await expect(ben.get_by_text("Also open:")).to_have_count(0)
    await ada.goto(f"{world.url}/admin/orders/{number}")
    for page, name in ((ben, "Ada Abel"), (ada, "Ben Berg")):
        await expect(page.get_by_role("status").filter(has_text=f"Also open: {name}")).to_have_count(1)
        await expect(page.locator("p").filter(has_text=f"Also open: {name}, now")).to_be_visible()
    await visit.look("admin-order-open-elsewhere")

    await ada.get_by_role("link", name="Orders").first.click()
    await expect(ada.get_by_role("heading", level=1)).to_have_text("Orders")
    await expect(ben.get_by_text("Also open:")).to_have_count(0)
    await ada.go_back()
    await expect(ben.get_by_text("Also open:").first).to_be_visible()
    await colleague.page.close()
    await expect(ben.get_by_text("Also open:")).to_have_count(0)
    assert visit.troubles == []
    assert colleague.troubles == []

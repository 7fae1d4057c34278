"""Two people at one order: who claims it is seen by the other as it happens."""

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

    await ada.get_by_role("button", name="Take over").click()
    await expect(ada.get_by_text("Claimed by you")).to_be_visible()
    await expect(ben.get_by_text("Claimed by ada@example.com")).to_be_visible(timeout=10_000)
    await expect(ben.get_by_role("button", name="Release")).to_have_count(0)

    await ada.get_by_role("button", name="Release").click()
    await expect(ben.get_by_role("button", name="Claim", exact=True)).to_be_visible(timeout=10_000)
    assert visit.troubles == []
    assert colleague.troubles == []

"""What was sold, cut in four ways, and how quickly it was seen to."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import shipped

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_sales_and_service_levels_from_the_dashboard(world: World, visit: Visit) -> None:
    await shipped(world, 3)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.get_by_role("link", name="All figures").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sales and service levels")
    await page.get_by_role("radiogroup", name="Period").get_by_text("90 days").click()
    await expect(page).to_have_url(re.compile("days=90"))
    for cut in ("channel", "site", "item"):
        await expect(page.get_by_role("table", name=f"Sales: By {cut}").get_by_role("row").nth(1)).to_be_visible()
    shipment = page.get_by_role("table", name="Times of steps").get_by_role("row", name=re.compile("^Shipment"))
    await expect(shipment).to_be_visible()
    await visit.look("admin-sales")

    await page.get_by_role("radiogroup", name="Shown as").get_by_text("Table").click()
    days = page.get_by_role("table", name="Sales by day")
    await expect(days.get_by_role("row").nth(1)).to_be_visible()
    await visit.look("admin-sales-table")
    await page.get_by_role("combobox", name="Channel").select_option("shop")
    await expect(page).to_have_url(re.compile("channel=shop"))
    await expect(page.get_by_role("table", name="Sales: By channel").get_by_role("row")).to_have_count(2)
    assert visit.troubles == []

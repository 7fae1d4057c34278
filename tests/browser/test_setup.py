"""How the house is set up: workflows written, compared and made active; scarcity prices tried and looked at."""

from __future__ import annotations

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import entered, waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_workflow_is_written_refused_mended_compared_and_made_active(world: World, visit: Visit) -> None:
    await waiting(world, "TR-1000-XL")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/workflows")
    await page.get_by_role("link", name="straight through").click()
    await expect(page.get_by_role("list", name="Open orders by state").get_by_text("Waiting for")).not_to_have_count(0)
    await visit.look("admin-workflow")
    await page.get_by_role("link", name="approval above an amount").click()
    await expect(page.get_by_role("table", name="Steps of approval above an amount v1")).to_be_visible()

    await page.get_by_role("button", name="A new version from this").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("second look")
    await dialog.get_by_label("Applies when").fill("order.total >= 90000.0")
    approval = dialog.get_by_role("group", name="4. Approval", exact=True)
    await approval.get_by_label("How").select_option("Automatic")
    await approval.get_by_label("By itself only when").fill("order.ttal < and")
    await approval.get_by_label("Delay").fill("2")
    await dialog.get_by_role("button", name="Save as the next version").click()
    refused = approval.get_by_label("By itself only when")
    await expect(refused).to_have_attribute("aria-invalid", "true")
    await expect(refused).to_be_focused()
    await visit.look("admin-workflow-refused")
    await refused.fill("order.total < 2000.0")
    await dialog.get_by_role("button", name="Save as the next version").click()
    await expect(dialog).to_have_count(0)

    row = page.get_by_role("row", name="second look")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("table", name="Steps of second look v1")).to_be_visible()
    await expect(page.get_by_role("row", name="4. Approval").get_by_text("2 h")).to_be_visible()
    await page.get_by_role("button", name="Compare").click()
    known = {it["name"]: it for it in world.ask("{ workflows { id name } }")}
    await dialog.get_by_label("Beside").select_option(value=known["approval above an amount"]["id"])
    differences = dialog.get_by_role("table", name="Differences")
    await expect(differences.get_by_role("row")).to_have_count(3)
    await expect(differences.get_by_text("Automatic, only when order.total < 2000.0, after 2 h")).to_be_visible()
    await visit.look("admin-workflow-differences")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Make it active").click()
    await visit.look("admin-workflow-activate")
    await dialog.get_by_role("button", name="Make it active").click()
    await expect(row.get_by_text("Active", exact=True)).to_be_visible()
    found = world.ask("{ workflows { name active steps { step when delaySeconds } } }")
    (made,) = (it for it in found if it["name"] == "second look")
    assert made["active"]
    assert made["steps"][3] == {"step": "APPROVAL", "when": "order.total < 2000.0", "delaySeconds": 7_200}
    assert visit.troubles == []


_LEARNT = """
WITH made AS (
    INSERT INTO price_table (made_at, rule_set, orders, prices, seconds) VALUES (now(), 'least cost v1', 240, 2, 1.5)
    RETURNING id)
INSERT INTO scarcity_price (id, price_table_id, site_id, sku, price)
SELECT gen_random_uuid(), made.id, s.id, p.sku, p.price
  FROM made, inventory_site s, (VALUES ('WH-BRNO', 'TR-1000', 340), ('WH-VENLO', 'TR-1001', 125)) AS p(site, sku, price)
 WHERE s.code = p.site
"""


async def test_scarcity_prices_are_tried_and_looked_at(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/rule-sets")
    await page.get_by_role("link", name="Scarcity prices").click()
    await expect(page.get_by_text("Nothing was tried in the last 31 days")).to_be_visible()
    await visit.look("admin-prices-off")
    # A table that is new, so that no worker learns another one meanwhile.
    database = await asyncpg.connect(world.database)
    await database.execute(_LEARNT)
    await database.close()
    await page.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Mode").select_option("Shadow")
    await dialog.get_by_label("Learn every so many minutes").fill("1440000")
    await dialog.get_by_role("button", name="Save").click()
    minutes = dialog.get_by_label("Learn every so many minutes")
    await expect(minutes).to_have_attribute("aria-invalid", "true")
    await visit.look("admin-prices-refused")
    await minutes.fill("600")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)

    await entered(world)
    await page.reload()
    days = page.get_by_role("table", name="What prices would have changed, by day")
    await expect(days.get_by_role("row")).to_have_count(2)
    prices = page.get_by_role("table", name="Prices by site and SKU")
    await expect(prices.get_by_role("row")).to_have_count(3)
    await visit.look("admin-prices")
    await page.get_by_role("textbox", name="SKU").fill("TR-1001")
    await expect(prices.get_by_role("row")).to_have_count(2)
    await expect(prices.get_by_role("row", name="TR-1001").get_by_text("1.25")).to_be_visible()
    await expect(page).to_have_url(f"{world.url}/admin/rule-sets/prices?sku=TR-1001")
    world.ask("mutation { allocationPricesSet(input: {mode: OFF}) { prices { mode } userErrors { code } } }")
    assert visit.troubles == []

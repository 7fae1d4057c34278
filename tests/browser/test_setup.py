"""How the house is set up: workflows written, compared and made active."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import waiting

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
    await dialog.get_by_label("Applies when").fill("order.total >= 900.0")
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

    # The one that was there is not active either, so the newest of the name is shown.
    row = page.get_by_role("row", name="approval above an amount")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("table", name="Steps of approval above an amount v2")).to_be_visible()
    await expect(page.get_by_role("row", name="4. Approval").get_by_text("2 h")).to_be_visible()
    await page.get_by_role("button", name="Compare").click()
    differences = dialog.get_by_role("table", name="Differences")
    await expect(differences.get_by_role("row")).to_have_count(3)
    await expect(differences.get_by_text("Automatic, only when order.total < 2000.0, after 2 h")).to_be_visible()
    await visit.look("admin-workflow-differences")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Make it active").click()
    await visit.look("admin-workflow-activate")
    await dialog.get_by_role("button", name="Make it active").click()
    await expect(row.get_by_text("Active", exact=True)).to_be_visible()
    found = world.ask("{ workflows { name version active steps { step when delaySeconds } } }")
    (made,) = (it for it in found if (it["name"], it["version"]) == ("approval above an amount", 2))
    assert made["active"]
    assert made["steps"][3] == {"step": "APPROVAL", "when": "order.total < 2000.0", "delaySeconds": 7_200}
    assert visit.troubles == []

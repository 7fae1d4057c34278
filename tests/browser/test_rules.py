"""What managers set: rule sets of allocation tried before they are active, alert rules, files taken in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_rule_set_is_written_refused_mended_tried_and_compared(world: World, visit: Visit) -> None:
    number = await waiting(world, "TR-1000-XL")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/rule-sets")
    await page.get_by_role("button", name="nearest").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("no stores abroad")
    await dialog.get_by_role("button", name="Add a rule").click()
    last = dialog.get_by_role("group").last
    await last.get_by_label("Only when").fill("site.knd == 'STORE' and true")
    await dialog.get_by_role("button", name="Save as the next version").click()
    await expect(last.get_by_label("Only when")).to_have_attribute("aria-invalid", "true")
    await visit.look("admin-rule-set-refused")
    await last.get_by_label("Only when").fill("site.kind == 'STORE' && site.country != order.country")
    await dialog.get_by_role("button", name="Save as the next version").click()
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("row", name="no stores abroad")
    await expect(row).to_be_visible()
    await visit.look("admin-rule-sets")

    await row.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Try it on an order").click()
    await dialog.get_by_label("Order number").fill(number)
    await dialog.get_by_role("button", name="Decide").click()
    await expect(dialog.get_by_role("row", name=re.compile("no stores abroad"))).to_be_visible()
    await visit.look("admin-rule-set-tried")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Compare on the past").click()
    await dialog.get_by_label("no stores abroad v1").check()
    await dialog.get_by_role("button", name="Compare").click()
    await expect(dialog.get_by_role("table", name="Comparison").get_by_role("row")).to_have_count(4, timeout=30_000)
    await visit.look("admin-rule-sets-compared")
    await page.keyboard.press("Escape")

    await row.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Make it active").click()
    await dialog.get_by_role("button", name="Make it active").click()
    await expect(row.get_by_text("Active", exact=True)).to_be_visible()
    await page.get_by_role("row", name="least cost").get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Make it active").click()
    await dialog.get_by_role("button", name="Make it active").click()
    await expect(row.get_by_text("Active", exact=True)).to_have_count(0)
    assert visit.troubles == []


async def test_an_alert_is_taken_snoozed_and_its_rule_changed(world: World, visit: Visit) -> None:
    await waiting(world, "TR-1000-XL")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/alerts")
    first = page.get_by_role("row").nth(1)
    await first.get_by_role("button", name="See to it").click()
    await page.get_by_role("menuitem", name="Take it").click()
    await expect(page.get_by_role("cell", name="Ben Berg").first).to_be_visible()
    await page.get_by_label("Who sees to it").select_option("Mine")
    mine = page.get_by_role("row").nth(1)
    await mine.get_by_role("button", name="See to it").click()
    await page.get_by_role("menuitem", name="Snooze for a day").click()
    await expect(page.get_by_text("No alert fits")).to_be_visible()
    await page.get_by_role("switch", name="Snoozed").click()
    await expect(page.get_by_role("cell", name=re.compile("Back:")).first).to_be_visible()
    await visit.look("admin-alerts-snoozed")
    await page.get_by_role("switch", name="Snoozed").click()
    await page.get_by_label("Who sees to it").select_option("Anybody's")
    await page.get_by_role("switch", name="By kind").click()
    await expect(page.get_by_role("table", name="Alerts by kind")).to_be_visible()
    await visit.look("admin-alerts-by-kind")

    await page.get_by_role("link", name="Rules").click()
    await page.get_by_role("row", name="unclaimed").get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Only when").fill("queue.count > and")
    await dialog.get_by_role("button", name="Save as the next version").click()
    await expect(dialog.get_by_label("Only when")).to_have_attribute("aria-invalid", "true")
    await visit.look("admin-alert-rule-refused")
    await dialog.get_by_label("Only when").fill("queue.oldestMinutes > 600")
    await dialog.get_by_role("button", name="Save as the next version").click()
    await expect(page.get_by_role("row", name="unclaimed").get_by_text("version 2")).to_be_visible()
    await visit.look("admin-alert-rules")
    assert visit.troubles == []


async def test_a_file_is_tried_then_taken_in(world: World, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "products.jsonl"
    rows = [{"sku": f"NEW-{place}", "name": f"New {place}"} for place in range(3)] + [{"sku": "", "name": "Nothing"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/jobs")
    await page.get_by_role("button", name="Import a file").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What is in it").select_option("Products")
    async with page.expect_file_chooser() as chooser:
        await dialog.get_by_role("button", name="File").click()
    await (await chooser.value).set_files(path)
    await visit.look("admin-import")
    await dialog.get_by_role("button", name="See what would happen").click()
    await expect(dialog.get_by_text("possible for 3")).to_be_visible(timeout=20_000)
    await visit.look("admin-import-tried")
    assert world.ask('{ product(sku: "NEW-0") { name } }') is None
    await dialog.get_by_role("button", name="Do it for 3").click()
    await expect(dialog.get_by_text("Done for 3")).to_be_visible(timeout=20_000)
    assert world.ask('{ product(sku: "NEW-0") { name } }') == {"name": "New 0"}
    assert visit.troubles == []


async def test_goods_are_announced_by_another_site_put_off_and_received(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/inventory/WH-BRNO?tab=expected")
    await expect(page.get_by_text("Nothing is expected")).to_be_visible()
    await page.get_by_role("button", name="Announce goods").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reference").fill("T-100")
    await dialog.get_by_label("Day").fill("2100-02-03")
    await dialog.get_by_label("Sent by a site").select_option("Venlo warehouse")
    await dialog.get_by_label("Goods").fill("TR-1003 100000")
    await dialog.get_by_role("button", name="Announce").click()
    await expect(dialog.get_by_text(re.compile("of them promised"))).to_be_visible()
    await dialog.get_by_label("Goods").fill("TR-1003 3\nTR-1004, 1")
    await visit.look("admin-goods-announced")
    await dialog.get_by_role("button", name="Announce").click()
    row = page.get_by_role("row", name=re.compile("T-100"))
    await expect(row).to_contain_text("TR-1003 3, TR-1004 1")
    await row.get_by_role("button", name="Another day: T-100").click()
    await dialog.get_by_label("Day").fill("2100-02-05")
    await dialog.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("5 Feb 2100")
    await visit.look("admin-goods-expected")
    await row.get_by_role("button", name="Receive: T-100").click()
    await dialog.get_by_role("button", name="Received").click()
    await expect(page.get_by_text("Nothing is expected")).to_be_visible()
    moved = world.ask('{ inventorySite(code: "WH-BRNO") { movements(first: 1) { nodes { reason reference } } } }')
    assert moved["movements"]["nodes"] == [{"reason": "TRANSFER_IN", "reference": "T-100"}]
    assert visit.troubles == []


async def test_units_are_kept_for_a_channel_and_left_to_everybody_again(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/inventory/WH-BRNO?sku=TR-1005")
    dialog, row = page.get_by_role("dialog"), page.get_by_role("row", name=re.compile("TR-1005"))

    async def keep(units: int) -> None:
        await page.get_by_role("button", name="Keep for a channel").click()
        await expect(dialog.get_by_label("SKU")).to_have_value("TR-1005")
        await dialog.get_by_label("Channel").select_option("Wholesale")
        await dialog.get_by_label("Units kept").fill(str(units))
        await dialog.get_by_role("button", name="Keep", exact=True).click()

    await keep(100_000)
    await expect(dialog.get_by_text(re.compile("would be kept for channels"))).to_be_visible()
    await visit.look("admin-keep-refused")
    await page.keyboard.press("Escape")
    await keep(2)
    await expect(row).to_contain_text("Wholesale: 2")
    await visit.look("admin-site-kept")
    kept = """{ inventorySite(code: "WH-BRNO") { levels(skus: ["TR-1005"]) {
      nodes { ringFences { quantity channel { code } } } } } }"""
    assert world.ask(kept)["levels"]["nodes"] == [{"ringFences": [{"quantity": 2, "channel": {"code": "wholesale"}}]}]
    await keep(0)
    await expect(row).not_to_contain_text("Wholesale")
    assert world.ask(kept)["levels"]["nodes"] == [{"ringFences": []}]
    assert visit.troubles == []

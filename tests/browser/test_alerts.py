"""Alerts where they belong: on the page of the order, the return, the site and the SKU that they are about."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import order, shipped, waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_RULE = "mutation($i: AlertRuleInput!) { alertRuleCreate(input: $i) { alertRule { id } userErrors { message } } }"
_END = "mutation($i: AlertRuleIdInput!) { alertRuleEnd(input: $i) { userErrors { message } } }"
_ADJUST = "mutation($i: InventoryAdjustInput!) { inventoryAdjust(input: $i) { userErrors { message } } }"
_LINES = "query($number: String!) { order(number: $number) { lines { id } } }"
_RETURN = "mutation($i: ReturnCreateInput!) { returnCreate(input: $i) { return { number } userErrors { message } } }"


@contextlib.contextmanager
def rule(world: World, name: str, watches: str, message: str) -> Iterator[None]:
    given = {"name": name, "trigger": "EVENT", "watches": watches, "message": message}
    made = world.ask(_RULE, i=given)
    assert made["userErrors"] == []
    yield
    assert world.ask(_END, i={"alertRuleId": made["alertRule"]["id"]})["userErrors"] == []


async def test_an_alert_is_dealt_with_on_the_orders_page(world: World, visit: Visit) -> None:
    number = await waiting(world, "TR-1000-XL")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders/{number}")
    await page.get_by_role("button", name="See to it").click()
    await page.get_by_role("menuitem", name="Take it").click()
    await expect(page.get_by_text("seen to by Ben Berg")).to_be_visible()
    await visit.look("admin-order-alert")
    await page.get_by_role("button", name="Clear No site").click()
    await page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    await expect(page.get_by_role("button", name="See to it")).to_have_count(0)
    assert visit.troubles == []


async def test_a_site_and_a_sku_show_their_alerts(world: World, visit: Visit) -> None:
    number = await waiting(world, "TR-1000-XL")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/inventory/WH-VENLO")
    await expect(page.get_by_role("table", name="Stock")).to_be_visible()
    here = page.get_by_role("region", name="Open alerts")
    await expect(here).to_have_count(0)
    with rule(world, "came_in", "inventory.changed", "Goods came in, look at them."):
        changes = [{"site": "WH-VENLO", "sku": "TR-1000", "quantity": 1}]
        assert world.ask(_ADJUST, i={"reason": "RECEIPT", "changes": changes})["userErrors"] == []
        await expect(here.get_by_role("paragraph").filter(has_text="Goods came in")).to_be_visible(timeout=15_000)
    await visit.look("admin-site-alert")
    await page.get_by_role("textbox", name="SKU").fill("TR-1000-XL")
    await expect(here.get_by_role("link", name=number)).to_be_visible()
    await expect(here.get_by_role("paragraph").filter(has_text="Goods came in")).to_have_count(0)
    await visit.look("admin-sku-alerts")
    await page.get_by_role("textbox", name="SKU").fill("TR-1000")
    await expect(here.get_by_role("paragraph").filter(has_text="Goods came in")).to_be_visible()
    await here.get_by_role("button", name="Clear Goods").click()
    await page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    await expect(here).to_have_count(0)
    await page.goto(f"{world.url}/admin/alerts?sku=TR-1000-XL")
    await expect(page.get_by_role("row").filter(has_text=number)).to_be_visible()
    await visit.look("admin-alerts-of-sku")
    await page.get_by_role("button", name="SKU: TR-1000-XL").click()
    await expect(page.get_by_role("button", name="SKU: TR-1000-XL")).to_have_count(0)
    assert visit.troubles == []


async def test_a_return_shows_its_alerts(world: World, visit: Visit) -> None:
    number = await shipped(world, 1)
    [line] = world.ask(_LINES, number=number)["lines"]
    with rule(world, "came_back", "return.created", "Something comes back."):
        lines = [{"orderLineId": line["id"], "quantity": 1, "reason": "Too small."}]
        given = {"orderId": order(world, number)["id"], "method": "SHIP", "site": "WH-VENLO", "lines": lines}
        made = world.ask(_RETURN, i=given)
        assert made["userErrors"] == []
        page = visit.page
        await visit.log_in("admin", "ben@example.com")
        await page.goto(f"{world.url}/admin/returns/{made['return']['number']}")
        here = page.get_by_role("region", name="Open alerts")
        await expect(here.get_by_role("paragraph").filter(has_text="Something comes back.")).to_be_visible(
            timeout=15_000
        )
    await visit.look("admin-return-alert")
    await here.get_by_role("button", name="Clear Something").click()
    await page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    await expect(here).to_have_count(0)
    assert visit.troubles == []

"""The desk: what is told live, and work on many orders at once."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import entered, order, waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_SUSPEND = "mutation($i: OrderSuspendInput!) { orderSuspend(input: $i) { userErrors { code } } }"
_RESUME = "mutation($i: OrderResumeInput!) { orderResume(input: $i) { userErrors { code } } }"
#: Seconds between an answer of the server and the same on the screen.
_SEEN_WITHIN = 1.0


async def test_what_happens_is_seen_within_a_second(world: World, visit: Visit, capsys: Any) -> None:
    number = await entered(world)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    tile = page.get_by_role("link", name=re.compile("Suspended")).locator(".queue-count")
    seen: dict[str, list[float]] = {"dashboard": [], "order": []}
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    before = int(await tile.inner_text())
    given = {"orderId": order(world, number)["id"]}
    for suspended in (True, False, True, False):
        asked = {"i": given | {"reason": "Doubtful."}} if suspended else {"i": given}
        assert world.ask(_SUSPEND if suspended else _RESUME, **asked)["userErrors"] == []
        done = time.perf_counter()
        await expect(tile).to_have_text(str(before + suspended), timeout=5_000)
        seen["dashboard"].append(time.perf_counter() - done)
    await page.goto(f"{world.url}/admin/orders/{number}")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    badge = page.get_by_role("main").get_by_text("Suspended", exact=True)
    await expect(page.get_by_role("heading", level=1)).to_have_text(number)
    for suspended in (True, False, True, False):
        asked = {"i": given | {"reason": "Doubtful."}} if suspended else {"i": given}
        assert world.ask(_SUSPEND if suspended else _RESUME, **asked)["userErrors"] == []
        done = time.perf_counter()
        await (
            expect(badge.first).to_be_visible(timeout=5_000)
            if suspended
            else expect(badge).to_have_count(0, timeout=5_000)
        )
        seen["order"].append(time.perf_counter() - done)
    with capsys.disabled():
        for where, seconds in seen.items():
            middle, most = statistics.median(seconds) * 1000, max(seconds) * 1000
            print(f"\n  event to {where}: median {middle:.0f} ms, at most {most:.0f} ms", end="")
    # Counts are sent at most twice a second.
    assert statistics.median(seen["order"]) < _SEEN_WITHIN
    assert statistics.median(seen["dashboard"]) < 2 * _SEEN_WITHIN
    assert visit.troubles == []


async def test_what_was_missed_while_away_is_seen_afterwards(world: World, visit: Visit) -> None:
    number = await entered(world)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders")
    row = page.get_by_role("row", name=number)
    await expect(row).to_be_visible()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    first = await page.locator("tbody tr").first.inner_text()

    # A new order does not push the others down: a button tells of it.
    later = await entered(world)
    await expect(page.get_by_role("button", name=re.compile("[0-9] new order"))).to_be_visible()
    assert (await page.locator("tbody tr").first.inner_text()).split()[0] == first.split()[0]
    await visit.look("admin-orders-new")
    await page.get_by_role("button", name=re.compile("[0-9] new order")).click()
    await expect(page.get_by_role("row", name=later)).to_be_visible()

    await page.context.set_offline(True)
    await expect(page.get_by_text("Offline", exact=True)).to_be_visible(timeout=40_000)
    given = {"orderId": order(world, number)["id"], "reason": "Doubtful."}
    assert world.ask(_SUSPEND, i=given)["userErrors"] == []
    await page.context.set_offline(False)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    await expect(row.get_by_text("Suspended")).to_be_visible()


async def test_views_chips_and_text_are_one_search(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders")
    box = page.get_by_role("textbox", name="Search orders")
    await box.fill("state:closed country:DE")
    await box.press("Enter")
    await expect(page).to_have_url(re.compile("state=.*CLOSED"))
    chips = page.get_by_role("group", name="Filters in use")
    await expect(chips.get_by_text("State: Closed")).to_be_visible()
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await page.get_by_role("button", name="Edit as text").click()
    await expect(box).to_have_value("state:closed country:DE")

    await box.fill("ann state:lost")
    await expect(page.get_by_role("alert").locator("mark")).to_have_text("state:lost")
    await visit.look("admin-orders-error")
    await box.fill("state:closed")
    await box.press("Enter")
    await page.get_by_role("button", name="Save this view").click()
    await page.get_by_label("Name").fill("All that is closed")
    await page.get_by_label("Everybody in the house sees it").check()
    await visit.look("admin-orders-save")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Columns").click()
    await page.get_by_role("checkbox", name="Tags").check()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Save changes").click()
    await expect(page.get_by_role("button", name="Save changes")).to_have_count(0)
    await page.get_by_role("link", name="All orders").click()
    await expect(page.get_by_role("columnheader", name="Tags")).to_have_count(0)
    await page.get_by_role("link", name=re.compile("All that is closed")).click()
    await expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    await expect(page).to_have_url(re.compile("state=.*CLOSED"))
    if await page.get_by_role("region", name="Narrow the list").count() == 0:
        await page.get_by_role("button", name="Filter", exact=True).click()
    await expect(page.get_by_role("region", name="Narrow the list").get_by_text("Closed")).to_be_visible()
    await visit.look("admin-orders-view")

    await page.get_by_role("button", name="Take along").click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="CSV, these columns").click()
    lines = (await (await download.value).path()).read_text().splitlines()
    assert lines[0] == "number,placedAt,customer,channel,state,paymentStatus,fulfillmentStatus,currency,total,tags"
    assert {line.split(",")[4] for line in lines[1:]} == {"CLOSED"}
    assert visit.troubles == []


async def test_three_are_held_with_a_reason_by_keyboard(world: World, visit: Visit) -> None:
    numbers = [await entered(world) for _ in range(3)]
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders")
    await expect(page.get_by_role("row", name=numbers[0])).to_be_visible()
    await page.get_by_role("link", name=numbers[2], exact=True).focus()
    await page.keyboard.press("x")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    await expect(page.get_by_text("3 selected")).to_be_visible()
    await page.get_by_role("button", name="Suspend", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Reason")).to_be_focused()
    await page.keyboard.type("Recalled.")
    await visit.look("admin-bulk-reason")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("possible for 3.")).to_be_visible()
    await visit.look("admin-bulk-trial")
    assert not any(order(world, number)["suspended"] for number in numbers)
    await expect(page.get_by_role("button", name="Do it for 3")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Done for 3.")).to_be_visible()
    await visit.look("admin-bulk-done")
    assert all(order(world, number)["suspended"] for number in numbers)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("row", name=numbers[0]).get_by_text("Suspended")).to_be_visible()

    # Everything that is found, and what is not possible said first.
    await page.goto(f"{world.url}/admin/orders?q=ada&suspended=true")
    await page.get_by_role("checkbox", name="Select all rows of this page").check()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="File").click()
    await page.get_by_role("button", name="See what would happen").click()
    await expect(page.get_by_text(re.compile("possible for 0"))).to_be_visible()
    await visit.look("admin-bulk-refused")
    await page.get_by_role("dialog").get_by_role("button", name="Back").click()
    await page.goto(f"{world.url}/admin/jobs")
    await page.get_by_role("button", name="Orders: Suspend").first.click()
    await expect(page.get_by_role("dialog").get_by_text("Recalled.")).to_be_visible()
    await visit.look("admin-jobs-open")
    assert visit.troubles == []


async def test_what_each_rule_set_would_decide_and_an_override_that_no_stock_allows(world: World, visit: Visit) -> None:
    number = await waiting(world, "TR-9001")
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders/{number}?tab=allocation")
    await page.get_by_role("button", name="Compare rule sets").click()
    rows = page.get_by_role("table", name="What each rule set would decide").get_by_role("row")
    await expect(rows.filter(has_text="least cost v1 (active)")).to_be_visible()
    await expect(rows).to_have_count(5)
    await visit.look("admin-what-if")
    await page.get_by_role("button", name="Give to a site").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Site").select_option(index=0)
    await dialog.get_by_label("Reason").fill("It stands behind the door.")
    await visit.look("admin-give-to")
    await dialog.get_by_role("button", name="Give it to this site").click()
    await expect(dialog.get_by_text("This site has nothing of what the order waits for.")).to_be_visible()
    assert order(world, number)["shippingOrders"] == []
    assert visit.troubles == []

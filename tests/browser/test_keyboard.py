"""What customer service does all day, by keyboard alone: approve, make good a payment, take back, exchange."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import declined, order, shipped, unapproved

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def along(visit: Visit, target: Locator, key: str) -> None:
    """Press this key until the focus is there: a menu that opens may take a moment to have it."""
    await expect(target).to_be_visible()
    for _ in range(60):
        if await target.evaluate("it => it === document.activeElement"):
            return
        await visit.page.keyboard.press(key)
        await visit.page.wait_for_timeout(20)
    raise AssertionError(f"{target} is not reached by {key}.")


async def reach(visit: Visit, target: Locator) -> None:
    """Tab by tab, as somebody without a mouse gets there."""
    await along(visit, target, "Tab")


async def press(visit: Visit, target: Locator) -> None:
    await reach(visit, target)
    await visit.page.keyboard.press("Enter")


async def test_an_order_is_found_and_approved(world: World, visit: Visit) -> None:
    number = await unapproved(world)
    await visit.log_in("admin", "ben@example.com")
    await visit.find(number)
    await press(visit, visit.page.get_by_role("button", name="Approve", exact=True))
    await expect(visit.page.get_by_text("Approve: done.")).to_be_visible()
    assert order(world, number)["state"] != "WAITING_APPROVAL"
    assert visit.troubles == []


async def test_a_payment_that_failed_is_made_good(world: World, visit: Visit) -> None:
    number = await declined(world)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await visit.find(number)
    await reach(visit, page.get_by_role("tab", selected=True))
    await along(visit, page.get_by_role("tab", name="Payments"), "ArrowRight")
    await press(visit, page.get_by_role("button", name="Capture"))
    dialog = page.get_by_role("dialog")
    await press(visit, dialog.get_by_role("button", name="Capture"))
    await expect(page.get_by_text("The card issuer declined to pay out.").first).to_be_visible()
    await page.keyboard.press("Escape")

    await press(visit, page.get_by_role("button", name="Void"))
    await press(visit, dialog.get_by_role("button", name="Void"))
    await expect(page.get_by_role("button", name="Void")).to_have_count(0)
    await press(visit, page.get_by_role("button", name="Add payment"))
    for label, text in (("Gateway", "sandbox"), ("Token", "sandbox_ok")):
        await reach(visit, dialog.get_by_label(label))
        await page.keyboard.press("Control+a")
        await page.keyboard.type(text)
    await visit.look("admin-payment-add")
    await press(visit, dialog.get_by_role("button", name="Add payment"))
    await expect(page.get_by_text("The payment was added.")).to_be_visible()
    await expect(page.locator("h1 + *", has_text="Closed")).to_be_visible(timeout=15_000)
    assert visit.troubles == []


async def test_goods_are_taken_back_and_refunded(world: World, visit: Visit) -> None:
    number = await shipped(world)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await visit.find(number)
    await press(visit, page.get_by_role("button", name="Actions"))
    await along(visit, page.get_by_role("menuitem", name="New return"), "ArrowDown")
    await page.keyboard.press("Enter")
    await reach(visit, page.get_by_label("Quantity of TR-1000"))
    await page.keyboard.type("1")
    await reach(visit, page.get_by_label("Reason for TR-1000"))
    await page.keyboard.type("Too small")
    await expect(page.get_by_role("definition").filter(has_text="€9.90")).to_have_count(2)
    await visit.look("admin-return-new")
    await press(visit, page.get_by_role("button", name="Ask and approve"))
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{number}-R1")

    await press(visit, page.get_by_role("button", name="Receive"))
    await press(visit, page.get_by_role("dialog").get_by_role("button", name="Received"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await press(visit, page.get_by_role("button", name="Refund"))
    await press(visit, page.get_by_role("dialog").get_by_role("button", name="Refund"))
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.locator("h1 + *", has_text="Closed")).to_be_visible(timeout=15_000)
    assert visit.troubles == []


async def test_goods_are_exchanged_for_the_same_and_for_dearer_ones(world: World, visit: Visit) -> None:
    number = await shipped(world, 3)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/returns")
    await page.get_by_role("button", name="New return").click()
    await page.get_by_label("Order number").fill(number)
    await page.keyboard.press("Enter")
    await page.get_by_label("Quantity of TR-1000").fill("1")
    await page.get_by_label("Reason for TR-1000").fill("Damaged")
    await page.get_by_label("The same again").check()
    sums = page.get_by_role("region", name="What it comes to")
    await expect(sums.get_by_role("definition")).to_have_text(["€9.90", "€9.90", "€0.00"])
    await page.get_by_role("button", name="Ask for the return").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{number}-R1")
    (first,) = order(world, number)["returns"]
    assert order(world, first["exchangeOrder"]["number"])["totals"]["total"]["amount"] == "9.90"

    await page.goto(f"{world.url}/admin/returns/new?order={number}")
    await page.get_by_role("button", name="All of it").click()
    await page.get_by_label("Reason for TR-1000").fill("Too small")
    await page.get_by_label("Other goods").check()
    await page.get_by_label("SKU").fill("tr-1001")
    await page.get_by_label("Price of one").fill("25")
    await expect(sums.get_by_role("definition")).to_have_text(["€19.80", "€25.00", "€0.00", "€5.20"])
    await visit.look("admin-return-exchange")
    await page.get_by_role("button", name="Ask for the return").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"{number}-R2")
    await page.goto(f"{world.url}/admin/returns/new?order={number}")
    await expect(page.get_by_text("Nothing of this order can come back now")).to_be_visible()
    assert visit.troubles == []

"""People at work in a real browser, against the real server, database and worker."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import entered, order

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def at_site(phone: Visit, name: str) -> None:
    """The person says where they are."""
    page = phone.page
    await page.get_by_role("button", name="Account and site").click()
    await page.get_by_label("Site", exact=True).select_option(label=name)
    await expect(page.locator("header")).to_contain_text(name)


async def scanned(phone: Visit, code: str, times: int = 1) -> None:
    """As a scanner does it: keys, wherever the focus is, and Enter."""
    for _ in range(times):
        await phone.page.keyboard.type(code)
        await phone.page.keyboard.press("Enter")


async def test_an_order_is_found_held_and_resumed_by_keyboard_and_others_see_it(world: World, visit: Visit) -> None:
    number = await entered(world)
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await visit.find(number)

    await page.get_by_role("button", name="Actions").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("menuitem", name="Suspend").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Reason").type("The address is doubtful")
    await visit.look("order-suspend")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main").get_by_text("The address is doubtful").first).to_be_visible()
    assert order(world, number)["suspended"]

    # Somebody else resumes it: the open page tells without being loaded again.
    given = {"orderId": order(world, number)["id"]}
    world.ask("mutation($input: OrderResumeInput!) { orderResume(input: $input) { userErrors { code } } }", input=given)
    await expect(page.get_by_text("Suspended", exact=True)).to_have_count(0, timeout=15_000)
    assert visit.troubles == []


async def test_an_order_is_entered_by_telephone(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/orders")
    await page.get_by_role("link", name="New order").click()
    for label, text in (("Name", "Ada Abel"), ("Street", "Gartenweg 1"), ("City", "Berlin"), ("Country", "de")):
        await page.get_by_label(label).fill(text)
    await page.get_by_label("SKU").fill("tr-1000")
    await page.get_by_label("Quantity").fill("3")
    await page.get_by_label("Price of one").fill("9.90")
    await page.get_by_label("Shipping costs").fill("4.9")
    await page.get_by_label("Payment", exact=True).select_option(label="On account")
    await expect(page.get_by_text(re.compile("Alder tent.*free"))).to_be_visible()
    await expect(page.get_by_text("€34.60")).to_be_visible()
    await visit.look("admin-order-entry")
    await page.get_by_role("button", name="Enter the order").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^[0-9]+$"))
    known = order(world, await page.get_by_role("heading", level=1).inner_text())
    assert known["totals"] == {"total": {"amount": "34.60"}}
    assert [(line["sku"], line["quantity"]) for line in known["lines"]] == [("TR-1000", 3)]
    assert visit.troubles == []


async def test_picked_and_packed_without_a_connection_shipped_and_brought_back(world: World, phone: Visit) -> None:
    number = await entered(world)
    (part,) = order(world, number)["shippingOrders"]
    page = phone.page
    await phone.log_in("store", "mia@example.com")
    await at_site(phone, part["site"]["name"])
    await expect(page.get_by_text(part["number"])).to_be_visible()
    await page.wait_for_function("navigator.serviceWorker.controller !== null")

    await page.context.set_offline(True)
    await scanned(phone, number)
    await expect(page.get_by_role("heading", level=1)).to_have_text(part["number"])
    await scanned(phone, "4000000000000")
    await expect(page.get_by_text("does not belong here")).to_be_visible()
    await scanned(phone, "TR-1000")
    await page.reload()
    await expect(page.get_by_label("1 of 2")).to_be_visible()
    await scanned(phone, "TR-1000")
    await page.get_by_role("button", name="All picked").click()
    await scanned(phone, "TR-1000", 2)
    await page.get_by_role("button", name="Packed in 1 box").click()
    await page.get_by_role("link", name="Not sent").click()
    await expect(page.get_by_text("Will be sent when there is a connection.")).to_have_count(2)
    await phone.look("store-not-sent")
    assert order(world, number)["shippingOrders"][0]["state"] == "WAITING_PICK"

    await page.context.set_offline(False)
    await expect(page.get_by_text("Everything has been sent")).to_be_visible(timeout=20_000)
    assert order(world, number)["shippingOrders"][0]["state"] == "WAITING_SHIPMENT"
    await page.get_by_role("link", name="Work").click()
    await scanned(phone, number)
    await scanned(phone, "1Z999AA10123456784")
    await page.get_by_label("Carrier").fill("ups")
    await phone.look("store-ship")
    await page.get_by_role("button", name="Handed to the carrier").click()
    await expect(page.get_by_text("Done here")).to_be_visible()

    await page.get_by_role("link", name="Returns").click()
    await scanned(phone, number)
    await page.get_by_role("button", name="One more").click()
    await phone.look("store-return")
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("waits for the office to approve it")).to_be_visible()
    (back,) = order(world, number)["returns"]
    document = "mutation($i: ReturnIdInput!) { returnApprove(input: $i) { userErrors { code } } }"
    assert world.ask(document, i={"returnId": back["id"]})["userErrors"] == []
    await page.get_by_role("button", name="Next customer").click()
    await scanned(phone, back["number"])
    await page.get_by_role("button", name="One more").click()
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("€9.90 is to be given back")).to_be_visible()
    assert phone.troubles == []


async def test_a_short_pick_tells_what_follows_and_one_who_was_not_the_first_is_told(
    world: World, phone: Visit
) -> None:
    number = await entered(world, 3)
    (part,) = order(world, number)["shippingOrders"]
    page = phone.page
    await phone.log_in("store", "mia@example.com")
    await at_site(phone, part["site"]["name"])
    await scanned(phone, part["number"])
    await expect(page.get_by_label("Scan what you take")).to_be_focused()
    await scanned(phone, "TR-1000", 2)
    await page.get_by_role("button", name="1 unit is not there").click()
    await expect(page.get_by_role("dialog")).to_contain_text("go to another site")
    await phone.look("store-short-pick")
    await page.get_by_role("button", name="Look again").click()

    # Meanwhile, while this telephone has no connection, the office takes the work away.
    await page.context.set_offline(True)
    found = world.ask("query($number: String!) { shippingOrder(number: $number) { id } }", number=part["number"])
    rejected = {"shippingOrderId": found["id"], "reason": "The shelf has fallen over."}
    document = "mutation($i: ShippingOrderRejectInput!) { shippingOrderReject(input: $i) { userErrors { code } } }"
    assert world.ask(document, i=rejected)["userErrors"] == []
    await scanned(phone, "TR-1000")
    await page.get_by_role("button", name="All picked").click()
    await page.context.set_offline(False)
    await page.get_by_role("link", name="Not sent").click()
    await expect(page.get_by_role("button", name="Give it up")).to_be_visible(timeout=20_000)
    await phone.look("store-conflict")
    await page.get_by_role("button", name="Give it up").click()
    await expect(page.get_by_text("Everything has been sent")).to_be_visible()
    assert phone.troubles == []


@pytest.mark.parametrize("app", ["admin", "store"])
async def test_every_screen_in_both_colour_schemes(world: World, visit: Visit, phone: Visit, app: str) -> None:
    known = world.ask("{ orders(first: 1, filter: {state: [CLOSED]}) { nodes { number } } }")["nodes"][0]["number"]
    back = world.ask("{ returns(first: 1) { nodes { number } } }")["nodes"]
    who = visit if app == "admin" else phone
    await who.page.goto(f"{world.url}/{app}/")
    await expect(who.page.get_by_role("heading", name="Log in")).to_be_visible()
    await who.look(f"{app}-log-in")
    await who.log_in(app, "ada@example.com" if app == "admin" else "mia@example.com")
    screens = {
        "admin": [
            *("", "orders", f"orders?peek={known}", f"orders/{known}"),
            *(f"orders/{known}?tab={tab}" for tab in ("fulfillment", "allocation", "payments", "returns", "timeline")),
            *(
                "fulfillment",
                "returns",
                "returns/new",
                *(f"returns/{one['number']}" for one in back),
                "payments",
                "inventory",
            ),
            *("inventory/WH-VENLO", "alerts", "jobs", "workflows", "channels", "users"),
        ],
        "store": ["", "returns", "outgoing"],
    }
    for path in screens[app]:
        await who.page.goto(f"{world.url}/{app}/{path}")
        await expect(who.page.get_by_role("heading", level=1)).to_be_visible()
        await expect(who.page.get_by_role("status", name="Loading")).to_have_count(0)
        name = path.partition("?")[0].replace("/", "-") + (f"-{path.partition('=')[2]}" if "=" in path else "")
        await who.look(f"{app}-{name or 'first'}".replace(known, "number"))
    assert who.troubles == []

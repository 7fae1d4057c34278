"""Who may do what: keys for machines, people with roles and sites."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit, World
from tests.browser.orders import waiting

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_key_is_made_shown_once_and_revoked(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ada@example.com")
    await page.goto(f"{world.url}/admin/channels")
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("till of Hamburg")
    await dialog.get_by_label("Role").select_option("Store associate")
    await dialog.get_by_label("Hamburg store").check()
    await dialog.get_by_role("button", name="Make the key").click()
    secret = await dialog.get_by_label("Secret").input_value()
    await visit.look("admin-key-secret")
    await page.keyboard.press("Escape")
    row = page.get_by_role("row", name="till of Hamburg")
    await expect(row.get_by_text("Hamburg store")).to_be_visible()
    await expect(page.get_by_text(secret)).to_have_count(0)
    assert World(world.url, secret, "", world.mail).ask("{ inventorySites(first: 9) { nodes { code } } }")["nodes"]
    await row.get_by_role("button", name="Revoke").click()
    await dialog.get_by_role("button", name="Revoke").click()
    await expect(row.get_by_text("Revoked")).to_be_visible()
    assert visit.troubles == []


async def test_a_person_gets_roles_and_sites(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ada@example.com")
    await page.goto(f"{world.url}/admin/users")
    await page.get_by_role("button", name="New person").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Nora Nagel")
    await dialog.get_by_label("E-mail").fill("nora@example.com")
    await dialog.get_by_label("Viewer").uncheck()
    await dialog.get_by_label("Store associate").check()
    await dialog.get_by_label("Ghent store").check()
    await dialog.get_by_role("textbox", name="Password").fill("correct horse battery")
    await visit.look("admin-person")
    await dialog.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="Nora Nagel")
    await expect(row.get_by_text("Ghent store")).to_be_visible()
    await row.get_by_role("button", name="Edit").click()
    await dialog.get_by_label("Finance").check()
    await dialog.get_by_label("May log in").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    await expect(row.get_by_text("Disabled")).to_be_visible()
    found = world.ask("{ users { name active roles sites { code } } }")
    (nora,) = (it for it in found if it["name"] == "Nora Nagel")
    assert (nora["active"], sorted(nora["roles"]), len(nora["sites"])) == (False, ["FINANCE", "STORE_ASSOCIATE"], 1)
    assert visit.troubles == []


async def test_a_manager_sees_keys_and_people_and_changes_none(world: World, visit: Visit) -> None:
    page = visit.page
    await visit.log_in("admin", "ben@example.com")
    await page.goto(f"{world.url}/admin/channels")
    await expect(page.get_by_role("row", name="browser tests").get_by_text("Active")).to_be_visible()
    for screen in ("channels", "users"):
        await page.goto(f"{world.url}/admin/{screen}")
        await expect(page.get_by_role("row").nth(1)).to_be_visible()
        await expect(page.get_by_role("button", name="New")).to_have_count(0)
    assert visit.troubles == []


async def test_a_person_gets_the_new_alerts_as_one_mail(world: World, visit: Visit) -> None:
    page = visit.page
    number = await waiting(world, "TR-1000-XL")  # An alert: it has no stock.
    await visit.log_in("admin", "ben@example.com")
    await page.get_by_role("button", name="account of Ben Berg").click()
    await page.get_by_role("menuitem", name="Digest of alerts").click()
    dialog = page.get_by_role("dialog", name="Digest of alerts")
    await expect(dialog.get_by_label("How often")).to_have_value("OFF")
    await dialog.get_by_label("How often").select_option("Every hour")
    await dialog.get_by_label("Time zone").select_option("Europe/Berlin")
    await visit.look("admin-digest")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Your digest is set.")).to_be_visible()

    connection = await asyncpg.connect(world.database)  # The hour is over.
    await connection.execute("UPDATE alert SET raised_at = raised_at - interval '2 minutes' WHERE cleared_at IS NULL")
    await connection.execute("UPDATE alert_digest SET next_at = now()")
    await connection.close()
    async with asyncio.timeout(20):
        while not world.mail.taken:  # noqa: ASYNC110 - the worker is waited for
            await asyncio.sleep(0.1)
    [(to, message)] = world.mail.taken
    assert to == "ben@example.com"
    assert f"order {number}" in message.get_content()
    await page.get_by_role("button", name="account of Ben Berg").click()
    await page.get_by_role("menuitem", name="Digest of alerts").click()
    await expect(dialog.get_by_label("How often")).to_have_value("HOURLY")
    await expect(dialog.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    await expect(dialog.get_by_text("Last sent")).to_be_visible()
    await visit.look("admin-digest-sent")
    assert visit.troubles == []

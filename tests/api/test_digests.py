"""Digests of alerts: chosen, due, in the scope of whom they are for, sent once, and tried again while they were not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.actions.alerts.clear import clear
from backend.actions.alerts.plan_digest import due_digests
from backend.actions.alerts.set_digest import SetDigest, set_digest
from backend.actions.alerts.snooze import snooze
from backend.actions.people import users
from backend.actions.people.authenticate import authenticate
from backend.actions.people.clean_up import clean_up
from backend.actions.people.log_in import log_in
from backend.actions.people.users import UserCommand
from backend.integrations import mail
from backend.integrations.mail import SmtpMailer
from backend.models import db
from backend.models.log import Alert
from backend.queries.verify import verify
from backend.reactions.send_digests import send_digests
from backend.rules.permissions import SYSTEM
from backend.rules.vocabulary import AlertSeverity, DigestPace, DigestWay, Role
from tests.api.conftest import PASSWORD, Api
from tests.api.world import alert, enter, stock
from tests.smtp import MailServer, mail_server

SET = """mutation ($input: AlertDigestInput!) { alertDigestSet(input: $input) {
  alertDigest { way pace hour timezone severityFrom nextAt sentAt failure possible }
  userErrors { code message path } } }"""
SHOWN = "{ alertDigest { pace hour timezone severityFrom nextAt sentAt failure possible } }"


@pytest.fixture
async def server(api: Api) -> AsyncIterator[MailServer]:
    del api
    async with mail_server() as made:
        mail.use(SmtpMailer(made.url, "crossdock@example.com", 2))
        yield made
        mail.use(None)


async def choose(email: str = "ann@example.com", **changes: Any) -> None:
    """Hourly; and the hour is over, as far as alerts are concerned that were raised two minutes ago."""
    actor = await authenticate(session_token=(await log_in(email, PASSWORD, 1)).token)
    assert actor is not None
    await set_digest(actor, SetDigest(**({"pace": DigestPace.HOURLY} | changes)))


async def an_hour_later() -> None:
    """All that has happened so far was an hour ago."""
    for table, columns in {
        "alert": ("raised_at",),
        "alert_digest": ("next_at",),
        "alert_digest_sending": ("due_at", "since", "upto", "next_at", "claimed_at", "settled_at"),
    }.items():
        moved = ", ".join(f"{column} = {column} - interval '1 hour'" for column in columns)
        await db.execute(f"UPDATE {table} SET {moved}")


async def states() -> list[str]:
    rows = await db.fetch("SELECT state FROM alert_digest_sending ORDER BY due_at, id")
    return [row["state"] for row in rows]


def texts(server: MailServer) -> list[tuple[str, str, str]]:
    return [(to, str(message["Subject"]), message.get_content()) for to, message in server.taken]


async def test_it_is_chosen_and_shown_to_whom_it_is(api: Api, server: MailServer) -> None:
    token = (await log_in("ann@example.com", PASSWORD, 1)).token
    api.http.cookies.set("crossdock_session", token)
    there: dict[str, Any] = {"role": None, "origin": "http://crossdock.test"}
    nothing = {"pace": "OFF", "hour": 8, "timezone": "UTC", "severityFrom": "WARNING", "nextAt": None}
    asked = (await api.do(SHOWN, **there))["alertDigest"]
    assert asked == nothing | {"sentAt": None, "failure": None, "possible": True}
    given = {"pace": "DAILY", "hour": 7, "timezone": "Europe/Zurich", "severityFrom": "CRITICAL"}
    made = (await api.do(SET, {"input": given}, **there))["alertDigestSet"]
    assert made["userErrors"] == []
    assert made["alertDigest"]["nextAt"][11:] in ("05:00:00Z", "06:00:00Z", "05:00:00+00:00", "06:00:00+00:00")
    shown = (await api.do(SHOWN, **there))["alertDigest"]
    assert {name: shown[name] for name in given} == given
    assert await db.fetchval("SELECT message FROM event ORDER BY id DESC LIMIT 1") == "Digest of alerts by mail: daily."
    off = (await api.do(SET, {"input": {"pace": "OFF"}}, **there))["alertDigestSet"]["alertDigest"]
    assert (off["pace"], off["nextAt"]) == ("OFF", None)


async def test_what_cannot_be_is_refused_and_nothing_is_changed(api: Api, server: MailServer) -> None:
    token = (await log_in("ann@example.com", PASSWORD, 1)).token
    api.http.cookies.set("crossdock_session", token)
    there: dict[str, Any] = {"role": None, "origin": "http://crossdock.test"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"pace": "DAILY", "hour": 24}, "hour"),
        ({"pace": "DAILY", "hour": -1}, "hour"),
        ({"pace": "DAILY", "timezone": "Mars/Base"}, "timezone"),
    ]
    for given, path in cases:
        [refusal] = (await api.do(SET, {"input": given}, **there))["alertDigestSet"]["userErrors"]
        assert (refusal["code"], refusal["path"]) == ("INVALID", [path])
    mail.use(None)
    refused = (await api.do(SET, {"input": {"pace": "HOURLY"}}, **there))["alertDigestSet"]
    assert [(it["path"], "CROSSDOCK_SMTP_URL" in it["message"]) for it in refused["userErrors"]] == [(["pace"], True)]
    assert (await api.do(SHOWN, **there))["alertDigest"]["possible"] is False
    api.http.cookies.clear()
    [refusal] = (await api.do(SET, {"input": {"pace": "OFF"}}))["alertDigestSet"]["userErrors"]
    assert refusal["code"] == "NOT_PERMITTED"
    assert (await api.do(SHOWN))["alertDigest"] is None
    assert await db.fetchval("SELECT count(*) FROM alert_digest") == 0


async def test_one_tells_of_what_is_open_and_new_since_the_last_and_is_sent_once(api: Api, server: MailServer) -> None:
    await choose()
    order = await enter(1)
    await alert(order.id)
    await send_digests()
    assert (await states(), server.taken) == ([], [])  # It is not due.
    await an_hour_later()
    for _ in range(3):
        await asyncio.gather(send_digests(), send_digests())
    [(to, subject, text)] = texts(server)
    assert (to, subject) == ("ann@example.com", "Crossdock: 1 new alert")
    assert f"order.odd  order {order.number}" in text
    assert await states() == ["SENT"]

    await an_hour_later()  # Nothing is new.
    await send_digests()
    assert len(server.taken) == 1

    await alert(order.id, kind="order.late")
    await alert(order.id, kind="order.gone")
    await alert(order.id, kind="order.put_off")
    await clear(SYSTEM, (await Alert.get(kind="order.gone")).id)
    later = await db.fetchval("SELECT now() + interval '1 day'")
    await snooze(SYSTEM, (await Alert.get(kind="order.put_off")).id, later)
    await an_hour_later()
    await send_digests()
    [_, (_, subject, text)] = texts(server)
    assert subject == "Crossdock: 1 new alert"
    assert "order.late" in text
    assert "order.odd" not in text
    assert "In all, 2 are open." in text
    assert (await states(), await verify_clean()) == (["SENT", "SENT"], [])


async def verify_clean() -> list[str]:
    return [finding.name for finding in await verify() if finding.rows and finding.name.startswith("digest")]


async def test_only_what_one_sees_and_wants_to_hear_of(api: Api, server: MailServer) -> None:
    store = UserCommand("mia@example.com", "Mia", [Role.STORE_ASSOCIATE], sites=["S1"], password=PASSWORD)
    await users.create(SYSTEM, store)
    await stock("TEA")
    await alert((await enter(1)).id, kind="order.odd")
    await alert(kind="site.odd", site_id=api.site_id)
    await choose("mia@example.com")
    await choose("ann@example.com")
    await an_hour_later()
    await send_digests()
    found = {to: text for to, _, text in texts(server)}
    assert sorted(found) == ["ann@example.com", "mia@example.com"]
    assert ("site.odd" in found["mia@example.com"], "order.odd" in found["mia@example.com"]) == (True, False)
    assert ("site.odd" in found["ann@example.com"], "order.odd" in found["ann@example.com"]) == (True, True)


async def test_from_which_severity_on_is_chosen(api: Api, server: MailServer) -> None:
    await choose(severity_from=AlertSeverity.CRITICAL)
    await alert((await enter(1)).id)
    await an_hour_later()
    await send_digests()
    assert (await states(), server.taken) == ([], [])
    await db.execute("UPDATE alert SET severity = 'CRITICAL'")
    await an_hour_later()
    await send_digests()
    assert [subject for _, subject, _ in texts(server)] == ["Crossdock: 1 new alert, 1 critical"]


async def test_a_server_that_is_away_is_asked_again_and_gets_one_mail(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.answers = {"RCPT": "450 later"}
    await send_digests()
    await send_digests()
    assert await states() == ["PENDING"]
    row = await db.fetchrow("SELECT attempts, next_at > now() AS later, failure FROM alert_digest_sending")
    assert row
    assert (row["attempts"], row["later"], "450" in row["failure"]) == (1, True, True)
    await alert(None, kind="site.odd", site_id=api.site_id)
    await an_hour_later()  # The next one is due, and the server is still away.
    await send_digests()
    assert await states() == ["SUPERSEDED", "PENDING"]
    server.answers = {}
    await db.execute("UPDATE alert_digest_sending SET next_at = now() WHERE state = 'PENDING'")
    await send_digests()
    [(_, subject, text)] = texts(server)
    assert subject == "Crossdock: 2 new alerts"
    assert ("order.odd" in text, "site.odd" in text) == (True, True)
    assert await states() == ["SUPERSEDED", "SENT"]


async def test_what_nobody_knows_is_not_sent_again_and_the_next_one_tells_it(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.hangs_up = True
    await send_digests()
    server.hangs_up = False
    await send_digests()
    assert (await states(), server.taken) == (["UNCERTAIN"], [])
    await an_hour_later()
    await send_digests()
    assert [subject for _, subject, _ in texts(server)] == ["Crossdock: 1 new alert"]
    assert await states() == ["UNCERTAIN", "SENT"]


async def test_one_whose_worker_died_is_not_sent_again(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.answers = {"RCPT": "450 later"}
    await send_digests()
    await db.execute("UPDATE alert_digest_sending SET state = 'SENDING', claimed_at = now() - interval '9 minutes'")
    await db.execute("UPDATE alert_digest SET next_at = now() - interval '1 minute'")
    server.answers = {}
    await send_digests()
    assert (await states(), server.taken) == (["SENDING"], [])  # Perhaps it is being sent; the next one waits for that.
    assert await due_digests([DigestWay.MAIL]) == []
    await db.execute("UPDATE alert_digest_sending SET claimed_at = now() - interval '11 minutes'")
    await send_digests()
    assert await states() == ["UNCERTAIN"]
    await send_digests()
    assert (await states(), len(server.taken)) == (["UNCERTAIN", "SENT"], 1)


async def test_an_address_that_is_refused_raises_an_alert_until_one_arrives(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.answers = {"RCPT": "550 no such user"}
    await send_digests()
    assert await states() == ["FAILED"]
    told = await Alert.get(kind="digest.failed")
    assert "ann@example.com was refused: The mail server said 550: no such user" in told.message
    server.answers = {}
    await an_hour_later()
    await send_digests()
    assert await states() == ["FAILED", "SENT"]
    assert (await Alert.get(id=told.id)).cleared_at is not None


async def test_who_is_gone_gets_none(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.answers = {"RCPT": "450 later"}
    await send_digests()
    await db.execute("UPDATE app_user SET active = false")
    server.answers = {}
    await db.execute("UPDATE alert_digest_sending SET next_at = now()")
    await send_digests()
    assert (await states(), server.taken) == (["FAILED"], [])
    await an_hour_later()
    await send_digests()
    assert (await states(), server.taken) == (["FAILED"], [])
    assert await db.fetchval("SELECT next_at > now() FROM alert_digest")
    assert await Alert.filter(kind="digest.failed").count() == 0


async def test_without_a_mail_server_nothing_is_lost(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    mailer = mail.current()
    mail.use(None)
    await send_digests()
    assert await states() == []
    mail.use(mailer)
    await send_digests()
    assert await states() == ["SENT"]


async def test_what_is_called_off_is_not_sent_any_more(api: Api, server: MailServer) -> None:
    await choose()
    await alert((await enter(1)).id)
    await an_hour_later()
    server.answers = {"RCPT": "450 later"}
    await send_digests()
    await choose(pace=DigestPace.OFF)
    server.answers = {}
    await db.execute("UPDATE alert_digest_sending SET next_at = now()")
    await send_digests()
    assert (await states(), server.taken) == (["SUPERSEDED"], [])


async def test_old_ones_are_forgotten_and_the_next_one_goes_on_from_the_last(api: Api, server: MailServer) -> None:
    await choose()
    order = await enter(1)
    for kind in ("order.odd", "order.late"):
        await alert(order.id, kind=kind)
        await an_hour_later()
        await send_digests()
    assert await states() == ["SENT", "SENT"]
    await db.execute("UPDATE alert_digest_sending SET settled_at = settled_at - interval '91 days'")
    await clean_up()
    assert await states() == ["SENT"]
    await alert(order.id, kind="order.gone")
    await an_hour_later()
    await send_digests()
    assert [subject for _, subject, _ in texts(server)] == ["Crossdock: 1 new alert"] * 3

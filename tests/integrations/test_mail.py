"""Mail against a real server: what is certainly not sent, what nobody knows, and what nobody is told in the clear."""

from __future__ import annotations

import asyncio

import pytest

from backend.config import Settings
from backend.integrations.mail import Mail, NotSent, SmtpMailer, Unanswered, mailer_of
from tests.smtp import MailServer, mail_server
from tests.stack import free_port

TEXT = "Grüezi,\n.\n..dots\n" + "long " * 300 + "\n"
MAIL = Mail("key-1", "ann@example.com", "Ann Müller", "Zürich: 3", TEXT)


def mailer(server: MailServer, timeout: float = 5) -> SmtpMailer:
    return SmtpMailer(server.url, "crossdock@example.com", timeout)


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with mail_server() as server:
        await mailer(server).send(MAIL)
        [(to, message)] = server.taken
    assert to == "ann@example.com"
    assert str(message["From"]) == "Crossdock <crossdock@example.com>"
    assert str(message["To"]) == "Ann Müller <ann@example.com>"
    assert (message["Subject"], message["Message-ID"]) == ("Zürich: 3", "<key-1@example.com>")
    assert message.get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize(
    ("answers", "for_good"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "450 later"}, False),
        ({"MAIL": "553 not from you"}, True),
        ({"DATA": "451 full"}, False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, False),
    ],
)
async def test_what_is_refused_is_certainly_not_sent(answers: dict[str, str], for_good: bool) -> None:
    async with mail_server() as server:
        server.answers = answers
        with pytest.raises(NotSent) as refusal:
            await mailer(server).send(MAIL)
        assert refusal.value.for_good is for_good
        assert server.taken == []
        if "RCPT" in answers:
            assert not any(line.startswith("DATA") for line in server.heard)


async def test_a_server_that_is_away_or_silent_has_not_been_told() -> None:
    with pytest.raises(NotSent) as refusal:
        await SmtpMailer(f"smtp://127.0.0.1:{free_port()}", "crossdock@example.com", 5).send(MAIL)
    assert not refusal.value.for_good

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NotSent):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", "crossdock@example.com", 0.2).send(MAIL)
    server.close()


async def test_whether_it_was_sent_is_not_guessed() -> None:
    async with mail_server() as server:
        server.hangs_up = True
        with pytest.raises(Unanswered):
            await mailer(server).send(MAIL)
        server.hangs_up, server.slow = False, 1.0
        with pytest.raises(Unanswered):
            await mailer(server, timeout=0.2).send(MAIL)


async def test_a_password_is_not_told_in_the_clear() -> None:
    async with mail_server() as server:
        open_url = server.url.replace("//", "//me:se%3Acret@")
        await SmtpMailer(open_url, "crossdock@example.com", 5).send(MAIL)  # To this machine it may.
        assert "AUTH me se:cret" in server.heard
        server.heard.clear()
        elsewhere = open_url.replace("127.0.0.1", "127.1")  # Not known to be this machine.
        with pytest.raises(NotSent, match="no encryption"):
            await SmtpMailer(elsewhere, "crossdock@example.com", 5).send(MAIL)
        assert not any(line.startswith("AUTH") for line in server.heard)
        server.answers = {"AUTH": "535 no"}
        with pytest.raises(NotSent, match="does not let us in") as refusal:
            await SmtpMailer(open_url, "crossdock@example.com", 5).send(MAIL)
        assert not refusal.value.for_good


async def test_what_cannot_be_a_mail_is_not_one() -> None:
    async with mail_server() as server:
        for odd in (Mail("k", "ann@exämple.com", "Ann", "s", "t"), Mail("k", "a@b.c", "A\r\nBcc: x@y.z", "s", "t")):
            with pytest.raises(NotSent) as refusal:
                await mailer(server).send(odd)
            assert refusal.value.for_good
        assert server.taken == []


def test_the_settings_name_the_server_and_the_sender() -> None:
    assert mailer_of(Settings()) is None
    made = mailer_of(Settings(smtp_url="smtps://mail.example.com", public_url="https://shop.example.com"))
    assert isinstance(made, SmtpMailer)
    assert (made.host, made.port, made.encrypted, made.login) == ("mail.example.com", 465, True, None)
    assert made.sender == "crossdock@shop.example.com"
    with pytest.raises(ValueError, match="CROSSDOCK_SMTP_URL"):
        mailer_of(Settings(smtp_url="http://mail.example.com"))

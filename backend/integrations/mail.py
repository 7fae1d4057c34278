"""Mail, behind a Protocol: SMTP by the standard library, in threads.

What was certainly not taken is `NotSent`, and may be tried again. Handed over without an answer, it is `Unanswered`:
perhaps it was sent, and SMTP cannot be asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime, localtime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from backend.config import Settings


class NotSent(Exception):
    """`for_good`: the server will not take it later either."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


class Unanswered(Exception):
    """It was handed over, and nobody said that it was taken."""


@dataclass(frozen=True, slots=True)
class Mail:
    """`key` makes the Message-ID: mails of one key are one mail to whoever sorts them."""

    key: str
    to: str
    name: str
    subject: str
    text: str


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Raises NotSent and Unanswered."""


_mailers: list[Mailer] = []


def use(mailer: Mailer | None) -> None:
    """By which this process sends; None: no mail is sent."""
    _mailers[:] = [] if mailer is None else [mailer]


def current() -> Mailer | None:
    return _mailers[0] if _mailers else None


def mailer_of(settings: Settings) -> Mailer | None:
    if settings.smtp_url is None:
        return None
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    sender = settings.mail_from or f"crossdock@{host}"
    return SmtpMailer(settings.smtp_url.get_secret_value(), sender, settings.smtp_timeout)


class SmtpMailer:
    """A connection for each mail: they are few."""

    def __init__(self, url: str, sender: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("CROSSDOCK_SMTP_URL is smtp://host:587 or smtps://host:465.")
        self.host, self.timeout, self.sender = parts.hostname, timeout, sender
        self.encrypted = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.encrypted else 587)
        self.login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None

    async def send(self, mail: Mail) -> None:
        try:
            body = _message(mail, self.sender).as_bytes()
        except ValueError as error:
            raise NotSent(f"This cannot be a mail: {error}", for_good=True) from error
        await asyncio.to_thread(self._send, mail.to, body)

    def _send(self, to: str, body: bytes) -> None:
        try:
            with contextlib.closing(self._connected()) as client:
                self._introduce(client, to)
                self._hand_over(client, body)
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    client.quit()  # It was taken, whatever is said now.
        except smtplib.SMTPAuthenticationError as error:
            raise NotSent(f"The mail server does not let us in: {_said(error.smtp_error)}") from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise NotSent(f"{type(error).__name__}: {error}", for_good=isinstance(error, UnicodeError)) from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.encrypted:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        client = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            client.ehlo_or_helo_if_needed()
            if client.has_extn("starttls"):
                client.starttls(context=context)
            elif self.login and not _is_here(self.host):
                raise NotSent("The mail server offers no encryption: the password is not sent.")
        except BaseException:
            client.close()
            raise
        return client

    def _introduce(self, client: smtplib.SMTP, to: str) -> None:
        """Up to the leave to send."""
        client.ehlo_or_helo_if_needed()
        if self.login:
            client.login(*self.login)
        _expect(client.mail(self.sender), 250)
        _expect(client.rcpt(to), 250, 251)
        _expect(client.docmd("DATA"), 354)

    def _hand_over(self, client: smtplib.SMTP, body: bytes) -> None:
        """From the first byte on, only the server knows whether it has the last."""
        try:
            client.send(_dotted(body))
            code, reply = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unanswered(f"{type(error).__name__}: {error}") from error
        _expect((code, reply), 250)


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY.clone(cte_type="7bit"))
    message["From"] = Address("Crossdock", addr_spec=sender)
    message["To"] = Address(mail.name, addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = f"<{mail.key}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _dotted(body: bytes) -> bytes:
    """As DATA has it: a line that begins with a dot gets another, one alone is the end."""
    return re.sub(rb"(?m)^\.", b"..", body).rstrip(b"\r\n") + b"\r\n.\r\n"


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise _refused(*answer)


def _refused(code: int, reply: bytes | str) -> NotSent:
    return NotSent(f"The mail server said {code}: {_said(reply)}", for_good=500 <= code < 600)


def _said(reply: bytes | str) -> str:
    return (reply.decode(errors="replace") if isinstance(reply, bytes) else reply)[:300]


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

"""A mail server of the tests: real SMTP on loopback, which takes mails, refuses them, or hangs up at a bad moment."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """`answers`: what it says to a command instead of taking it; `hangs_up`: without a word after the message."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    slow: float = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._session(reader, writer)
        writer.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""
        await _say(writer, "220 test")
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            verb = line.split(maxsplit=1)[0].upper()
            if verb in self.answers:
                await _say(writer, self.answers[verb])
            elif verb == "EHLO":
                await _say(writer, "250-test\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self.heard[-1] = "AUTH " + base64.b64decode(line.split()[2]).decode().replace("\0", " ").strip()
                await _say(writer, "235 welcome")
            elif verb == "DATA":
                await _say(writer, "354 go on")
                body = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                await asyncio.sleep(self.slow)
                message = message_from_bytes(body, policy=default)
                assert isinstance(message, EmailMessage)
                if self.hangs_up:
                    break
                self.taken.append((to, message))
                await _say(writer, "250 taken")
            elif verb == "QUIT":
                await _say(writer, "221 bye")
                break
            else:
                to = line.partition("<")[2].rstrip(">") if verb == "RCPT" else to
                await _say(writer, "250 fine")


async def _say(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(f"{text}\r\n".encode())
    await writer.drain()


@contextlib.asynccontextmanager
async def mail_server(port: int = 0) -> AsyncIterator[MailServer]:
    made = MailServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()

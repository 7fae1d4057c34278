"""Receivers of webhooks, behind a Protocol: HTTP by the standard library, in threads.

A name is looked up for each delivery, its addresses are checked, and the connection goes to the very address that was
checked: neither a change of the name nor a redirect, which is never followed, leads into a private network.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from backend.config import Settings
from backend.rules.webhooks import Network, may_reach, networks_of


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the HTTP status; None where there was none, and `failure` says why."""

    code: int | None
    failure: str | None

    @property
    def taken(self) -> bool:
        return self.code is not None and 200 <= self.code < 300


class Sender(Protocol):
    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


def sender_of(settings: Settings) -> HttpSender:
    return HttpSender(settings.webhook_timeout, networks_of(settings.webhook_networks))


class HttpSender:
    """A connection for each delivery. `timeout` in seconds holds for each step of it."""

    def __init__(self, timeout: float, networks: Sequence[Network] = ()) -> None:
        self.timeout, self.networks = timeout, networks
        self.context = ssl.create_default_context()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return await asyncio.to_thread(self._post, url, headers, body)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            client = http.client.HTTPConnection(host, port, timeout=self.timeout)
            with contextlib.closing(client):
                client.sock = self._connected(parts.scheme, host, port)
                client.request("POST", target, body, {"Host": parts.netloc, "Connection": "close", **headers})
                answer = client.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: {error}"[:500])
        taken = 200 <= answer.status < 300
        return Answer(answer.status, None if taken else f"The receiver said {answer.status} {answer.reason}."[:500])

    def _connected(self, scheme: str, host: str, port: int) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(it[4][0]) for it in found]
        allowed = [it for it in addresses if may_reach(ipaddress.ip_address(it), scheme, self.networks)]
        if not allowed:
            raise OSError(f"{host} is in a private network, to which webhooks do not go.")
        plain = socket.create_connection((allowed[0], port), self.timeout)
        if scheme != "https":
            return plain
        try:
            return self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
